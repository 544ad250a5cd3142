// Two versions of one block as a divergence: text that changes by its nature, or JSON that is written differently. Pure.

import type { Divergence, PromptPair } from './divergence'
import { tokensOf } from './prompt-parts'
import type { TextDifference } from './text-difference'
import { addVariant, blockDifference, walkOn } from './walk'

const CAUSES = { volatile: 'volatile-prefix', writing: 'unstable-serialisation' } as const

/** The divergence at block `at` of both prompts; `undefined` where its text says something else, or cannot be read. */
export function textDivergence(pair: PromptPair, part: string): Divergence | undefined {
  const { earlier, later, at, textOf } = pair
  const before = earlier[at]
  const after = later[at]
  const difference = blockDifference(before, after, textOf)
  if (!before || !after || !difference || difference.what === 'content') return undefined
  const walk = walkOn(pair, at + 1, at + 1, difference.what)
  walk.tokens += tokensOf(later, 0, at)
  addVariant(walk, before, after, difference)
  return {
    cause: CAUSES[difference.what],
    part,
    path: after.path,
    earlierPath: before.path,
    at,
    stableTokens: walk.tokens,
    isConversation: walk.isConversation,
    variants: walk.variants,
    details: detailsOf(difference, after.path),
  }
}

function detailsOf(
  difference: Exclude<TextDifference, { what: 'content' }>,
  path: string,
): Divergence['details'] {
  if (difference.what === 'writing')
    return { writing: { path, at: difference.at, difference: difference.difference } }
  const [first, ...others] = difference.texts.map((text) => ({ path, ...text }))
  return { volatile: first, ...(others.length > 0 ? { alsoVolatile: others } : {}) }
}
