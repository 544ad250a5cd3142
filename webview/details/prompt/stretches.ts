// A prompt as stretches that were billed alike. Pure.

import type { BilledShare, PromptBlock } from '../../../profiler-agent/model/run-questions'

export interface Stretch extends BilledShare {
  /** Index of its first block. */
  readonly index: number
}

/** Neighbours that were billed alike as one stretch. */
export function stretchesOf(blocks: readonly PromptBlock[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const [index, block] of blocks.entries())
    for (const share of block.stretches ?? [block]) {
      const last = stretches.at(-1)
      if (share.tokens === 0 && !share.picoUsd) continue
      if (last?.cache === share.cache) stretches[stretches.length - 1] = joined(last, share)
      else stretches.push({ index, cache: share.cache, tokens: share.tokens, picoUsd: share.picoUsd })
    }
  return stretches
}

function joined(stretch: Stretch, { tokens, picoUsd }: BilledShare): Stretch {
  const isPriced = stretch.picoUsd !== null && picoUsd !== null
  return {
    ...stretch,
    tokens: stretch.tokens + tokens,
    picoUsd: isPriced ? (stretch.picoUsd ?? 0) + (picoUsd ?? 0) : null,
  }
}
