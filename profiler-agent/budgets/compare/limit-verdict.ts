// How one limit stands against everything that was measured for its scope.

import type {
  BudgetScope,
  GateRule,
  GateVerdict,
  Measured,
  MeasuredValue,
  NumericLimit,
  Percentile,
} from '../../model/budget'
import { isFloor } from '../measure/percentiles'
import { type Judged, percentileVerdict, verdictOf } from '../measure/verdict'

export interface LimitVerdict {
  readonly verdict: Exclude<GateVerdict, 'stale'>
  /** What is known of it; `null` where nothing is. */
  readonly value: number | null
  readonly atLeast?: true
  /** Absent where the largest counts. */
  readonly percentile?: Percentile
  readonly n: number
}

/**
 * Limits of runs and days hold for each of them: the largest counts. All others are held against a percentile over at least
 * `minInvocations`. What goes on may still grow. Retrieval that is only guessed is near at most. A cost of which a call has no
 * price is indeterminate, unless the priced calls alone are over.
 */
export function limitVerdict(
  { kind }: Pick<BudgetScope, 'kind'>,
  limit: NumericLimit,
  allowed: number,
  gate: GateRule,
  measured: readonly Measured[],
): LimitVerdict {
  const judged = { limit, allowed, tolerance: gate.tolerance }
  const values = measured.map((each) => heldValue(each, limit))
  const n = measured.length
  if (kind === 'run' || kind === 'day') return { ...largestVerdict(judged, values, measured), n }
  const { verdict, value } = percentileVerdict(judged, values, gate.percentile)
  const { percentile } = gate
  return {
    ...{ value, percentile, n },
    ...lowerBound(value, values),
    verdict: n < gate.minInvocations ? 'indeterminate' : settled(verdict, judged, measured, percentile),
  }
}

/** What goes on is a lower bound; a day is judged by what was recorded of it. */
function heldValue({ kind, values, isOver }: Measured, limit: NumericLimit): MeasuredValue | undefined {
  const value = values[limit]
  if (isOver || kind === 'day' || !value) return value
  return isFloor(limit) ? { value: null } : { ...value, atLeast: true }
}

function largestVerdict(
  judged: Judged,
  values: readonly (MeasuredValue | undefined)[],
  measured: readonly Measured[],
): Pick<LimitVerdict, 'verdict' | 'value' | 'atLeast'> {
  const known = values.flatMap((each) => (each?.value == null ? [] : [each.value]))
  const value = known.length === 0 ? null : Math.max(...known)
  const bound = lowerBound(value, values)
  const isKnown = values.length > 0 && known.length === values.length
  const verdict = verdictOf(judged, { value, ...(isKnown ? bound : { atLeast: true as const }) })
  return { value, ...bound, verdict: settled(verdict, judged, measured) }
}

function lowerBound(
  value: number | null,
  values: readonly (MeasuredValue | undefined)[],
): Pick<LimitVerdict, 'atLeast'> {
  const isWhole = values.every((each) => each?.value != null && !each.atLeast)
  return value === null || isWhole ? {} : { atLeast: true }
}

function settled(
  verdict: LimitVerdict['verdict'],
  judged: Judged,
  measured: readonly Measured[],
  percentile?: Percentile,
): LimitVerdict['verdict'] {
  if (verdict !== 'over')
    return isCost(judged.limit) && unpricedCalls(measured) > 0 ? 'indeterminate' : verdict
  if (percentile === undefined || !measured.some(({ values }) => values[judged.limit]?.guessed)) return 'over'
  const sure = measured.map(({ values }) => sureOf(values[judged.limit]))
  return percentileVerdict(judged, sure, percentile).verdict === 'over' ? 'over' : 'near'
}

function sureOf(value: MeasuredValue | undefined): MeasuredValue | undefined {
  return value?.guessed ? { ...value, value: value.sure ?? 0 } : value
}

export function isCost(limit: NumericLimit): boolean {
  return limit === 'costUsd' || limit === 'costUsdPerRun' || limit === 'costUsdPerDay'
}

export function unpricedCalls(measured: readonly Measured[]): number {
  return measured.reduce(
    (sum, { use }) => sum + Object.values(use).reduce((calls, each) => calls + each.unpricedCalls, 0),
    0,
  )
}
