// A prompt by its parts: tools, system texts, messages; and which of its blocks show that two prompts are one conversation. Pure.

import type { AnalysedBlock, AnalysedPrompt } from '../finding-input'

export type Part = 'tools' | 'system' | 'messages'

/** Blocks from one index up to, and without, another. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Tools stand first or, where the model is shown the system texts first, behind them. */
export interface PromptParts {
  readonly tools: Range
  readonly system: Range
  readonly messagesAt: number
}

const known = new WeakMap<readonly AnalysedBlock[], PromptParts>()

export function partsOf({ blocks }: Pick<AnalysedPrompt, 'blocks'>): PromptParts {
  const parts = known.get(blocks) ?? findParts(blocks)
  known.set(blocks, parts)
  return parts
}

function findParts(blocks: readonly AnalysedBlock[]): PromptParts {
  if (blocks[0]?.kind === 'system') {
    const system = rangeOf(blocks, 0, 'system')
    const tools = rangeOf(blocks, system.to, 'tool_def')
    return { tools, system, messagesAt: tools.to }
  }
  const tools = rangeOf(blocks, 0, 'tool_def')
  const system = rangeOf(blocks, tools.to, 'system')
  return { tools, system, messagesAt: system.to }
}

function rangeOf(blocks: readonly AnalysedBlock[], from: number, kind: AnalysedBlock['kind']): Range {
  const end = blocks.findIndex((block, index) => index >= from && block.kind !== kind)
  return { from, to: end < 0 ? blocks.length : end }
}

export function partAt({ tools, messagesAt }: PromptParts, index: number): Part {
  if (index >= messagesAt) return 'messages'
  return index >= tools.from && index < tools.to ? 'tools' : 'system'
}

export function blocksIn(
  prompt: Pick<AnalysedPrompt, 'blocks'>,
  part: 'tools' | 'system',
): readonly AnalysedBlock[] {
  const { from, to } = partsOf(prompt)[part]
  return prompt.blocks.slice(from, to)
}

/** Written by the model, or by what it called: two prompts that share one go on from one conversation. */
const OF_CONVERSATIONS: ReadonlySet<AnalysedBlock['kind']> = new Set([
  'assistant',
  'reasoning',
  'tool_call',
  'tool_result',
])

export function isOfConversation({ kind }: AnalysedBlock): boolean {
  return OF_CONVERSATIONS.has(kind)
}

/** Leading blocks that two prompts have in common. */
export function sharedBlocks(earlier: readonly AnalysedBlock[], later: readonly AnalysedBlock[]): number {
  const most = Math.min(earlier.length, later.length)
  for (let index = 0; index < most; index++) {
    const left = earlier[index]
    const right = later[index]
    if (left !== right && left?.hash !== right?.hash) return index
  }
  return most
}

export function tokensOf(blocks: readonly AnalysedBlock[], from = 0, to = blocks.length): number {
  let tokens = 0
  for (let index = from; index < to; index++) tokens += blocks[index]?.tokens ?? 0
  return tokens
}
