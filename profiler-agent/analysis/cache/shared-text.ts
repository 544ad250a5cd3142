// The part of a block that two prompts have in common although the whole block differs: caches without breakpoints hold that, too. Pure.

import type { PromptPair } from './divergence'
import type { SentCall } from './sent-call'
import { sharedStart } from './text-difference'

/** Tokens of the later call's block at `index`, from its start on as far as the earlier call's block there has the same text. */
export function sharedTextTokens(
  earlier: SentCall,
  later: SentCall,
  index: number,
  textOf: PromptPair['textOf'],
): number {
  if (later.rule.mechanism !== 'automatic' || later.rule.holds !== undefined) return 0
  const before = earlier.call.prompt.blocks[index]
  const after = later.call.prompt.blocks[index]
  if (!before || !after || before.kind !== after.kind) return 0
  const text = textOf(after.hash)
  if (!text) return 0
  return Math.floor((after.tokens * sharedStart(textOf(before.hash) ?? '', text)) / text.length)
}
