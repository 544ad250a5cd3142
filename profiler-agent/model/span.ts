// The records of a run as `costflame.run/1` shows them: run, span, model call, cost, segment. Types only, no behaviour.
// Times are ISO 8601 UTC with milliseconds; lines and columns start at 1; files are relative to `Run.root` with `/` where inside it.

import type { CacheSettings } from './cache-settings'
import type { ModalityTokens } from './call'
import type { Finding } from './finding'
import type { PicoUsd } from './money'
import type { CacheTtl, UnitKind, Usage } from './usage'

export const RUN_SCHEMA = 'costflame.run/1'

export interface RunFile {
  readonly schema: typeof RUN_SCHEMA
  readonly runs: readonly Run[]
}

export interface Run {
  readonly id: string
  readonly name: string
  /** The command line as typed, credentials masked. */
  readonly command?: string
  /** Absolute folder that relative files belong to. */
  readonly root?: string
  readonly startTime: string
  /** Absent while the run goes on. */
  readonly endTime?: string
  readonly gitCommit?: string
  readonly tags: Readonly<Record<string, string>>
  readonly totals: Totals
  readonly spans: readonly Span[]
  readonly findings: readonly Finding[]
}

/** Sums over the model calls of a run. `cost` is `null` when no call has a price; `unpricedCalls` says how many billed calls are not in it. */
export interface Totals {
  /** Logical model calls. */
  readonly calls: number
  /** HTTP exchanges of those calls, retries included. */
  readonly attempts: number
  readonly errors: number
  readonly unpricedCalls: number
  readonly usage: Usage
  readonly cost: TotalCost | null
}

export interface TotalCost {
  readonly picoUsd: PicoUsd
  readonly usd: number
  /** True when a part of the sum is only a lower bound. */
  readonly atLeast?: boolean
  /** Part of the sum that a subscription pays for: what the API would charge. */
  readonly apiEquivalentPicoUsd?: PicoUsd
}

export type SpanKind =
  | 'run'
  | 'agent'
  | 'step'
  | 'chat'
  | 'embeddings'
  | 'rerank'
  | 'tool'
  | 'retrieval'
  | 'other'
export type SpanStatus = 'ok' | 'error' | 'aborted' | 'blocked' | 'truncated'
export type ParentBasis = 'header' | 'hook' | 'otel' | 'traffic' | 'none'

export interface Span {
  readonly id: string
  readonly parentId?: string
  /** What the edge to the parent rests on. */
  readonly parentBasis: ParentBasis
  readonly kind: SpanKind
  readonly name: string
  readonly startTime: string
  readonly endTime: string
  readonly durationMs: number
  readonly status: SpanStatus
  readonly agent?: string
  readonly agentVersion?: string
  readonly intent?: string
  readonly tenant?: string
  readonly session?: string
  readonly step?: string
  readonly tags?: Readonly<Record<string, string>>
  /** How an invocation ended, as the program says. */
  readonly outcome?: Outcome
  readonly callSite?: CallSite
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Only spans that bill (or could have) carry one; cost is nowhere else. */
  readonly modelCall?: ModelCall
}

/** `status` in the program's own words (`resolved`, `escalated` …), `value` what it was worth to them, and whatever else they say. */
export interface Outcome extends Readonly<Record<string, string | number | boolean | undefined>> {
  readonly status: string
  readonly value?: number
}

export interface Frame {
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly function?: string
}

/** The user's own line that made the call, innermost first in `stack` (which starts with that line). */
export interface CallSite extends Frame {
  readonly stack: readonly Frame[]
}

export interface ModelCall {
  readonly provider: string
  readonly wireFormat: string
  /** Path of the request below the upstream's origin, without its query. */
  readonly endpoint: string
  readonly requestModel: string
  readonly responseModel?: string
  readonly responseId?: string
  readonly finishReason?: string
  readonly stream: boolean
  /** False for what no provider bills: HTTP errors, token counting, polls, blocked and replayed calls. */
  readonly billed: boolean
  readonly timeToFirstTokenMs?: number
  readonly attempt: { readonly logicalId: string; readonly number: number }
  readonly httpStatus: number
  readonly error?: { readonly status: number; readonly code?: string; readonly message: string }
  readonly usage: Usage
  readonly cost: Cost | null
  /** Why a billed call has no cost. */
  readonly unpricedReason?: string
  readonly tier?: string
  /** What request and reply say of prompt caching beside the marks on blocks; absent where they say nothing. */
  readonly cacheSettings?: CacheSettings
  readonly segments: readonly Segment[]
}

export type CostSource = 'override' | 'provider' | 'catalog'

export interface Cost {
  readonly picoUsd: PicoUsd
  readonly usd: number
  readonly source: CostSource
  /** The model whose prices these are, where `config.jsonc` says it of a deployment. */
  readonly pricedAs?: string
  /** Only the known buckets are in it. */
  readonly atLeast?: boolean
  readonly byBucket: CostByBucket
  readonly prices: UnitPrices
  /** Name and version of the price book. */
  readonly book: string
  readonly pricedAt: string
  readonly pricedAtBasis: 'call' | 'recorded' | 'import'
}

export interface CostByBucket {
  readonly uncachedInput: PicoUsd
  readonly cacheRead: PicoUsd
  readonly cacheWrite: PicoUsd
  readonly output: PicoUsd
  readonly units: PicoUsd
}

/**
 * Pico-dollars per token (per piece for `units`) that one call was priced with, after tier, context length and region.
 * `audioInput`, `imageOutput` … stand where the model has a price of its own for such tokens; they are in the same buckets.
 */
export interface UnitPrices extends Readonly<Partial<Record<keyof ModalityTokens, PicoUsd>>> {
  readonly uncachedInput: PicoUsd
  readonly cacheRead: PicoUsd
  readonly cacheWrite: Readonly<Record<CacheTtl, PicoUsd>>
  readonly output: PicoUsd
  readonly units: Readonly<Partial<Record<UnitKind, PicoUsd>>>
}

export type SegmentKind =
  | 'system'
  | 'tool_def'
  | 'user'
  | 'assistant'
  | 'reasoning'
  | 'tool_call'
  | 'tool_result'
  | 'retrieval'
  | 'media'
  | 'overhead'
  | 'hidden'
  | 'output'

export type SegmentCache = 'read' | 'write' | 'fresh' | 'none'

/** A part of a prompt or reply with its share of tokens and cost. The shares are estimates; their sums are the exact totals. */
export interface Segment {
  /** `tools[3]`, `system`, `messages[7]`, a range `messages[0..41]`, or `output`. */
  readonly path: string
  readonly kind: SegmentKind
  /** Name of the tool, where there is one. */
  readonly name?: string
  readonly tokens: number
  readonly picoUsd: PicoUsd | null
  readonly cache: SegmentCache
  /** SHA-256 of the content, hex; empty for parts without content of their own. */
  readonly hash: string
  readonly estimate: true
}
