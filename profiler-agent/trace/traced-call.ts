// A call as later ones see it: what it sent and got, where it hangs, and the tools that it asked for. Finds nothing.

import type { Attribution } from '../model/exchange'
import type { ParentBasis } from '../model/span'
import type { Agent } from './agents'
import type { LineageCall } from './lineage'
import type { AskedTool } from './tools'

export interface TracedCall extends LineageCall {
  readonly agent: Agent | undefined
  /** The span that it hangs under: a step, or one that the caller named. */
  readonly parentId: string
  readonly startedAt: number
  readonly endedAt: number
  readonly isFailed: boolean
  /** Whose conversation it is, where somebody said so. */
  readonly session: string | undefined
  readonly tenant: string | undefined
  /** Tools without a result when it ended: its own, and of the calls before it. */
  readonly tools: readonly AskedTool[]
  /** Tokens of its prompt and its reply, where the provider said both. */
  readonly tokens: number | undefined
}

/** Where a call hangs. */
export interface Place {
  readonly agent: Agent | undefined
  readonly parentId: string
  /** What the edge to the parent rests on, where that is not what the parent itself rests on. */
  readonly basis?: ParentBasis
}

/** Whether nothing says that two calls are of different conversations, or made for different users. */
export function isOneSession(call: TracedCall, { session, tenant }: Attribution): boolean {
  const isOne = (left: string | undefined, right: string | undefined) =>
    left === undefined || right === undefined || left === right
  return isOne(call.session, session) && isOne(call.tenant, tenant)
}
