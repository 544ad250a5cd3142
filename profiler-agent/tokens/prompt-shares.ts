// Shares the input tokens of calls over the blocks of their prompts without a tokenizer: exact where earlier calls or the cache tell
// where a stretch ends, by length in between. What a prompt has in common with an earlier one keeps its shares. Pure.

import type { HashedBlock } from '../model/record'
import { largestRemainder } from './segments'

/** A block with its length. */
export interface MeasuredBlock extends HashedBlock {
  readonly characters: number
}

/** A block with its share: whole tokens. */
export interface SharedBlock extends MeasuredBlock {
  readonly tokens: number
}

export interface PromptToShare {
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
  /** True where blocks are missing in front of the first: then they get what their length is usually worth. */
  readonly hasUnseen: boolean
}

/** `blocks` and `hiddenTokens`, which no block accounts for, sum to the input tokens. Blocks that an earlier prompt had are its objects. */
export interface SharedPrompt {
  readonly blocks: readonly SharedBlock[]
  readonly hiddenTokens: number
}

/** A prompt that was shared; tokens before block `i` are `before[i]`, those of all of it its last. */
interface Remembered {
  readonly prompt: PromptToShare
  readonly blocks: readonly SharedBlock[]
  readonly before: readonly number[]
}

/** Of one counter, the latest to end. */
const REMEMBERED_PROMPTS = 64
/** Role and separators around a block, in characters. */
const FRAMING_CHARACTERS = 12
/** An image takes about so many tokens at 4 characters each, however long its data. Source: 1,600 at most for Claude, similar for others. */
const MEDIA_CHARACTERS = 6_400
const USUAL_TOKENS_PER_CHARACTER = 0.25
/** New text that is this many times denser or thinner than all text of the call says that the beginning was not counted as before. */
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
    const remembered = this.#goOn(prompt) ?? rememberedOf(prompt, fresh(prompt))
    this.#remember(remembered)
    return { blocks: remembered.blocks, hiddenTokens: 0 }
  }

  /** The shares of a prompt that begins like an earlier one; `undefined` where none does, or the numbers speak against it. */
  #goOn(prompt: PromptToShare): Remembered | undefined {
    const { base, length } = this.#longestCommon(prompt)
    if (!base || length === 0) return undefined
    const kept = base.before[length] ?? 0
    const rest = prompt.blocks.slice(length)
    const tokens = prompt.inputTokens - kept
    if (!isPlausible(prompt, rest, tokens)) return undefined
    const beginning = prompt.blocks.slice(0, length).map((block, index) => keptBlock(base, block, index))
    return rememberedOf(prompt, [...beginning, ...restOf(prompt, length, kept)])
  }

  #longestCommon(prompt: PromptToShare): { base: Remembered | undefined; length: number } {
    let base: Remembered | undefined
    let length = 0
    for (const earlier of this.#remembered.get(prompt.counter) ?? []) {
      if (earlier.prompt.endedAt > prompt.startedAt) continue
      const common = commonBlocks(earlier.prompt.blocks, prompt.blocks, length)
      if (common <= length) continue
      base = earlier
      length = common
    }
    return { base, length }
  }

  /** Latest end first. */
  #remember(remembered: Remembered): void {
    const { counter, endedAt } = remembered.prompt
    const list = this.#remembered.get(counter) ?? []
    this.#remembered.set(counter, list)
    const index = list.findIndex(({ prompt }) => prompt.endedAt <= endedAt)
    list.splice(index < 0 ? list.length : index, 0, remembered)
    if (list.length > REMEMBERED_PROMPTS) list.pop()
  }
}

/** How many leading blocks are equal; whoever cannot beat `least` is not looked at from the start. */
function commonBlocks(
  earlier: readonly MeasuredBlock[],
  later: readonly MeasuredBlock[],
  least: number,
): number {
  if (least > 0 && !isEqual(earlier[least], later[least])) return 0
  let length = 0
  while (length < later.length && isEqual(earlier[length], later[length])) length++
  return length
}

function isEqual(left: MeasuredBlock | undefined, right: MeasuredBlock | undefined): boolean {
  if (left === right) return left !== undefined
  return left?.hash === right?.hash && left?.kind === right?.kind
}

/** The earlier object where it is the same in everything: marks wander over blocks that stay the same. */
function keptBlock(base: Remembered, block: MeasuredBlock, index: number): SharedBlock {
  const before = base.blocks[index]
  const isSame =
    base.prompt.blocks[index] === block ||
    (before?.path === block.path &&
      before.mark === block.mark &&
      before.name === block.name &&
      before.toolCallId === block.toolCallId)
  return before && isSame ? before : { ...block, tokens: before?.tokens ?? 0 }
}

/** Whether the tokens left over can be those of the blocks that are new. */
function isPlausible({ blocks, inputTokens }: PromptToShare, rest: readonly MeasuredBlock[], tokens: number) {
  if (rest.length === 0) return tokens === 0
  const usual = (inputTokens / weightOf(blocks)) * weightOf(rest)
  return tokens > 0 && tokens <= usual * PLAUSIBLE_FACTOR && tokens >= usual / PLAUSIBLE_FACTOR
}

function fresh(prompt: PromptToShare): SharedBlock[] {
  return restOf(prompt, 0, 0)
}

/** The blocks from `start` on, before which stand `kept` tokens: up to where the cache counted, and behind it. */
function restOf(prompt: PromptToShare, start: number, kept: number): SharedBlock[] {
  const { blocks, inputTokens, known } = prompt
  const end = known?.blocks ?? 0
  const counted = (known?.tokens ?? 0) - kept
  const left = inputTokens - kept - counted
  const isUsable = end > start && counted > 0 && left >= 0 && end < blocks.length === left > 0
  if (!isUsable) return sharedOut(blocks.slice(start), inputTokens - kept)
  return [...sharedOut(blocks.slice(start, end), counted), ...sharedOut(blocks.slice(end), left)]
}

function sharedOut(blocks: readonly MeasuredBlock[], total: number): SharedBlock[] {
  const tokens = largestRemainder(
    blocks.map((block) => weightOf([block])),
    total,
  )
  return blocks.map((block, index) => ({ ...block, tokens: tokens[index] ?? 0 }))
}

/** Length in characters, as far as it says something about tokens. */
function weightOf(blocks: readonly MeasuredBlock[]): number {
  let weight = 0
  for (const { kind, characters } of blocks)
    weight += FRAMING_CHARACTERS + (kind === 'media' ? Math.min(characters, MEDIA_CHARACTERS) : characters)
  return weight
}

function rememberedOf(prompt: PromptToShare, blocks: readonly SharedBlock[]): Remembered {
  let sum = 0
  const before = [0]
  for (const { tokens } of blocks) {
    sum += tokens
    before.push(sum)
  }
  return { prompt, blocks, before }
}
