// How a value, or a percentile of many, stands against a limit.

import type { GateVerdict, MeasuredValue, NumericLimit, Percentile } from '../../model/budget'
import { isFloor, percentileBounds } from './percentiles'

/** What a verdict is about. */
export interface Judged {
  readonly limit: NumericLimit
  readonly allowed: number
  /** Part of the limit below it (above it, for a floor) in which a value is near. */
  readonly tolerance: number
}

/** A value at exactly its limit is within it. What is only known in part is over by that part alone, else indeterminate. */
export function verdictOf(
  { limit, allowed, tolerance }: Judged,
  measured: MeasuredValue | undefined,
): Exclude<GateVerdict, 'stale'> {
  const value = measured?.value ?? null
  if (value === null) return 'indeterminate'
  const isBelow = isFloor(limit)
  if (measured?.atLeast && (isBelow ? value < allowed : value <= allowed)) return 'indeterminate'
  if (isBelow ? value < allowed : value > allowed) return 'over'
  const edge = isBelow ? allowed * (1 + tolerance) : allowed * (1 - tolerance)
  return (isBelow ? value < edge : value > edge) ? 'near' : 'fine'
}

/** The verdict on one percentile of what was measured; `value` is what is known of it, `null` where nothing is. */
export function percentileVerdict(
  judged: Judged,
  values: readonly (MeasuredValue | undefined)[],
  percentile: Percentile,
): { readonly verdict: Exclude<GateVerdict, 'stale'>; readonly value: number | null } {
  const bounds = percentileBounds(judged.limit, values)
  if (!bounds) return { verdict: 'indeterminate', value: null }
  const least = bounds.least[percentile]
  const most = bounds.most[percentile]
  const [low, high] = [least, most].map((value) => verdictOf(judged, { value }))
  const isKnown = low === high
  const value = values.some((measured) => measured?.value != null) ? least : null
  return { verdict: isKnown && low !== undefined ? low : 'indeterminate', value }
}
