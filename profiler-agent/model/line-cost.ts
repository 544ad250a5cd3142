// What the lines of the user's code cost, as the editor shows it. Types only.

import type { LimitUse } from './budget'
import type { CodeAnchor } from './code-anchor'
import type { Frame, SegmentCache, SegmentKind, Totals } from './span'

/** The calls of one line: in the newest run that reached it, and in the runs before. */
export interface LineCost {
  /** Where the newest of its runs saw it; `file` is relative to `root` where inside it. */
  readonly callSite: Frame
  readonly root?: string
  /** Of the code as that run found it; absent where the file was not read then, or had changed since the run began. */
  readonly anchor?: CodeAnchor
  readonly runId: string
  /** Of that run, ISO 8601. */
  readonly startTime: string
  /** Whether that run goes on. */
  readonly active: boolean
  /** Of the calls that this line made in that run. */
  readonly totals: Totals
  /** Its part of the cost of that run, 0 to 1; `null` where that is not known. */
  readonly share: number | null
  /** Its most expensive call. */
  readonly spanId: string
  /** Names that limits can be set for (steps that were only counted have none), and what was called; sorted. */
  readonly agents: readonly string[]
  readonly steps: readonly string[]
  readonly models: readonly string[]
  /** This line over the last runs that reached it, newest first, that run among them. */
  readonly past: readonly PastLine[]
}

export interface PastLine {
  readonly runId: string
  readonly startTime: string
  readonly gitCommit?: string
  readonly calls: number
  /** `null`: a call has no price and none other is known. */
  readonly picoUsd: number | null
  /** A call of it has no price, or a cost that is a lower bound. */
  readonly atLeast: boolean
  readonly cacheShare: number | null
}

/** What a hover says beside the line's own costs. Sums of each list are the exact totals of the line. */
export interface LineDetail {
  /**
   * Prompts and replies by kind of text, the most expensive first; tokens and costs of one kind are its share, an estimate. `null`
   * where there are too many to be counted in a moment: the next time more of them are.
   */
  readonly byKind: readonly LinePart<SegmentKind>[] | null
  /** As it was billed; the output is in no cache (`none`). What nobody knows is not there. */
  readonly byCache: readonly LinePart<SegmentCache>[]
  readonly byModel: readonly (LinePart<string> & { readonly calls: number })[]
  /** Limits of the invocations, steps and workflows that these calls count in and of the run, as that run alone stands to them; and of today. */
  readonly limits: readonly LimitUse[]
  /** Output tokens of one call (reasoning among them) over the last runs that reached the line, nearest rank; absent where none is known. */
  readonly outputPerCall?: OutputPerCall
}

export interface OutputPerCall {
  /** Whose output is known. */
  readonly calls: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export interface LinePart<Kind extends string> {
  readonly kind: Kind
  readonly tokens: number | null
  readonly picoUsd: number | null
}

/** What was spent on a local calendar day in all runs of the folder, and what the budget file allows. */
export interface SpentToday {
  /** `2026-11-22`. */
  readonly day: string
  /** `null`: calls were billed and none has a price. */
  readonly picoUsd: number | null
  /** A call has no price, or a cost that is a lower bound. */
  readonly atLeast: boolean
  readonly calls: number
  readonly allowedUsdPerDay?: number
  readonly allowedUsdPerRun?: number
}

/** An agent over the last runs: of each invocation, and of its intents and steps. */
export interface AgentCost {
  readonly agent: string
  /** Of the newest invocation. */
  readonly version?: string
  readonly invocations: number
  /** Of one invocation, nearest rank, over those whose cost is wholly known; `null` where there is none. */
  readonly picoUsd: { readonly p50: number; readonly p95: number } | null
  /** Of all invocations. */
  readonly totals: Totals
  readonly intents: readonly NamedCost[]
  readonly steps: readonly NamedCost[]
  /** The newest invocation. */
  readonly last: { readonly runId: string; readonly spanId: string; readonly startTime: string }
}

export interface NamedCost {
  readonly name: string
  readonly invocations: number
  readonly picoUsd: { readonly p50: number; readonly p95: number } | null
  /** The newest one. */
  readonly last: { readonly runId: string; readonly spanId: string; readonly startTime: string }
}
