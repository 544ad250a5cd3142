// What every simulated prompt cache is asked and answers.

import type { CacheRule } from '../../rules/cache-rules'
import type { Prompt, PromptUnit } from '../prompt'

export interface CacheQuestion {
  readonly prompt: Prompt
  readonly rule: CacheRule
  /** Who shares entries: key, model and whatever else the provider tells apart. */
  readonly scope: string
  /** Lifetime that the request asks for; the rule's default where it names none. */
  readonly lifetime?: string
  /** False when the request switches the provider's own breakpoint off. */
  readonly implicitBreakpoint: boolean
  /** Ms since the epoch at which the request came in; lifetimes run from here. */
  readonly at: number
}

export interface CacheOutcome {
  readonly readTokens: number
  /** Tokens written and charged, by lifetime; empty where writes are free. */
  readonly writeTokens: Readonly<Record<string, number>>
  /**
   * Makes what this request wrote readable. Called when its response begins, so that parallel requests do not share.
   * `answer`: what it adds to a prompt that goes on from it, for caches that hold answers, too.
   */
  commit(answer?: readonly PromptUnit[]): void
}

export const NOTHING_CACHED: CacheOutcome = { readTokens: 0, writeTokens: {}, commit: () => undefined }

/** The lifetime a name stands for; the rule's default for `default` and for names that the rule does not know. */
export function lifetimeOf(rule: CacheRule, name: string | undefined): CacheRule['lifetimes'][number] {
  const [standard] = rule.lifetimes
  if (!standard) throw new Error(`cache rule for ${rule.provider} has no lifetime`)
  return rule.lifetimes.find((lifetime) => lifetime.name === name) ?? standard
}
