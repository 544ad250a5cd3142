// Prompts as they would read with a fix: in another order, without what changes, or with what was taken away.

import type { AppendOnly, FixPlan, FreezeSystem, FreezeTools, MoveVolatile, SortKeys } from './fix-plan'
import { leadingBlocks } from './prompt-identity'
import type { ReplayBlock, ReplayCall } from './replay-call'

export type PromptPlan = Extract<
  FixPlan,
  { fix: 'append-only' | 'freeze-tools' | 'freeze-system' | 'sort-tools' | 'sort-keys' | 'move-volatile' }
>

interface SentPrompt {
  readonly recorded: readonly ReplayBlock[]
  readonly fixed: readonly ReplayBlock[]
}

/** Applies fixes of prompts; keeps those of earlier calls as long as a fix may go on from them. */
export class PromptFixer {
  readonly #sent = new Map<string, SentPrompt>()
  /** By the last two blocks, as recorded; the latest. */
  readonly #byEnd = new Map<string, SentPrompt>()

  apply(call: ReplayCall, plan: PromptPlan): ReplayCall {
    return withBlocks(call, this.#blocksWith(call, plan))
  }

  /** To be called with each call once all its fixes are made. */
  remember(call: ReplayCall, fixed: ReplayCall, plans: readonly FixPlan[]): void {
    if (!plans.some(({ fix }) => fix === 'append-only')) return
    const { blocks } = call.prompt
    const sent = { recorded: blocks, fixed: fixed.prompt.blocks }
    this.#sent.set(call.spanId, sent)
    if (blocks.length > 1) this.#byEnd.set(endAt(blocks, blocks.length - 1), sent)
  }

  #blocksWith(call: ReplayCall, plan: PromptPlan): readonly ReplayBlock[] {
    const { blocks } = call.prompt
    switch (plan.fix) {
      case 'append-only':
        return this.#appended(call, plan)
      case 'freeze-tools':
        return withTools(blocks, plan)
      case 'freeze-system':
        return withSystem(blocks, plan)
      case 'sort-tools':
        return withSortedTools(blocks)
      case 'sort-keys':
        return blocks.map((block) => withLooseHash(block, plan))
      case 'move-volatile':
        return withoutVolatile(blocks, plan)
    }
  }

  /** What the call before sent, and behind it what is new: all after the last block that it had too. */
  #appended(call: ReplayCall, { previous }: AppendOnly): readonly ReplayBlock[] {
    const { blocks } = call.prompt
    const told = this.#sent.get(previous.get(call.spanId) ?? '')
    const goesOn = told ? { before: told, from: newFrom(told, blocks) } : this.#goesOnFrom(blocks)
    if (!goesOn) return blocks
    const { before, from } = goesOn
    const marks = new Map(blocks.map(({ hash, mark }) => [hash, mark]))
    const kept = before.fixed
      .filter(({ isMoved }) => !isMoved)
      .map((block) => withMark(block, marks.get(block.hash)))
    return [...kept, ...blocks.slice(from)]
  }

  /** The latest prompt whose end is within this one, and where this one goes on behind it. */
  #goesOnFrom(
    blocks: readonly ReplayBlock[],
  ): { readonly before: SentPrompt; readonly from: number } | undefined {
    for (let index = blocks.length - 2; index > 0; index--) {
      const before = this.#byEnd.get(endAt(blocks, index))
      if (before) return { before, from: index + 1 }
    }
    return undefined
  }
}

/** A block and the one before it. */
function endAt(blocks: readonly ReplayBlock[], index: number): string {
  return `${blocks[index - 1]?.hash}\n${blocks[index]?.hash}`
}

/** Behind the last block that the earlier prompt had, too, and behind what stands in the place of its others. */
function newFrom({ recorded }: SentPrompt, blocks: readonly ReplayBlock[]): number {
  const known = new Map(recorded.map(({ hash }, index) => [hash, index]))
  const last = blocks.findLastIndex(({ hash }) => known.has(hash))
  const rest = recorded.slice((known.get(blocks[last]?.hash ?? '') ?? -1) + 1)
  const isEdited = rest.every(({ path, kind }, index) => {
    const other = blocks[last + 1 + index]
    return other?.path === path && other.kind === kind
  })
  return last + 1 + (isEdited ? rest.length : 0)
}

/** The call with another prompt; its input grows or shrinks with it. */
function withBlocks(call: ReplayCall, blocks: readonly ReplayBlock[]): ReplayCall {
  if (blocks === call.prompt.blocks) return call
  const { usage } = call
  const more = tokensOf(blocks) - tokensOf(call.prompt.blocks)
  const inputTokens = usage.inputTokens === null ? null : usage.inputTokens + more
  return { ...call, prompt: { blocks }, usage: more === 0 ? usage : { ...usage, inputTokens } }
}

function tokensOf(blocks: readonly ReplayBlock[]): number {
  return blocks.reduce((sum, { tokens }) => sum + tokens, 0)
}

function withMark(block: ReplayBlock, mark: ReplayBlock['mark']): ReplayBlock {
  if (block.mark === mark) return block
  const { mark: _, ...rest } = block
  return mark === undefined ? rest : { ...rest, mark }
}

/** Marks stay where they stood: at the same place of the list, or at its end. */
function withTools(blocks: readonly ReplayBlock[], { tools }: FreezeTools): readonly ReplayBlock[] {
  const count = leadingBlocks(blocks, 'tools')
  const mark = blocks.slice(0, count).findLast((block) => block.mark !== undefined)?.mark
  const last = tools.length - 1
  return [
    ...tools.map((tool, index) => withMark(tool, index === last ? mark : undefined)),
    ...blocks.slice(count),
  ]
}

function withSystem(blocks: readonly ReplayBlock[], { system }: FreezeSystem): readonly ReplayBlock[] {
  const tools = leadingBlocks(blocks, 'tools')
  const end = leadingBlocks(blocks, 'system')
  const own = blocks.slice(tools, end)
  const frozen = new Set(system.map(({ hash }) => hash))
  const mark = own.findLast((block) => block.mark !== undefined)?.mark
  const last = system.length - 1
  return [
    ...blocks.slice(0, tools),
    ...system.map((block, index) => withMark(block, index === last ? mark : undefined)),
    ...blocks.slice(end),
    ...own.filter(({ hash }) => !frozen.has(hash)).map((block) => moved(block, block.tokens)),
  ]
}

function withSortedTools(blocks: readonly ReplayBlock[]): readonly ReplayBlock[] {
  const count = leadingBlocks(blocks, 'tools')
  const tools = blocks.slice(0, count)
  const sorted = tools.toSorted((left, right) => compare(nameOf(left), nameOf(right)))
  return [...sorted.map((block, index) => withMark(block, tools[index]?.mark)), ...blocks.slice(count)]
}

function nameOf({ name = '', hash }: ReplayBlock): string {
  return `${name}\n${hash}`
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function withLooseHash(block: ReplayBlock, { looseHashes }: SortKeys): ReplayBlock {
  const hash = looseHashes.get(block.hash)
  return hash === undefined ? block : { ...block, hash }
}

/** The latest answer: several trials of one group of misses ask for the same prompt, one after the other. */
let latest: {
  readonly of: readonly ReplayBlock[]
  readonly parts: unknown
  readonly blocks: readonly ReplayBlock[]
} = {
  of: [],
  parts: undefined,
  blocks: [],
}

function withoutVolatile(
  blocks: readonly ReplayBlock[],
  { stableParts }: MoveVolatile,
): readonly ReplayBlock[] {
  if (latest.of !== blocks || latest.parts !== stableParts)
    latest = { of: blocks, parts: stableParts, blocks: withMoved(blocks, stableParts) }
  return latest.blocks
}

function withMoved(
  blocks: readonly ReplayBlock[],
  stableParts: MoveVolatile['stableParts'],
): readonly ReplayBlock[] {
  const changing: ReplayBlock[] = []
  const stable = blocks.map((block) => {
    const part = stableParts.get(block.hash)
    if (!part) return block
    const tokens = Math.ceil(block.tokens * part.volatileShare)
    changing.push(moved(block, tokens))
    return { ...block, hash: part.hash, tokens: block.tokens - tokens }
  })
  return changing.length === 0 ? blocks : [...stable, ...changing]
}

/** Of all blocks the moved ones are last and never the same: what follows them in the next call is not what followed before. */
function moved({ path, kind, hash }: ReplayBlock, tokens: number): ReplayBlock {
  return { path, kind, hash: `${hash}\nmoved`, tokens, isMoved: true }
}
