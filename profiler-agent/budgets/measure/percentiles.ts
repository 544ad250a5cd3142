// Percentiles over invocations, also where some values are known only in part. Judges nothing.

import type { MeasuredValue, NumericLimit, Percentile, PercentileValues } from '../../model/budget'

/** Whether a value below the limit is the violation. */
export function isFloor(limit: NumericLimit): boolean {
  return limit === 'cacheHitRatio'
}

const PARTS: Readonly<Record<Percentile, number>> = { p50: 50, p95: 95, p99: 99 }

/**
 * Nearest-rank: the least of the values that at least so many per cent of them do not exceed; of a floor, the largest that so
 * many per cent reach. `null` for no values.
 */
export function percentilesOf(values: readonly number[], ofFloor = false): PercentileValues | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((left, right) => (ofFloor ? right - left : left - right))
  const at = (percentile: Percentile) =>
    sorted[Math.max(0, Math.ceil((PARTS[percentile] * sorted.length) / 100) - 1)] ?? 0
  return { p50: at('p50'), p95: at('p95'), p99: at('p99') }
}

/** Unknown values as the least and as the most that they may be: what both agree on is known. */
export interface PercentileBounds {
  readonly least: PercentileValues
  readonly most: PercentileValues
}

export function percentileBounds(
  limit: NumericLimit,
  values: readonly (MeasuredValue | undefined)[],
): PercentileBounds | null {
  const least = percentilesOf(
    values.map((measured) => measured?.value ?? 0),
    isFloor(limit),
  )
  const most = percentilesOf(
    values.map((measured) => (isCertain(measured) ? measured.value : mostOf(limit))),
    isFloor(limit),
  )
  return least && most && { least, most }
}

function isCertain(
  measured: MeasuredValue | undefined,
): measured is MeasuredValue & { readonly value: number } {
  return measured !== undefined && measured.value !== null && !measured.atLeast
}

/** Of a ratio there is no more than all. */
function mostOf(limit: NumericLimit): number {
  return isFloor(limit) ? 1 : Number.POSITIVE_INFINITY
}
