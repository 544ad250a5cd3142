// One thing that limits may hold for, with its sums: a run, an invocation, a step, or an invocation with everything under it.

import type { MeasuredKind } from '../../model/budget'
import { Conversation } from './conversation'
import type { CountedCall, CountedTool, MeasurableSpan } from './counted-call'
import { ScopeSums } from './scope-sums'

/** A span with what is counted of it. */
export interface CountedSpan {
  readonly span: MeasurableSpan
  readonly call: CountedCall | undefined
  readonly tool: CountedTool | undefined
}

/** What the order of turns tells: the largest of several conversations. */
export interface Talk {
  readonly toolCalls: number
  readonly growth: number
  readonly isLowerBound: boolean
}

export const SILENCE: Talk = { toolCalls: 0, growth: 0, isLowerBound: false }

export interface Scope {
  readonly kind: Exclude<MeasuredKind, 'day'>
  readonly id: string
  sums: ScopeSums
  conversation: Conversation
  /** Agent spans in it. */
  agents: Set<string>
  /** Of its own conversation, or of those of the agents in it. */
  talk: Talk
  /** One of the agents in it said less than before, so that the largest is to be looked for. */
  isTalkStale: boolean
  /** Something left it or changed: it is summed anew when somebody asks. */
  isStale: boolean
}

export function newScope(kind: Scope['kind'], id: string): Scope {
  return { kind, id, ...nothing(), isTalkStale: false }
}

/** Forgets what was added. */
export function empty(scope: Scope): void {
  Object.assign(scope, nothing(), { isTalkStale: true })
}

function nothing() {
  return {
    ...{ sums: new ScopeSums(), conversation: new Conversation() },
    ...{ agents: new Set<string>(), talk: SILENCE, isStale: false },
  }
}

export function addTo(scope: Scope, { span, call, tool }: CountedSpan): void {
  if (span.kind === 'agent') scope.agents.add(span.id)
  if (call) {
    scope.sums.add(call)
    scope.conversation.addCall(call)
  }
  if (tool) {
    scope.sums.addTool(tool)
    scope.conversation.addTool(tool)
  }
}

/** Whether it has one conversation, its own. */
export function hasOwnTalk({ kind }: Pick<Scope, 'kind'>): boolean {
  return kind === 'agent' || kind === 'step'
}

export function talkOf({ toolCalls, growth }: Conversation): Talk {
  return { toolCalls, growth: growth.tokens, isLowerBound: growth.isLowerBound }
}

/** The very first where it is the larger one in everything. */
export function larger(left: Talk, right: Talk): Talk {
  const isLarger =
    left.toolCalls >= right.toolCalls &&
    left.growth >= right.growth &&
    (left.isLowerBound || !right.isLowerBound)
  if (isLarger) return left
  return {
    toolCalls: Math.max(left.toolCalls, right.toolCalls),
    growth: Math.max(left.growth, right.growth),
    isLowerBound: left.isLowerBound || right.isLowerBound,
  }
}
