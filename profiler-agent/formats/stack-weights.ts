// What a call may weigh in a flame graph of call stacks, and what its frames are called: shared by the folded, speedscope and pprof formats.

import type { Frame } from '../model/span'
import type { CallStacks, StackedCall } from '../profile/call-stacks'

export const STACK_WEIGHTS = ['cost', 'tokens', 'time'] as const
export type StackWeight = (typeof STACK_WEIGHTS)[number]

/** Where nobody knows who made a call. */
const NO_CALL_SITE = '(no call site)'

/** Whole pico-dollars, tokens or microseconds; 0 where it is not known, which `unpricedCalls` and the notes tell. */
export function weightOf(call: StackedCall, weight: StackWeight): number {
  if (weight === 'cost') return call.picoUsd ?? 0
  return weight === 'tokens' ? (call.tokens ?? 0) : Math.round(call.durationMs * 1000)
}

/** A function as people find it again: `plan src/agent.ts:12`. */
export function frameName({ file, line, function: name }: Frame): string {
  return name === undefined ? `${file}:${line}` : `${name} ${file}:${line}`
}

/** The frames of a call, outermost first, with the model that was called as the innermost. Places are `undefined` where there is none. */
export function framesOf({ frames, model }: StackedCall): { name: string; place?: Frame }[] {
  const own = frames.map((frame) => ({ name: frameName(frame), place: frame }))
  return [...(own.length > 0 ? own : [{ name: NO_CALL_SITE }]), { name: `model ${model}` }]
}

/** A note for whoever looks at costs that are not all of it; undefined where they are. */
export function unpricedNote({ unpricedCalls }: CallStacks): string | undefined {
  if (unpricedCalls === 0) return undefined
  return `${unpricedCalls === 1 ? '1 call' : `${unpricedCalls} calls`} without a price, not in the cost`
}
