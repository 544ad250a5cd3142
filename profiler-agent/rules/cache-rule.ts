// What a row of prompt-cache rules says. Types only; the rows are in caches/, the look-up in cache-rules.ts.

/** One lifetime that a caller can choose. `idleMs` runs from the last use; `maxMs`, where there is one, from the write. */
export interface CacheLifetime {
  /** As the request names it: `5m`, `1h`, `30m`, `12h`, `in_memory`, `24h`. */
  readonly name: string
  readonly idleMs: number
  readonly maxMs?: number
  /** What a token written for so long costs, in tokens of plain input; absent where writes are not charged. Prices come from the price book. */
  readonly writeMultiplier?: number
}

export interface CacheRule {
  /** Provider id as in a proxy route. */
  readonly provider: string
  /** Beginnings of model ids, longest first match wins; empty: every other model of the provider. */
  readonly families: readonly string[]
  /** `breakpoints`: entries only where the request (or an implicit mark) ends a prefix. `automatic`: any repeated prefix. */
  readonly mechanism: 'breakpoints' | 'automatic'
  /** Prefixes with fewer tokens are not cached, without a word. */
  readonly minimumTokens: number
  /** Hits are whole multiples of this; 1: exact boundaries. */
  readonly incrementTokens: number
  /** The first is the default. */
  readonly lifetimes: readonly CacheLifetime[]
  /** Most breakpoints that one request may write; 0 for automatic caches. */
  readonly maxBreakpoints: number
  /** True when the provider sets one breakpoint of its own at the end of the prompt. */
  readonly implicitBreakpoint: boolean
  /** Content blocks before a breakpoint, itself included, that are searched for an entry; `null`: no limit. */
  readonly lookBackBlocks: number | null
  /** Latest breakpoints of the prompt that are considered for a match; `null`: all. */
  readonly lookBackBreakpoints: number | null
  /** True when writes cost more than plain input and are reported. */
  readonly chargesWrites: boolean
  /**
   * Of automatic caches. Absent: whatever two prompts share is read. `whole-units`: a prefix is held only up to where an earlier prompt
   * or its answer ended, or where two earlier prompts parted; a second prompt that parts from the first within it reads nothing.
   */
  readonly holds?: 'whole-units'
  /** What a token read costs, in tokens of plain input, where all models of the row agree. Prices come from the price book. */
  readonly readMultiplier?: number
  /** Parameter or header by which a caller keeps its requests at one cache. */
  readonly affinity?: string
  /** The rule of requests that carry no breakpoint, where it is another one. */
  readonly unmarked?: CacheRule
  readonly evidence: 'documented' | 'assumed'
  readonly source: string
  /** Day on which the source was read. */
  readonly date: string
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Minimum of models that cache nothing: no prompt is long enough. */
export const NEVER_CACHED = Number.MAX_SAFE_INTEGER

/** What free automatic caches have in common. */
export const FREE_PREFIX_CACHE = {
  mechanism: 'automatic',
  families: [],
  maxBreakpoints: 0,
  implicitBreakpoint: false,
  lookBackBlocks: null,
  lookBackBreakpoints: null,
  chargesWrites: false,
  date: '2026-11-21',
} as const satisfies Partial<CacheRule>
