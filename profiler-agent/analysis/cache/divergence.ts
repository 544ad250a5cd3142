// Where and why a prompt stops being the one that a similar call sent before, and how much of it would be the same without that. Pure.

import type { CacheCause } from '../cache-causes'
import type { AnalysedBlock } from '../finding-input'
import { historyDivergence } from './history-divergence'
import { partAt, partsOf, sharedBlocks } from './prompt-parts'
import { systemDivergence } from './system-divergence'
import { toolsDivergence } from './tools-divergence'

export type DivergenceCause = Extract<
  CacheCause,
  | 'volatile-prefix'
  | 'unstable-serialisation'
  | 'tools-reordered'
  | 'tools-changed'
  | 'system-changed'
  | 'history-edited'
>

/** A block that is another one in each call. */
export interface Variant {
  readonly earlier: string
  readonly later: string
  /** Part of the text that changes, 0 to 1. */
  readonly volatileShare: number
}

export interface Divergence {
  readonly cause: DivergenceCause
  /** What of the prompt it is about, the same in every run: `system`, `tools`, `tools:<name>`, `messages`. */
  readonly part: string
  /** Of the block in the later and in the earlier prompt; absent where one has none. */
  readonly path?: string
  readonly earlierPath?: string
  /** Index of the first block that differs. */
  readonly at: number
  /** Tokens of the later prompt that would be the start of both, had this one thing not been. */
  readonly stableTokens: number
  /** True where both prompts hold text that a model wrote: the later one goes on from the earlier one's conversation. */
  readonly isConversation: boolean
  readonly variants: readonly Variant[]
  /** What the finding says besides: kind, values, names. */
  readonly details: Readonly<Record<string, unknown>>
}

/** Two prompts of which the later one stops being the earlier one at `at`. */
export interface PromptPair {
  readonly earlier: readonly AnalysedBlock[]
  readonly later: readonly AnalysedBlock[]
  readonly at: number
  /** `undefined` where a text was not kept. */
  readonly textOf: (hash: string) => string | undefined
}

/**
 * `undefined` where the later prompt only goes on from the earlier one, and where nothing shows that the two belong together: texts that
 * were not kept, other conversations, agents of another kind.
 */
export function divergenceOf(
  earlier: readonly AnalysedBlock[],
  later: readonly AnalysedBlock[],
  textOf: PromptPair['textOf'],
): Divergence | undefined {
  const at = sharedBlocks(earlier, later)
  if (at === earlier.length || at === later.length) return undefined
  const pair = { earlier, later, at, textOf }
  const parts = [partAt(partsOf({ blocks: earlier }), at), partAt(partsOf({ blocks: later }), at)]
  if (parts.includes('tools')) return toolsDivergence(pair)
  return parts.includes('system') ? systemDivergence(pair) : historyDivergence(pair)
}
