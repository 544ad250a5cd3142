// What each bucket of a call cost, as it was priced or at other unit prices. Looks no price up.

import type { ComparedCall, TokenBucket } from '../../model/comparison'
import type { PicoUsd } from '../../model/money'
import type { UnitPrices } from '../../model/span'
import { CACHE_TTLS, type UnitKind } from '../../model/usage'

export const INPUT_BUCKETS = ['uncachedInput', 'cacheRead', ...CACHE_TTLS] as const
export const TOKEN_BUCKETS = [...INPUT_BUCKETS, 'output'] as const

/** Pico-dollars by bucket; `units` is what is billed by the piece. */
export type BucketCosts = Record<TokenBucket | 'units', number>

export type PricedCall = ComparedCall & { readonly cost: NonNullable<ComparedCall['cost']> }

export function isPriced(call: ComparedCall): call is PricedCall {
  return call.cost !== null
}

export function noCosts(): BucketCosts {
  const writes = { '5m': 0, '30m': 0, '1h': 0, '12h': 0, unknown: 0 }
  return { uncachedInput: 0, cacheRead: 0, ...writes, output: 0, units: 0 }
}

export function sumOfCosts(costs: BucketCosts): number {
  return TOKEN_BUCKETS.reduce((sum, bucket) => sum + costs[bucket], costs.units)
}

/** Of one token in a bucket. */
export function unitPrice(prices: UnitPrices, bucket: TokenBucket): PicoUsd {
  if (bucket === 'uncachedInput' || bucket === 'cacheRead' || bucket === 'output') return prices[bucket]
  // Those of a file that somebody else wrote may lack one.
  return prices.cacheWrite?.[bucket] ?? 0
}

/** As it was priced; they add up to its cost. Writes are one sum there, which is shared by their prices. */
export function recordedCosts({ tokens, cost }: PricedCall): BucketCosts {
  const { byBucket, prices } = cost
  const weights = CACHE_TTLS.map((ttl) => tokens[ttl] * unitPrice(prices, ttl))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const costs = noCosts()
  CACHE_TTLS.forEach((ttl, index) => {
    costs[ttl] = whole > 0 ? (byBucket.cacheWrite * (weights[index] ?? 0)) / whole : 0
  })
  if (whole === 0) costs.unknown = byBucket.cacheWrite
  const { uncachedInput, cacheRead, output, units } = byBucket
  return { ...costs, uncachedInput, cacheRead, output, units }
}

/** The same use at other prices. What has no price of its own (audio, images) changes with the bucket that it is in. */
export function costsAt(call: PricedCall, prices: UnitPrices): BucketCosts {
  const costs = recordedCosts(call)
  for (const bucket of TOKEN_BUCKETS) {
    const [before, after] = [unitPrice(call.cost.prices, bucket), unitPrice(prices, bucket)]
    costs[bucket] = before > 0 ? costs[bucket] * (after / before) : call.tokens[bucket] * after
  }
  costs.units = unitsAt(call, prices, costs.units)
  return costs
}

function unitsAt({ units, cost }: PricedCall, prices: UnitPrices, recorded: number): number {
  const worth = (of: UnitPrices) =>
    (Object.keys(units) as UnitKind[]).reduce(
      (sum, kind) => sum + (units[kind] ?? 0) * (of.units[kind] ?? 0),
      0,
    )
  const before = worth(cost.prices)
  return before > 0 ? recorded * (worth(prices) / before) : recorded + worth(prices)
}
