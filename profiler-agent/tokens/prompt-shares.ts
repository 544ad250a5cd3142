// Shares the input tokens of calls over the blocks of their prompts without a tokenizer: exact where earlier calls or the cache tell
// where a stretch ends, by length in between. What a prompt has in common with an earlier one keeps its shares. Pure.

import { commonBeginning } from '../model/common-beginning'
import { largestRemainder } from '../model/largest-remainder'
import { present } from '../model/present'
import type { HashedBlock } from '../model/record'

/** A block with its length. */
export interface MeasuredBlock extends HashedBlock {
  readonly characters: number
}

/** A block with its share: whole tokens. */
export interface SharedBlock extends MeasuredBlock {
  readonly tokens: number
}

export interface PromptToShare {
  readonly id: string
  /** Prompts with the same one count tokens alike: provider and model. */
  readonly counter: string
  /** Ms since the epoch; what had not ended when a call started tells nothing about it, so that the order of adding does not matter. */
  readonly startedAt: number
  readonly endedAt: number
  /** In render order. */
  readonly blocks: readonly MeasuredBlock[]
  readonly inputTokens: number
  /** Where the call's own cache counts end: `tokens` are those of the first `blocks` blocks. */
  readonly known?: { readonly blocks: number; readonly tokens: number }
  /** Text of the provider's own that stands in front of the block with this index, in tokens; it counts with that block. */
  readonly preamble?: { readonly before: number; readonly tokens: number }
  /** True where blocks are missing in front of the first: then they get what their length is usually worth. */
  readonly hasUnseen: boolean
}

/** `blocks` and `hiddenTokens`, which no block accounts for, sum to the input tokens. Blocks that an earlier prompt had are its objects. */
export interface SharedPrompt {
  readonly blocks: readonly SharedBlock[]
  readonly hiddenTokens: number
}

interface Remembered {
  readonly prompt: PromptToShare
  readonly blocks: readonly SharedBlock[]
  /** Of all blocks. */
  readonly weight: number
}

/** Of one counter, the latest to end. */
const REMEMBERED_PROMPTS = 64
/** Role and separators around a block, in characters. */
const FRAMING_CHARACTERS = 12
/** An image takes about so many tokens at 4 characters each, however long its data. Source: 1,600 at most for Claude, similar for others. */
const MEDIA_CHARACTERS = 6_400
const USUAL_TOKENS_PER_CHARACTER = 0.25
/** New text that is this many times denser or thinner than all text of the call says that the rest was not counted as before. */
const PLAUSIBLE_FACTOR = 6

/** The prompts of one run, call by call. */
export class PromptShares {
  readonly #remembered = new Map<string, Remembered[]>()

  /** Throws nothing. */
  share(prompt: PromptToShare): SharedPrompt {
    const { blocks, inputTokens, hasUnseen } = prompt
    if (hasUnseen || blocks.length === 0) {
      const usual = Math.round(weightOf(blocks) * USUAL_TOKENS_PER_CHARACTER)
      const visible = blocks.length === 0 ? 0 : Math.min(inputTokens, usual)
      return { blocks: sharedOut(blocks, visible), hiddenTokens: inputTokens - visible }
    }
    const base = this.#likest(prompt)
    const own = (base && (grownFrom(base, prompt) ?? sharedLike(base, prompt))) ?? sharedFrom(prompt, [])
    const shared = base && areSame(base.blocks, own) ? base.blocks : own
    this.#remember({ prompt, blocks: shared, weight: weightFrom(base, blocks) })
    return { blocks: shared, hiddenTokens: 0 }
  }

  /** The prompt that has most of its beginning in common with this one, the latest of them. */
  #likest({ counter, startedAt, blocks }: PromptToShare): Remembered | undefined {
    let likest: Remembered | undefined
    let length = 0
    for (const earlier of this.#remembered.get(counter) ?? []) {
      if (earlier.prompt.endedAt > startedAt) continue
      const common = commonBlocks(earlier.prompt.blocks, blocks, length)
      if (likest && common <= length) continue
      likest = earlier
      length = common
    }
    return likest
  }

  /** Latest end first. */
  #remember(remembered: Remembered): void {
    const { counter } = remembered.prompt
    const list = this.#remembered.get(counter) ?? []
    this.#remembered.set(counter, list)
    const index = list.findIndex(({ prompt }) => isLater(remembered.prompt, prompt))
    list.splice(index < 0 ? list.length : index, 0, remembered)
    if (list.length > REMEMBERED_PROMPTS) list.pop()
  }
}

/** Programs ask the same again and again: such prompts are one list. */
function areSame(left: readonly SharedBlock[], right: readonly SharedBlock[]): boolean {
  return left.length === right.length && commonBeginning(left, right) === left.length
}

function isLater(left: PromptToShare, right: PromptToShare): boolean {
  const [order] = [left.endedAt - right.endedAt, left.startedAt - right.startedAt].filter(Boolean)
  return order === undefined ? left.id > right.id : order > 0
}

/** How many leading blocks are equal; whoever cannot beat `least` is not looked at from the start. */
function commonBlocks(
  earlier: readonly MeasuredBlock[],
  later: readonly MeasuredBlock[],
  least: number,
): number {
  if (least > 0 && !isEqual(earlier[least], later[least])) return 0
  let length = commonBeginning(earlier, later)
  while (length < later.length && isEqual(earlier[length], later[length])) length++
  return length
}

function isEqual(left: MeasuredBlock | undefined, right: MeasuredBlock | undefined): boolean {
  if (left === right) return left !== undefined
  return left?.hash === right?.hash && left?.kind === right?.kind
}

/**
 * The shares of a prompt that begins with all of an earlier one, as the steps of a conversation do: only what is new is shared out.
 * The same as `sharedLike` gives; `undefined` where that has to look closer.
 */
function grownFrom(base: Remembered, prompt: PromptToShare): SharedBlock[] | undefined {
  const from = base.blocks.length
  const { blocks, inputTokens, known, preamble } = prompt
  if (from >= blocks.length || (known && known.blocks < from)) return undefined
  const kept = base.blocks.slice()
  for (let index = commonBeginning(base.prompt.blocks, blocks); index < from; index++) {
    const now = blocks[index]
    if (!now || !isEqual(base.prompt.blocks[index], now)) return undefined
    const block = keptBlock(base, now, index)
    if (block) kept[index] = block
  }
  const before = base.prompt.inputTokens
  const rest = blocks.slice(from)
  if (!isPlausible(prompt, rest, inputTokens - before, base.weight + weightOf(rest))) return undefined
  const added = sharedFrom(
    {
      ...{ ...prompt, blocks: rest, inputTokens: inputTokens - before },
      ...present({
        known: known && { blocks: known.blocks - from, tokens: known.tokens - before },
        preamble: preamble && { ...preamble, before: preamble.before - from },
      }),
    },
    [],
  )
  return [...kept, ...added]
}

/** The shares of a prompt of which an earlier one had parts at the same places; `undefined` where the numbers speak against it. */
function sharedLike(base: Remembered, prompt: PromptToShare): SharedBlock[] | undefined {
  const kept = prompt.blocks.map((block, index) =>
    isEqual(base.prompt.blocks[index], block) ? keptBlock(base, block, index) : undefined,
  )
  const rest = prompt.blocks.filter((_, index) => kept[index] === undefined)
  const tokens = kept.reduce((left, block) => left - (block?.tokens ?? 0), prompt.inputTokens)
  return isPlausible(prompt, rest, tokens, weightOf(prompt.blocks)) ? sharedFrom(prompt, kept) : undefined
}

/** The earlier object where it is the same in everything: marks wander over blocks that stay the same. */
function keptBlock(base: Remembered, block: MeasuredBlock, index: number): SharedBlock | undefined {
  const before = base.blocks[index]
  const isSame =
    base.prompt.blocks[index] === block ||
    (before?.path === block.path &&
      before.mark === block.mark &&
      before.name === block.name &&
      before.toolCallId === block.toolCallId)
  return before && (isSame ? before : { ...block, tokens: before.tokens })
}

/** Whether the tokens left over can be those of the blocks that are new. */
function isPlausible(
  prompt: PromptToShare,
  rest: readonly MeasuredBlock[],
  tokens: number,
  weight: number,
): boolean {
  if (rest.length === 0) return tokens === 0
  const preamble = preambleOf(prompt)
  const own = preamble && rest.includes(preamble.block) ? tokens - preamble.tokens : tokens
  const all = prompt.inputTokens - (preamble?.tokens ?? 0)
  const usual = (all / weight) * weightOf(rest)
  return own > 0 && own <= usual * PLAUSIBLE_FACTOR && own >= usual / PLAUSIBLE_FACTOR
}

/** All blocks of a prompt: those that have their share already, and the others with what is left, up to where the cache counted and behind it. */
function sharedFrom(prompt: PromptToShare, kept: readonly (SharedBlock | undefined)[]): SharedBlock[] {
  const { blocks, inputTokens, known } = prompt
  const end = known?.blocks ?? 0
  const missing = (from: number, to?: number) =>
    blocks.slice(from, to).filter((_, index) => kept[from + index] === undefined)
  const keptTokens = (from: number, to?: number) =>
    kept.slice(from, to).reduce((sum, block) => sum + (block?.tokens ?? 0), 0)
  const counted = (known?.tokens ?? 0) - keptTokens(0, end)
  const left = inputTokens - (known?.tokens ?? 0) - keptTokens(end)
  const [before, behind] = [missing(0, end), missing(end)]
  const fits = (rest: readonly MeasuredBlock[], tokens: number) =>
    rest.length === 0 ? tokens === 0 : tokens > 0
  const out = (list: readonly MeasuredBlock[], tokens: number) => sharedOut(list, tokens, preambleOf(prompt))
  const shared =
    end > 0 && fits(before, counted) && fits(behind, left)
      ? [...out(before, counted), ...out(behind, left)]
      : out(missing(0), inputTokens - keptTokens(0))
  let next = 0
  return blocks.map((block, index) => kept[index] ?? shared[next++] ?? { ...block, tokens: 0 })
}

interface Preamble {
  readonly block: MeasuredBlock
  readonly tokens: number
}

function preambleOf({ blocks, preamble }: PromptToShare): Preamble | undefined {
  const block = preamble && blocks[preamble.before]
  return block && { block, tokens: preamble.tokens }
}

/** A preamble is taken off first, unless it would be most of the whole. */
function sharedOut(blocks: readonly MeasuredBlock[], total: number, preamble?: Preamble): SharedBlock[] {
  const fits = preamble && blocks.includes(preamble.block) && preamble.tokens * 2 <= total
  const extra = fits ? preamble.tokens : 0
  const tokens = largestRemainder(
    blocks.map((block) => weightOf([block])),
    total - extra,
  )
  return blocks.map((block, index) => ({
    ...block,
    tokens: (tokens[index] ?? 0) + (block === preamble?.block ? extra : 0),
  }))
}

/** Length in characters, as far as it says something about tokens. */
function weightOf(blocks: readonly MeasuredBlock[]): number {
  let weight = 0
  for (const { kind, characters } of blocks)
    weight += FRAMING_CHARACTERS + (kind === 'media' ? Math.min(characters, MEDIA_CHARACTERS) : characters)
  return weight
}

/** The same, of a prompt that goes on like an earlier one. */
function weightFrom(base: Remembered | undefined, blocks: readonly MeasuredBlock[]): number {
  const from = base?.blocks.length ?? 0
  if (!base || commonBeginning(base.prompt.blocks, blocks) < from) return weightOf(blocks)
  return base.weight + weightOf(blocks.slice(from))
}
