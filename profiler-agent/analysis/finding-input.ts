// What a finding rule gets to see of a run, call by call as it grows.

import type { CacheSettings } from '../model/cache-settings'
import type { Finding } from '../model/finding'
import type { FindingFloor } from '../model/finding-floor'
import type { HashedBlock } from '../model/record'
import type { CallSite, Cost } from '../model/span'
import type { CacheTtl, Usage } from '../model/usage'
import type { CacheRule } from '../rules/cache-rules'

/** A block with its share of the tokens that the provider reported: whole, and an estimate. One object in two prompts is one text at one place. */
export interface AnalysedBlock extends Omit<HashedBlock, 'toolCallId'> {
  readonly characters: number
  readonly tokens: number
}

/** A prompt in render order, the tokens of its blocks and `hiddenTokens` together exactly those that the provider reported as input. */
export interface AnalysedPrompt {
  readonly blocks: readonly AnalysedBlock[]
  /** What no block accounts for, in front of the first one: what the provider puts there itself, or holds of earlier calls. */
  readonly hiddenTokens: number
}

/** A priced, finished call. Times are whole ms since the epoch, by a clock that may have been set in between. */
export interface AnalysedCall {
  readonly spanId: string
  readonly provider: string
  readonly model: string
  readonly startedAt: number
  readonly endedAt: number
  /** When others could first read what it wrote into the cache: its first token where that is known, else its end. */
  readonly firstTokenAt: number
  /** Name of the agent and the step that it belongs to, as known when it was stored first. */
  readonly agent?: string
  readonly step?: string
  readonly callSite?: CallSite
  readonly usage: Usage
  readonly cost: Cost
  /** What the request says of caching, and what else its cache depends on; of the marks on blocks, the blocks tell. */
  readonly settings: CacheSettings
  readonly prompt: AnalysedPrompt
  /** False where the provider holds a part of the prompt or a part of it was not recorded: its first block is not the first of the real prompt, or its last not the last. */
  readonly isPromptWhole: boolean
  /** TTLs of the cache breakpoints in the prompt. */
  readonly marks: readonly CacheTtl[]
}

/** What rules are handed besides the calls. */
export interface AnalysisContext {
  readonly runId: string
  readonly textOf: (hash: string) => string | undefined
  /** How the call's model caches prompts; `undefined` where nobody knows. */
  readonly cacheRule: (call: Pick<AnalysedCall, 'provider' | 'model'>) => CacheRule | undefined
  /** SHA-256 of a text, hex. */
  readonly hashOf: (text: string) => string
  /** Whether no more calls come; absent: they do not. */
  readonly isOver?: () => boolean
  /** What is not worth a finding; absent: the usual. */
  readonly floor?: () => FindingFloor
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
