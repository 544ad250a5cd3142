// How far two prompts go on being the same behind a place at which they differ. Pure.

import type { AnalysedBlock } from '../finding-input'
import type { PromptPair, Variant } from './divergence'
import { isOfConversation } from './prompt-parts'
import { type TextDifference, textDifference } from './text-difference'

export interface Walk {
  /** Of the later prompt. */
  tokens: number
  isConversation: boolean
  readonly variants: Variant[]
}

/** What two blocks differ in; `undefined` where they cannot be compared: other kinds, or texts that were not kept. */
export function blockDifference(
  earlier: AnalysedBlock | undefined,
  later: AnalysedBlock | undefined,
  textOf: PromptPair['textOf'],
): TextDifference | undefined {
  if (!earlier || !later || earlier.kind !== later.kind || earlier.name !== later.name) return undefined
  if (earlier.kind === 'media') return undefined
  const before = textOf(earlier.hash)
  const after = textOf(later.hash)
  // Of an empty text nothing can be said that another one would not say as well.
  return before && after ? textDifference(before, after) : undefined
}

/**
 * Goes on from one block of each prompt, as long as blocks are equal or differ in the way that `cause` is about: text that changes by its
 * nature, or the way in which JSON is written.
 */
export function walkOn(
  { earlier, later, textOf }: PromptPair,
  fromEarlier: number,
  fromLater: number,
  cause?: 'volatile' | 'writing',
): Walk {
  const walk: Walk = { tokens: 0, isConversation: false, variants: [] }
  for (let step = 0; fromLater + step < later.length; step++) {
    const before = earlier[fromEarlier + step]
    const after = later[fromLater + step]
    if (!before || !after) break
    if (before === after || before.hash === after.hash) {
      walk.tokens += after.tokens
      walk.isConversation ||= isOfConversation(after)
      continue
    }
    const difference = cause && blockDifference(before, after, textOf)
    if (!difference || difference.what !== cause) break
    addVariant(walk, before, after, difference)
  }
  return walk
}

/** Counts a block that would be equal without its difference. */
export function addVariant(
  walk: Walk,
  before: AnalysedBlock,
  after: AnalysedBlock,
  difference: TextDifference | undefined,
): void {
  const volatileShare = difference?.what === 'volatile' ? difference.volatileShare : 0
  walk.variants.push({ earlier: before.hash, later: after.hash, volatileShare })
  walk.tokens += Math.round(after.tokens * (1 - volatileShare))
}
