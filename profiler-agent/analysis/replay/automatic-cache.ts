// Caches that need no marks: what two prompts share from their beginning is read, in whole increments, and writes are free.
// Some hold whole units only: a prefix up to where an earlier prompt ended, or where two earlier ones parted.

import { perTtl } from '../../model/usage'
import type { CacheAnswer, Passage } from './passage'
import { servedTokens } from './passage'
import { type HeldText, type Hold, type Life, renewed, stateOf } from './prefix-tree'

/** A block's text; `undefined` where it was not kept. */
export type TextOf = (hash: string) => string | undefined

/** To be asked before the prompt counts as sent. */
export function askAutomatic(passage: Passage, hold: Hold, textOf: TextOf | undefined): CacheAnswer {
  const { rule, total } = passage
  const shared = rule.holds === 'whole-units' ? askUnits(passage, hold, textOf) : askPrefix(passage, textOf)
  const read = servedTokens(shared.tokens, rule)
  const hitBlocks = read > 0 ? shared.blocks : 0
  return { read, write: perTtl(() => 0), fresh: total - read, hitBlocks, breakpoints: [] }
}

interface Shared {
  readonly blocks: number
  readonly tokens: number
}

function askPrefix(passage: Passage, textOf: TextOf | undefined): Shared {
  const blocks = passage.liveBlocks
  return { blocks, tokens: passage.tokensOf(blocks) + tokensWithin(passage, blocks, textOf) }
}

function isLive(life: Life | undefined, at: number): boolean {
  return life !== undefined && stateOf(life, at) === 'live'
}

/** Tokens at the beginning of the first block that no earlier prompt has, as far as another block in its place begins alike. */
function tokensWithin(passage: Passage, index: number, textOf: TextOf | undefined): number {
  const text = textAt(passage, index, textOf)
  const shared = text ? longestShared(passage, index, text, textOf) : undefined
  return shared ? shareOf(passage, index, shared.characters, text) : 0
}

function textAt({ call }: Passage, index: number, textOf: TextOf | undefined): string | undefined {
  const block = call.prompt.blocks[index]
  return block && textOf?.(block.hash)
}

function shareOf({ call }: Passage, index: number, characters: number, text = ''): number {
  return Math.floor(((call.prompt.blocks[index]?.tokens ?? 0) * characters) / text.length)
}

/** More different texts in one place are not looked at: the latest are those that are still held. */
const MOST_SIBLINGS = 8

function longestShared(
  { trail, use }: Passage,
  index: number,
  text: string,
  textOf: TextOf | undefined,
): Pick<HeldText, 'hash' | 'characters'> | undefined {
  return trail
    .othersAt(index)
    .slice(-MOST_SIBLINGS)
    .filter(({ sent }) => isLive(sent, use.at))
    .map(({ hash }) => ({ hash, characters: sharedLength(text, textOf?.(hash) ?? '') }))
    .filter(({ characters }) => characters > 0)
    .reduce<Pick<HeldText, 'hash' | 'characters'> | undefined>(
      (best, next) => (best && best.characters >= next.characters ? best : next),
      undefined,
    )
}

/** Reads the longest unit that is live; then makes units where this prompt parts from those before it, and at its end. */
function askUnits(passage: Passage, hold: Hold, textOf: TextOf | undefined): Shared {
  const { trail, use, call, liveBlocks: parting } = passage
  const whole = longestUnit(passage)
  const text = textAt(passage, parting, textOf)
  const held = text ? longestHeld(passage, parting, text, textOf) : 0
  for (const place of new Set([parting, call.prompt.blocks.length]))
    if (place > 0) trail.write(place, hold, use)
  if (text) holdText(passage, parting, longestShared(passage, parting, text, textOf), hold)
  if (held === 0) return { blocks: whole, tokens: passage.tokensOf(whole) }
  return { blocks: parting, tokens: passage.tokensOf(parting) + shareOf(passage, parting, held, text) }
}

/** Blocks of the longest unit that ends with one. */
function longestUnit({ trail, use, liveBlocks }: Passage): number {
  for (const { place, life } of trail.entriesUpTo(liveBlocks)) if (isLive(life, use.at)) return place
  return 0
}

/** Characters of the longest unit within a block. */
function longestHeld(
  { trail, use }: Passage,
  index: number,
  text: string,
  textOf: TextOf | undefined,
): number {
  return trail
    .heldTextsAt(index)
    .filter(({ life }) => isLive(life, use.at))
    .filter(({ hash, characters }) => sharedLength(text, textOf?.(hash) ?? '') >= characters)
    .reduce((most, { characters }) => Math.max(most, characters), 0)
}

function holdText(
  { trail, use }: Passage,
  index: number,
  shared: Pick<HeldText, 'hash' | 'characters'> | undefined,
  hold: Hold,
): void {
  if (!shared) return
  const others = trail.heldTextsAt(index).filter(({ characters }) => characters !== shared.characters)
  const held = { ...shared, life: renewed(undefined, hold, use) }
  trail.holdTexts(index, [...others.slice(1 - MOST_SIBLINGS), held])
}

function sharedLength(left: string, right: string): number {
  const shortest = Math.min(left.length, right.length)
  let length = 0
  while (length < shortest && left[length] === right[length]) length++
  return length
}
