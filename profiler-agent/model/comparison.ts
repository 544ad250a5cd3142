// Two sets of runs held beside each other, and recorded runs held against budgets: what is compared, and what comes out. Types only.

import type { BudgetPosition, BudgetScope, GateVerdict, LimitName, Percentile } from './budget'
import type { PicoUsd } from './money'
import type { Cost } from './span'
import type { CacheTtl, Units } from './usage'

/** Where tokens are billed: input by what the cache did with it, writes by how long they live, and output. */
export type TokenBucket = 'uncachedInput' | 'cacheRead' | CacheTtl | 'output'
export type TokensByBucket = Readonly<Record<TokenBucket, number>>

/** A line of the user's code, without a column: the same line after an edit of the line. */
export interface CallPlace {
  readonly file: string
  readonly line: number
  readonly function?: string
}

/** A billed call as comparisons see it. Tokens that nobody knows are 0 here; its cost is then a lower bound. */
export interface ComparedCall {
  readonly runId: string
  readonly spanId: string
  readonly agent?: string
  readonly step?: string
  readonly place?: CallPlace
  /** `provider/model` of the response. */
  readonly model: string
  /** What was asked for, where the provider answers by another name. */
  readonly askedModel?: string
  /** Service tier, where it is not the usual one. */
  readonly tier?: string
  readonly tokens: TokensByBucket
  readonly units: Units
  /** `null`: billed, and without a price. */
  readonly cost: Pick<Cost, 'picoUsd' | 'byBucket' | 'prices' | 'source' | 'atLeast'> | null
}

/** What is repeated and therefore has a spread: an invocation with its calls. */
export interface ComparedUnit {
  readonly id: string
  readonly intent?: string
  readonly calls: readonly ComparedCall[]
}

export interface ComparedSet {
  readonly units: readonly ComparedUnit[]
}

/** Parts of a difference in cost. They add up to it, to the pico-dollar; each may be negative. */
export interface DeltaParts {
  readonly calls: PicoUsd
  /** Also takes what rounding leaves, and what makes a token of the same model dearer: long contexts, audio, pieces. */
  readonly tokensPerCall: PicoUsd
  readonly cacheMix: PicoUsd
  readonly modelMix: PicoUsd
  /** What the base's use costs more at the head's unit prices. */
  readonly price: PicoUsd
  /** What the spread over invocations explains; `null`: one invocation on each side has no spread, nor have calls without a price, and all of it is in the others. */
  readonly noise: PicoUsd | null
}

/** A difference of means held against the spread on both sides (Welch's t-test). */
export interface Significance {
  /** How likely a difference like this is where nothing changed, 0 to 1. */
  readonly p: number
  readonly isSignificant: boolean
  /** 95 % confidence interval of the difference of one invocation, at the head's prices. */
  readonly interval: readonly [PicoUsd, PicoUsd]
}

/** The mean cost of one invocation on both sides, rounded to whole pico-dollars; the parts add up to `delta`. */
export interface MeanDelta {
  readonly base: PicoUsd
  readonly head: PicoUsd
  readonly delta: PicoUsd
  readonly parts: DeltaParts
}

/** Against a baseline, or other runs. */
export interface InvocationDelta extends MeanDelta {
  readonly significance: Significance | null
}

export interface SideSums {
  readonly calls: number
  readonly unpricedCalls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Of calls with a price; where there are calls and none has one, it is not known and stands as 0 (`isCostKnown`). */
  readonly picoUsd: PicoUsd
}

export interface SideTotals extends SideSums {
  readonly invocations: number
  /** Some of the cost is only a lower bound. */
  readonly atLeast: boolean
}

/** What of the whole a row is about; `lines` where it stands in the head, else in the base. */
export interface ComparedKey {
  readonly agent?: string
  readonly step?: string
  readonly file?: string
  readonly function?: string
  readonly lines?: readonly number[]
}

export interface ComparedRow {
  readonly by: 'agent' | 'step' | 'callsite'
  readonly key: ComparedKey
  readonly base: SideSums
  readonly head: SideSums
  /** What the base would have cost with as many invocations as the head has, rounded in each place. */
  readonly scaledBase: PicoUsd
  /** The head's cost less `scaledBase`. */
  readonly delta: PicoUsd
  readonly parts: DeltaParts
  readonly perInvocation: MeanDelta
  /** `null` without a spread, and where a call has no price. */
  readonly significance: Significance | null
}

export interface Comparison {
  readonly base: SideTotals
  readonly head: SideTotals
  /** What the base would have cost with as many invocations as the head has. */
  readonly scaledBase: PicoUsd
  /** The head's cost less `scaledBase`. */
  readonly delta: PicoUsd
  readonly parts: DeltaParts
  readonly perInvocation: MeanDelta
  readonly significance: Significance | null
  /** For each of agent, step and call site; rows of one kind add up to the whole. The largest difference first. */
  readonly rows: readonly ComparedRow[]
  /** What makes the two sides hard to compare, a sentence each. */
  readonly warnings: readonly string[]
}

/** The same in tokens, of the kind that a limit counts: those of more or fewer calls, and of longer or shorter ones. */
export interface TokensDelta {
  readonly base: number
  readonly head: number
  readonly delta: number
  readonly calls: number
  /** Also what rounding leaves. */
  readonly tokensPerCall: number
}

/** Text that came into an invocation, of the kind that grew: its median against that of the baseline, in tokens. */
export interface EnteredText {
  readonly kind: 'retrievalTokens' | 'toolResultTokens'
  readonly base: number
  readonly head: number
}

/** Where most of what was measured comes from. */
export interface Cause {
  readonly place: CallPlace
  readonly agent?: string
  readonly step?: string
  /** Part of the value, or of its growth, 0 to 1. */
  readonly share: number
  /** True: of what came on top of the baseline. */
  readonly isGrowth: boolean
}

/** One limit of the budget file and how recorded invocations stand against it. */
export interface LimitCheck {
  readonly scope: BudgetScope
  readonly limit: LimitName
  /** In the unit of the limit; the names of the models that may be called for `models`. */
  readonly allowed: number | readonly string[]
  /** `null`: unknown. For `models`: those that were called and may not be. */
  readonly value: number | null | readonly string[]
  /** The value is a lower bound. */
  readonly atLeast?: true
  /** Absent where the largest counts: runs, days and `models`. */
  readonly percentile?: Percentile
  /** Invocations, steps, workflows, runs or days that were measured. */
  readonly n: number
  readonly verdict: GateVerdict
  /** Sentences, what matters most first; what an invocation costs more is in `cost`. */
  readonly why: readonly string[]
  /** The same percentile of the baseline. */
  readonly baseline?: number
  readonly cost?: InvocationDelta
  readonly tokens?: TokensDelta
  readonly entered?: EnteredText
  readonly cause?: Cause
  /** Of the limit's key in the budget file. */
  readonly position: BudgetPosition
  /** Newest run that was measured. */
  readonly runId?: string
  /** True where it is worse than its baseline beyond the spread, or over. */
  readonly isWorse: boolean
}

export interface Check {
  /** The worst of the results: over, indeterminate, stale, near, fine. */
  readonly verdict: GateVerdict
  readonly results: readonly LimitCheck[]
}
