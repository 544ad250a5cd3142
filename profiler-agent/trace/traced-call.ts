// A call as later ones see it: what it sent and got, where it hangs, and the tools that it asked for. Types only.

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
