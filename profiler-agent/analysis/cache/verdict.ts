// The verdict on one call: what it read of the cache, what it could have read, and if that is more, the one cause. Types, and what is material.

import type { CacheCause } from '../cache-causes'
import type { Variant } from './divergence'
import type { SentCall } from './sent-call'

export interface Verdict {
  /** As reported. Tokens; `fresh` is input that was neither read nor written. */
  readonly read: number
  readonly written: number
  readonly fresh: number
  /** What could have been read, had the cause not been; an estimate, and never less than `read`. */
  readonly reachable: number
  /** Absent where the call read what it could. */
  readonly miss?: Miss
}

export interface Miss {
  readonly cause: CacheCause
  /** Of the prompt, the same in every run: `system`, `tools`, `tools:<name>`, `messages`, or the parameter. */
  readonly part: string
  /** Tokens that were not read because of it, and those that could have been read without it, all that was read among them. */
  readonly tokens: number
  readonly reachable: number
  /** The call whose prompt this one could have read. */
  readonly earlier: SentCall
  /** Of the first block that was not read although it could have been, or that differs; in this call and in the earlier one. */
  readonly path?: string
  readonly earlierPath?: string
  /** Of a divergence: blocks that are other ones in each call. */
  readonly variants: readonly Variant[]
  /** True where the call goes on from the earlier one's conversation. */
  readonly isConversation?: boolean
  readonly details: Readonly<Record<string, unknown>>
}

/** Tokens of single blocks are estimates: what is this close to the reported number may be it. */
const CLOSE = 0.2
/** Those of a whole prompt were reported; providers add some tokens of their own at its end. */
const CLOSE_TO_EXACT = 0.03

/** Fewer tokens are not worth a word, whatever they cost. */
const LEAST_TOKENS = 32

/** True where a prefix may be what the provider says it read; `isExact`: its length is that of a prompt that was reported. */
export function isAbout(reported: number, tokens: number, isExact = false): boolean {
  const share = isExact ? CLOSE_TO_EXACT : CLOSE
  return Math.abs(reported - tokens) <= Math.max(LEAST_TOKENS, tokens * share)
}

/** True where one prefix is longer than another by more than an increment. */
export function isLonger(tokens: number, than: number, increment: number): boolean {
  return tokens - than > Math.max(increment, LEAST_TOKENS)
}
