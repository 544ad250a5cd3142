// Nearest-rank percentiles: always a value that was measured.

import type { Percentile, PercentileValues } from './budget'

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
