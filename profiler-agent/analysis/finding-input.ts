// What a finding rule gets to see of a run. Types only.

import type { Finding } from '../model/finding'
import type { CallSite, Cost } from '../model/span'
import type { CacheTtl, Usage } from '../model/usage'
import type { CacheRule } from '../rules/cache-rules'
import type { WeighedBlock } from './prefix'

export interface AnalysedCall {
  readonly spanId: string
  readonly provider: string
  readonly model: string
  readonly startedAt: number
  readonly callSite?: CallSite
  readonly usage: Usage
  readonly cost: Cost
  readonly prompt: readonly WeighedBlock[]
  /** TTLs of the cache breakpoints in the prompt. */
  readonly marks: readonly CacheTtl[]
}

export interface AnalysisInput {
  readonly runId: string
  /** Priced, finished calls by start time. */
  readonly calls: readonly AnalysedCall[]
  readonly textOf: (hash: string) => string | undefined
  /** How the call's model caches prompts; `undefined` where nobody knows. */
  readonly cacheRule: (call: AnalysedCall) => CacheRule | undefined
  /** SHA-256 of a text, hex. */
  readonly hashOf: (text: string) => string
}

export interface FindingRule {
  readonly name: string
  readonly find: (input: AnalysisInput) => Finding[]
}
