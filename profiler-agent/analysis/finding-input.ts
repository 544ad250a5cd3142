// What a finding rule gets to see of a run. Types only.

import type { Finding } from '../model/finding'
import type { CallSite, Cost } from '../model/span'
import type { CacheTtl, Usage } from '../model/usage'
import type { WeighedBlock } from './prefix'

export interface AnalysedCall {
  readonly spanId: string
  readonly agent: string
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

/** How a model's prompt cache works, as far as the rules need it. */
export interface CacheBehaviour {
  readonly minTokens: number
  /** Hits come in steps of this many tokens. */
  readonly increment: number
  readonly ttlMs: number
  /** True when only marked prefixes are cached. */
  readonly needsBreakpoints: boolean
  /** The bucket that writes are billed in, absent where writes are free. */
  readonly writeTtl?: CacheTtl
}

export interface AnalysisInput {
  readonly runId: string
  /** Priced, finished calls by start time. */
  readonly calls: readonly AnalysedCall[]
  readonly textOf: (hash: string) => string | undefined
  readonly cacheBehaviour: (call: AnalysedCall) => CacheBehaviour | undefined
  /** SHA-256 of a text, hex. */
  readonly hashOf: (text: string) => string
}

export interface FindingRule {
  readonly name: string
  readonly find: (input: AnalysisInput) => Finding[]
}
