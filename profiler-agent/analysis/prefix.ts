// Compares the prompts of two calls: how much of the later one's start the earlier one had already sent, and what text kept it from being the same. Pure.

import type { HashedBlock } from '../model/record'

/** A block with its length, by which it has its share of the call's reported input tokens. */
export interface WeighedBlock extends Omit<HashedBlock, 'toolCallId'> {
  readonly characters: number
}

/** A prompt in render order. */
export interface WeighedPrompt {
  readonly blocks: readonly WeighedBlock[]
  readonly tokensPerCharacter: number
}

/** Text inside an otherwise equal block that differs between two calls. Positions are characters from the start of the block. */
export interface VolatileText {
  readonly path: string
  readonly at: number
  readonly before: string
  readonly after: string
}

export interface SharedPrefix {
  /** Tokens of the leading blocks that are equal byte for byte: what a prefix cache could serve. */
  readonly equalTokens: number
  /** Tokens that would be equal if the volatile texts were not there. */
  readonly stableTokens: number
  readonly volatile: readonly VolatileText[]
}

/** A block counts as "the same but for a volatile part" when this share of its text is equal at both ends. */
const MOSTLY_EQUAL = 0.8

/**
 * The prefix that `later` shares with `earlier`, both in render order.
 * `textOf` gives a block's text, `undefined` where only hashes were kept: such a block is equal or different, never volatile.
 */
export function sharedPrefix(
  earlier: WeighedPrompt,
  later: WeighedPrompt,
  textOf: (hash: string) => string | undefined,
): SharedPrefix {
  let equalTokens = 0
  let stableTokens = 0
  const volatile: VolatileText[] = []
  for (const [index, block] of later.blocks.entries()) {
    const other = earlier.blocks[index]
    if (!other || (other !== block && (other.kind !== block.kind || other.name !== block.name))) break
    const tokens = Math.round(block.characters * later.tokensPerCharacter)
    if (other === block || other.hash === block.hash) {
      if (volatile.length === 0) equalTokens += tokens
      stableTokens += tokens
      continue
    }
    const difference = differenceOf(textOf(other.hash), textOf(block.hash))
    if (!difference) break
    const { at, before, after } = difference
    volatile.push({ path: block.path, at, before, after })
    stableTokens += Math.round(tokens * difference.equalShare)
  }
  return { equalTokens, stableTokens, volatile }
}

interface Difference {
  readonly at: number
  readonly before: string
  readonly after: string
  readonly equalShare: number
}

/** The one stretch in which two texts differ, when what is around it is most of both. */
function differenceOf(before: string | undefined, after: string | undefined): Difference | undefined {
  if (before === undefined || after === undefined || before === '' || after === '') return undefined
  const shortest = Math.min(before.length, after.length)
  let start = 0
  while (start < shortest && before[start] === after[start]) start++
  let end = 0
  while (end < shortest - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const equalShare = (start + end) / Math.max(before.length, after.length)
  if (equalShare < MOSTLY_EQUAL) return undefined
  return {
    at: wordStart(after, start),
    before: before.slice(wordStart(before, start), wordEnd(before, before.length - end)),
    after: after.slice(wordStart(after, start), wordEnd(after, after.length - end)),
    equalShare,
  }
}

/** A word longer than this is shown from where it differs. */
const MAX_WORD = 40

/** Back to the start of the word, so that `2026-11-22T10:00:07` is shown whole and not as `7`. */
function wordStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < MAX_WORD && !/\s/.test(text[start - 1] ?? ' ')) start--
  return start
}

/** On to the end of the word, likewise, without the punctuation behind it. */
function wordEnd(text: string, at: number): number {
  let end = at
  while (end < text.length && end - at < MAX_WORD && !/\s/.test(text[end] ?? ' ')) end++
  while (end > at && /[.,;:!?)\]"']/.test(text[end - 1] ?? '')) end--
  return end
}
