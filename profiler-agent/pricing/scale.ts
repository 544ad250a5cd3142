// Shares a whole over buckets so that the parts add up to it exactly (largest remainder).

import type { PicoUsd } from '../model/money'
import type { CostByBucket } from '../model/span'

const BUCKETS = ['uncachedInput', 'cacheRead', 'cacheWrite', 'output', 'units'] as const

export function sumOf(byBucket: CostByBucket): PicoUsd {
  return BUCKETS.reduce((sum, bucket) => sum + byBucket[bucket], 0)
}

/** `total` shared in proportion to `weights` (whole, from 0 up); all of it to `units` where every weight is 0. */
export function scaleTo(total: PicoUsd, weights: CostByBucket): CostByBucket {
  const whole = sumOf(weights)
  const parts: Record<(typeof BUCKETS)[number], PicoUsd> = {
    uncachedInput: 0,
    cacheRead: 0,
    cacheWrite: 0,
    output: 0,
    units: 0,
  }
  if (whole === 0 || !Number.isSafeInteger(whole)) return { ...parts, units: total }
  const shares = BUCKETS.map((bucket) => {
    // Products pass 2⁵³ long before the sums do.
    const product = BigInt(total) * BigInt(weights[bucket])
    parts[bucket] = Number(product / BigInt(whole))
    return { bucket, rest: product % BigInt(whole) }
  })
  shares.sort((a, b) => (a.rest === b.rest ? 0 : a.rest > b.rest ? -1 : 1))
  const left = total - sumOf(parts)
  for (const { bucket } of shares.slice(0, left)) parts[bucket] += 1
  return parts
}
