// Token usage in disjoint billing buckets: what a provider bills, told apart so that nothing is counted twice.

export type CacheTtl = '5m' | '30m' | '1h' | '12h' | 'unknown'
export const CACHE_TTLS = ['5m', '30m', '1h', '12h', 'unknown'] as const satisfies readonly CacheTtl[]

/** `reported` the provider said it at the end · `partial` it said some of it · `estimated` we counted · `unknown` neither. */
export type UsageOrigin = 'reported' | 'partial' | 'estimated' | 'unknown'

/** Things billed by the piece instead of by token. */
export type UnitKind =
  | 'webSearch'
  /** By the older tool of OpenAI, which has prices of its own. */
  | 'webSearchPreview'
  | 'webFetch'
  | 'searchUnits'
  /** Prompts or queries with Google Search; those with Google Maps have a price of their own. */
  | 'grounding'
  | 'mapsGrounding'
  | 'fileSearch'
  | 'codeExecution'
  /** A cache that is kept for a fee by the hour, which the wire does not tell. */
  | 'cacheStorage'
export type Units = Partial<Record<UnitKind, number>>

/** Tokens written to a prompt cache, by time to live; `null` where the provider does not say. */
export type CacheWriteTokens = Record<CacheTtl, number | null>

/**
 * Usage of one model call. Buckets are disjoint tokens; `null` is unknown, never 0.
 * `inputTokens` is the sum of the known input buckets, `null` only when none is known.
 * `reasoningTokens` is part of `outputTokens`, given as reported.
 * `raw` is the provider's own usage object.
 */
export interface Usage {
  readonly inputTokens: number | null
  readonly uncachedInputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens: CacheWriteTokens
  readonly outputTokens: number | null
  readonly reasoningTokens?: number | null
  readonly units: Units
  readonly origin: UsageOrigin
  readonly raw: unknown
}

/** The buckets a provider adapter has to name; the sum is reckoned here. */
export interface UsageBuckets {
  readonly uncachedInputTokens: number | null
  readonly cacheReadTokens: number | null
  readonly cacheWriteTokens?: Partial<CacheWriteTokens>
  readonly outputTokens: number | null
  readonly reasoningTokens?: number | null
  readonly units?: Units
}

/** One value for each TTL. */
export function perTtl<T>(of: (ttl: CacheTtl) => T): Record<CacheTtl, T> {
  return {
    '5m': of('5m'),
    '30m': of('30m'),
    '1h': of('1h'),
    '12h': of('12h'),
    unknown: of('unknown'),
  }
}

const NO_CACHE_WRITES: CacheWriteTokens = perTtl(() => null)

/** Usage from its buckets; a TTL that is not named is `null`. */
export function usageOf(buckets: UsageBuckets, origin: UsageOrigin, raw: unknown): Usage {
  const cacheWriteTokens = { ...NO_CACHE_WRITES, ...buckets.cacheWriteTokens }
  return {
    inputTokens: sumOfKnown([
      buckets.uncachedInputTokens,
      buckets.cacheReadTokens,
      ...CACHE_TTLS.map((ttl) => cacheWriteTokens[ttl]),
    ]),
    uncachedInputTokens: buckets.uncachedInputTokens,
    cacheReadTokens: buckets.cacheReadTokens,
    cacheWriteTokens,
    outputTokens: buckets.outputTokens,
    ...(buckets.reasoningTokens === undefined ? {} : { reasoningTokens: buckets.reasoningTokens }),
    units: buckets.units ?? {},
    origin,
    raw,
  }
}

/** Usage of a call of which nothing is known; every bucket `null`. */
export function unknownUsage(raw: unknown = null): Usage {
  return usageOf({ uncachedInputTokens: null, cacheReadTokens: null, outputTokens: null }, 'unknown', raw)
}

/** Sum of the values that are known; `null` when none is. */
export function sumOfKnown(values: readonly (number | null | undefined)[]): number | null {
  let sum: number | null = null
  for (const value of values) if (typeof value === 'number') sum = (sum ?? 0) + value
  return sum
}

/** All tokens written to caches, over every TTL; `null` when the provider says nothing of writes. */
export function cacheWriteTotal(usage: Pick<Usage, 'cacheWriteTokens'>): number | null {
  return sumOfKnown(CACHE_TTLS.map((ttl) => usage.cacheWriteTokens[ttl]))
}

/** Totals over many calls: known parts summed, bucket by bucket. `raw` is `null`; origin is the weakest of the parts. */
export function addUsage(parts: readonly Usage[]): Usage {
  // Reports add up a hundred thousand of them: no list is made for each bucket.
  const sum = (pick: (usage: Usage) => number | null | undefined) => {
    let total: number | null = null
    for (const part of parts) {
      const tokens = pick(part)
      if (typeof tokens === 'number') total = (total ?? 0) + tokens
    }
    return total
  }
  const units: Units = {}
  for (const part of parts)
    for (const [kind, count] of Object.entries(part.units) as [UnitKind, number][])
      units[kind] = (units[kind] ?? 0) + count
  return usageOf(
    {
      uncachedInputTokens: sum((usage) => usage.uncachedInputTokens),
      cacheReadTokens: sum((usage) => usage.cacheReadTokens),
      cacheWriteTokens: perTtl((ttl) => sum((usage) => usage.cacheWriteTokens[ttl])),
      outputTokens: sum((usage) => usage.outputTokens),
      reasoningTokens: sum((usage) => usage.reasoningTokens),
      units,
    },
    weakestOrigin(parts.map((part) => part.origin)),
    null,
  )
}

const ORIGINS_BY_STRENGTH: readonly UsageOrigin[] = ['unknown', 'partial', 'estimated', 'reported']

function weakestOrigin(origins: readonly UsageOrigin[]): UsageOrigin {
  return ORIGINS_BY_STRENGTH.find((origin) => origins.includes(origin)) ?? 'unknown'
}
