// What a replay has to know of a call: its prompt as hashed blocks with tokens, what it asked of the cache, and when. Types only; AnalysedCall is one.

import type { CacheSettings } from '../../model/cache-settings'
import type { HashedBlock } from '../../model/record'
import type { Cost } from '../../model/span'
import type { CacheTtl, Usage } from '../../model/usage'

/** A block with its whole share of the call's input tokens. */
export interface ReplayBlock extends Omit<HashedBlock, 'toolCallId'> {
  readonly tokens: number
  /** Set on text that a fix put behind the end of the prompt. */
  readonly isMoved?: true
}

/**
 * A finished call with usage and a price. Times are ms since the epoch. Input tokens that no block accounts for stand before the
 * first block. Calls are never changed: a fix makes another one of it.
 */
export interface ReplayCall {
  readonly spanId: string
  readonly provider: string
  readonly model: string
  /** Tells accounts of one provider apart, whose caches are not shared; absent: one account. */
  readonly account?: string
  readonly startedAt: number
  /** When others could first read what this call wrote. */
  readonly firstTokenAt: number
  readonly usage: Usage
  readonly cost: Pick<Cost, 'prices' | 'byBucket'>
  readonly settings: CacheSettings
  readonly prompt: { readonly blocks: readonly ReplayBlock[] }
  /** False where a part of the prompt is held by the provider or was not kept: such a call is billed as it was. */
  readonly isPromptWhole: boolean
}

/** A beginning of a prompt as it is rendered: without what the model is not shown, for some models system texts before tools. */
export interface Prefix {
  readonly blocks: number
  /** What a cache could serve of it: whole increments, 0 below the minimum. */
  readonly tokens: number
  /** The latest call that sent it. */
  readonly spanId: string
  /** From that call's start to this one's. */
  readonly ageMs: number
}

/** What a call's input comes to under a policy. `read`, `write` and `fresh` sum to the call's input tokens. */
export interface ReplayedInput {
  readonly read: number
  readonly write: Readonly<Record<CacheTtl, number>>
  readonly fresh: number
  /** Of all input, at the call's own unit prices. */
  readonly picoUsd: number
  /** False where the call could not be replayed (no rule, no tokens, prompt not whole): the numbers are those reported. */
  readonly isReplayed: boolean
  /** Blocks up to the entry that was read; 0 where none was. */
  readonly hitBlocks: number
  /** Blocks after which an entry stands when the call is over, ascending; those below the minimum are not among them. */
  readonly breakpoints: readonly number[]
  /** The longest beginning that an earlier call sent and a cache could still hold, whatever the marks. */
  readonly reachable?: Prefix
  /** A longer one than `reachable` that an earlier call sent too long ago. */
  readonly expired?: Prefix
  /** A longer one than `reachable` whose first reply had not begun when this call started. */
  readonly pending?: Prefix
}
