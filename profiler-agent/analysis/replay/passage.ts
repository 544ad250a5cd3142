// One prompt on its way through a cache: where it runs in the tree of prompts, how many tokens it has at each block, what others had of it, and when.

import type { CacheRule } from '../../rules/cache-rules'
import type { Breakpoint } from './breakpoints'
import type { InputBuckets } from './input-bill'
import type { Use } from './prefix-tree'
import type { ReplayCall, ReplayedInput } from './replay-call'
import type { Trail } from './trails'

export interface Passage {
  readonly call: ReplayCall
  readonly rule: CacheRule
  /** All input tokens. */
  readonly total: number
  readonly trail: Trail
  /** Leading blocks that earlier prompts had, too, and are still held. */
  readonly liveBlocks: number
  /** Those behind a prefix that is long enough, ascending. */
  readonly breakpoints: readonly Breakpoint[]
  /** Tokens of the first blocks of the prompt, so many of them, and of what stands in front of them; 0 for no blocks. */
  readonly tokensOf: (blocks: number) => number
  readonly use: Use
}

/** What a cache makes of it. */
export type CacheAnswer = InputBuckets & Pick<ReplayedInput, 'hitBlocks' | 'breakpoints'>

/** What a cache gives of a prefix: whole increments, nothing below the minimum. */
export function servedTokens(tokens: number, { incrementTokens, minimumTokens }: CacheRule): number {
  const whole = Math.floor(tokens / incrementTokens) * incrementTokens
  return whole >= minimumTokens ? whole : 0
}
