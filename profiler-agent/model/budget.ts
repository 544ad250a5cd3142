// Budgets as everyone speaks of them: what a limit may be called, where it holds, what was measured against it. Types and names only.

import type { PicoUsd } from './money'

/** Ceilings: a value above is over. `costUsd…` in US dollars, `…Tokens…` in tokens, `durationMs` in milliseconds, else counts. */
export const CEILINGS = [
  'costUsd',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'retrievalTokens',
  'toolResultTokens',
  'inputTokensPerCall',
  'outputTokensPerCall',
  'modelCalls',
  'toolCalls',
  'retries',
  'durationMs',
  'contextGrowthPerStep',
  'agents',
] as const
/** Of the workspace alone. */
export const WORKSPACE_CEILINGS = ['costUsdPerRun', 'costUsdPerDay'] as const

/** Every limit that is a number; `cacheHitRatio` (0 to 1) is the one floor. `models`, the allow-list, is none of these. */
export type NumericLimit = (typeof CEILINGS)[number] | (typeof WORKSPACE_CEILINGS)[number] | 'cacheHitRatio'
export type LimitName = NumericLimit | 'models'

export const ON_EXCEED = ['warn', 'block', 'escalate'] as const
export type OnExceed = (typeof ON_EXCEED)[number]

/**
 * Where limits hold: each invocation of an agent (of one intent, where it is said) · each span of a step of it · each invocation
 * of a root agent with everything under it · each run · each local calendar day of everything in the data folder.
 */
export type BudgetScope =
  | { readonly kind: 'agent'; readonly agent: string; readonly intent?: string }
  | { readonly kind: 'step'; readonly agent: string; readonly intent?: string; readonly step: string }
  | { readonly kind: 'workflow'; readonly workflow: string; readonly rootAgent: string }
  | { readonly kind: 'run' }
  | { readonly kind: 'day' }

/** Lines and columns start at 1. */
export interface BudgetPosition {
  readonly line: number
  readonly column: number
  /** End of what stands there, on the same line where it is one token. */
  readonly endLine?: number
  readonly endColumn?: number
}

/** A limit with the place of its key in the file. */
export interface Limit {
  readonly value: number
  readonly position: BudgetPosition
}

export interface ModelsLimit {
  readonly values: readonly string[]
  readonly position: BudgetPosition
}

/** One object of the file that may set limits. What it does not say itself comes from the object around it. */
export interface Budget {
  readonly scope: BudgetScope
  /** Version of the agent that the limits were made for. */
  readonly agentVersion?: string
  readonly limits: Readonly<Partial<Record<NumericLimit, Limit>>>
  readonly models?: ModelsLimit
  readonly onExceed: OnExceed
  /** Name of what `escalate` starts; the user's own settings say what that is. */
  readonly escalation?: string
  readonly clampOutput: boolean
  readonly baseline?: Baseline
  /** Of its key. */
  readonly position: BudgetPosition
}

export const PERCENTILES = ['p50', 'p95', 'p99'] as const
export type Percentile = (typeof PERCENTILES)[number]
/** Nearest-rank percentiles of one limit over invocations, in the unit of the limit. */
export type PercentileValues = Readonly<Record<Percentile, number>>

/** What limits were derived from. */
export interface Baseline {
  readonly invocations: number
  /** Local calendar day, `2026-11-20`. */
  readonly measuredAt: string
  readonly headroom: number
  /** `sha256:` and the hash of the unit prices of all models that were called. */
  readonly prices?: string
  readonly values: Readonly<Partial<Record<NumericLimit, PercentileValues>>>
  /** What one invocation used on average, by model; absent in baselines that people wrote. */
  readonly perInvocation?: Readonly<Record<string, MeanUse>>
}

/** Mean of one invocation with one model: calls, tokens by bucket, dollars. The key is `provider/model`. */
export interface MeanUse {
  readonly calls: number
  readonly uncachedInput: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  /** `null` where some of the calls have no price. */
  readonly usd: number | null
}

export interface GateRule {
  readonly percentile: Percentile
  readonly minInvocations: number
  /** Part of a limit below it in which a value is near. */
  readonly tolerance: number
}
export const USUAL_GATE: GateRule = { percentile: 'p95', minInvocations: 5, tolerance: 0.1 }

/** Something held against limits: one invocation, one step span, one workflow, one run, one day. */
export type MeasuredKind = BudgetScope['kind']

/** `null`: unknown, never 0. `atLeast`: some calls have no price or no usage, so the value is a lower bound. */
export interface MeasuredValue {
  readonly value: number | null
  readonly atLeast?: true
  /** Rests on a guess (retrieval that nobody declared): may warn, never block. */
  readonly guessed?: true
  /** The part that rests on no guess, where `guessed`. */
  readonly sure?: number
}

/** One invocation, step, workflow, run or day with everything that limits can be about. */
export interface Measured {
  readonly kind: MeasuredKind
  readonly runId: string
  /** Agent or step span, the run's span, or the day as `2026-11-20`. */
  readonly id: string
  readonly agent?: string
  readonly agentVersion?: string
  readonly intent?: string
  readonly step?: string
  readonly tenant?: string
  readonly session?: string
  /** ms since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
  /** False while it may still grow. */
  readonly isOver: boolean
  /** A budget refused one of its calls, or ended a reply: it used less than it would have. Told of stored runs. */
  readonly isStopped?: true
  /** By which limits: the rule, and the line of the limit in the budget file as it was then. */
  readonly stoppedBy?: readonly StoppedBy[]
  readonly values: Readonly<Partial<Record<NumericLimit, MeasuredValue>>>
  /** Models that were called, as `provider/model` of the response. */
  readonly use: Readonly<Record<string, UseOfModel>>
  /** Span ids of its calls, by start time. */
  readonly calls: readonly string[]
}

export interface StoppedBy {
  /** `budget/totalTokens` … */
  readonly rule: string
  readonly line?: number
}

/** Sums over calls with one model. */
export interface UseOfModel {
  readonly calls: number
  readonly uncachedInput: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly picoUsd: PicoUsd
  readonly unpricedCalls: number
}

export type GateVerdict = 'over' | 'near' | 'fine' | 'indeterminate' | 'stale'

/** How a limit stands in the light of recorded invocations: what the editor shows on its line. */
export interface LimitUse {
  readonly scope: BudgetScope
  readonly limit: NumericLimit
  readonly allowed: number
  /** Invocations (steps, workflows, runs, days) that were measured. */
  readonly n: number
  /** `null` where there are none, or all are unknown. */
  readonly percentiles: PercentileValues | null
  /** The largest (of a floor: the least) of all, by which limits of a run and a day are judged; absent where all are unknown. */
  readonly worst?: number
  readonly verdict: GateVerdict
  /** Newest first, 10 at most. */
  readonly last: readonly {
    readonly runId: string
    readonly spanId: string
    readonly startTime: string
    readonly value: number | null
    readonly isOver: boolean
  }[]
}

/** The rule of the finding of a violated limit. */
export function budgetRule(limit: LimitName): string {
  return `budget/${limit}`
}
