// A prompt by its parts: tools, system texts, messages; and which of its blocks show that two prompts are one conversation. Pure.

import type { AnalysedBlock, AnalysedPrompt } from '../finding-input'

/** In render order; what changes in one invalidates the later ones. */
export type Part = 'tools' | 'system' | 'messages'

export interface PromptParts {
  /** Blocks before this index are tool definitions. */
  readonly systemAt: number
  /** Blocks before this index are tool definitions and system texts. */
  readonly messagesAt: number
}

const known = new WeakMap<readonly AnalysedBlock[], PromptParts>()

export function partsOf({ blocks }: Pick<AnalysedPrompt, 'blocks'>): PromptParts {
  const parts = known.get(blocks) ?? findParts(blocks)
  known.set(blocks, parts)
  return parts
}

function findParts(blocks: readonly AnalysedBlock[]): PromptParts {
  const systemAt = lengthOfStart(blocks, 0, 'tool_def')
  return { systemAt, messagesAt: lengthOfStart(blocks, systemAt, 'system') }
}

function lengthOfStart(blocks: readonly AnalysedBlock[], from: number, kind: AnalysedBlock['kind']): number {
  const end = blocks.findIndex((block, index) => index >= from && block.kind !== kind)
  return end < 0 ? blocks.length : end
}

export function partAt(parts: PromptParts, index: number): Part {
  if (index < parts.systemAt) return 'tools'
  return index < parts.messagesAt ? 'system' : 'messages'
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
