// What the traffic of a run teaches about the shortest prefix that a model caches, where tables are old or wrong. Pure.

import { cacheWriteTotal } from '../../model/usage'
import type { SentCall } from './sent-call'

/** No provider's minimum is longer: what is passed over beyond it has another reason. */
const LONGEST_MINIMUM = 8_192

/** Of one model. */
export class LearnedMinimum {
  /** Tokens of the shortest prefix that was seen to be cached: the minimum is not above it. */
  #cached = Number.POSITIVE_INFINITY
  /** Tokens of the longest prefix with a breakpoint of which the provider wrote and read nothing: the minimum is above it. */
  #passedOver = 0

  /** True where it changes the minimum. */
  add({ call, rule, read, written, breakpoints, ends }: SentCall): boolean {
    const before = this.of(rule.minimumTokens)
    if (read + written > 0) this.#cached = Math.min(this.#cached, read + written)
    const marked = ends[breakpoints.at(-1) ?? -1] ?? 0
    const isPassedOver = read + written === 0 && cacheWriteTotal(call.usage) !== null
    if (isPassedOver && marked <= LONGEST_MINIMUM) this.#passedOver = Math.max(this.#passedOver, marked)
    return this.of(rule.minimumTokens) !== before
  }

  /** Tokens; `documented` is what the table says. */
  of(documented: number): number {
    return Math.min(this.#cached, Math.max(documented, this.#passedOver + 1))
  }
}
