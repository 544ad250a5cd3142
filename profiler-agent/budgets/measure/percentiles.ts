// Percentiles over invocations, also where some values are known only in part. Judges nothing.

import type { MeasuredValue, NumericLimit, PercentileValues } from '../../model/budget'
import { percentilesOf } from '../../model/percentiles'

/** Whether a value below the limit is the violation. */
export function isFloor(limit: NumericLimit): boolean {
  return limit === 'cacheHitRatio'
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
