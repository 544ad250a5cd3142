// What a finding rule gets to see of a run, call by call as it grows.

import type { Finding } from '../model/finding'
import type { CallSite, Cost } from '../model/span'
import type { CacheTtl, Usage } from '../model/usage'
import type { CacheRule } from '../rules/cache-rules'
import type { WeighedPrompt } from './prefix'

export interface AnalysedCall {
  readonly spanId: string
  readonly provider: string
  readonly model: string
  readonly startedAt: number
  readonly callSite?: CallSite
  readonly usage: Usage
  readonly cost: Cost
  readonly prompt: WeighedPrompt
  /** TTLs of the cache breakpoints in the prompt. */
  readonly marks: readonly CacheTtl[]
}

/** What rules are handed besides the calls. */
export interface AnalysisContext {
  readonly runId: string
  readonly textOf: (hash: string) => string | undefined
  /** How the call's model caches prompts; `undefined` where nobody knows. */
  readonly cacheRule: (call: AnalysedCall) => CacheRule | undefined
  /** SHA-256 of a text, hex. */
  readonly hashOf: (text: string) => string
}

export interface AnalysisInput extends AnalysisContext {
  /** Priced, finished calls. */
  readonly calls: readonly AnalysedCall[]
}

/** A rule at work on one run. */
export interface RuleRun {
  /** Takes a call, in the order in which calls ended. Throws TooLate for one that began before all that it still remembers. */
  readonly add: (call: AnalysedCall) => void
  /** As if all calls so far had been known from the start. */
  readonly findings: () => Finding[]
}

export interface FindingRule {
  readonly name: string
  readonly start: (context: AnalysisContext) => RuleRun
}

/** A call began long before the latest ones: the run has to be gone through again from its beginning. */
export class TooLate extends Error {
  override name = 'TooLate'
}
