// Two prompts that differ in their system texts: text that changes by its nature, or other instructions. Pure.

import type { Divergence, PromptPair, Variant } from './divergence'
import { partsOf, tokensOf } from './prompt-parts'
import { textDivergence } from './text-divergence'
import { blockDifference, walkOn } from './walk'

/** Another system text is a change of one, and not another agent's, when at least this part of it is the same. */
const SAME_AGENT = 0.5

export function systemDivergence(pair: PromptPair): Divergence | undefined {
  return textDivergence(pair, 'system') ?? changedSystem(pair)
}

function changedSystem(pair: PromptPair): Divergence | undefined {
  const { earlier, later, at, textOf } = pair
  const before = partsOf({ blocks: earlier })
  const after = partsOf({ blocks: later })
  const walk = walkOn(pair, before.system.to, after.system.to)
  const difference = blockDifference(earlier[at], later[at], textOf)
  const equalShare = difference?.what === 'content' ? difference.equalShare : 0
  if (!walk.isConversation && equalShare < SAME_AGENT) return undefined
  const path = at < after.system.to ? later[at]?.path : undefined
  const earlierPath = at < before.system.to ? earlier[at]?.path : undefined
  const equalTokens = tokensOf(later, 0, at) + Math.round((later[at]?.tokens ?? 0) * equalShare)
  return {
    cause: 'system-changed',
    part: 'system',
    ...(path === undefined ? {} : { path }),
    ...(earlierPath === undefined ? {} : { earlierPath }),
    at,
    stableTokens: equalTokens + walk.tokens,
    isConversation: walk.isConversation,
    variants: equalShare >= SAME_AGENT ? [variantOf(pair, equalShare)] : [],
    details: {
      ...(difference?.what === 'content' ? { volatile: { path, ...difference.text } } : {}),
      systemBlocks: {
        before: before.system.to - before.system.from,
        after: after.system.to - after.system.from,
      },
    },
  }
}

/** What changes in a text of which most stays. */
function variantOf({ earlier, later, at }: PromptPair, equalShare: number): Variant {
  return {
    earlier: earlier[at]?.hash ?? '',
    later: later[at]?.hash ?? '',
    volatileShare: 1 - equalShare,
  }
}
