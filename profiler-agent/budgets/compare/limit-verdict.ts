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
import { budgetRule } from '../../model/budget'
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
 * What the limit itself stopped is beyond it, whatever it had used until then: `line` is that of the limit, to tell it from others
 * of its name. Limits of runs and days hold for each of them: the largest counts. All others are held against a percentile over at least
 * `minInvocations`. What goes on may still grow. Retrieval that is only guessed is near at most. A cost of which a call has no
 * price is indeterminate, unless the priced calls alone are over.
 */
export function limitVerdict(
  { kind }: Pick<BudgetScope, 'kind'>,
  limit: NumericLimit,
  allowed: number,
  gate: GateRule,
  measured: readonly Measured[],
  line?: number,
): LimitVerdict {
  const judged = { limit, allowed, tolerance: gate.tolerance }
  const n = measured.length
  const stopped = new Set(stoppedBy(limit, line, measured))
  if (kind === 'run' || kind === 'day') return { ...largestVerdict(judged, measured, stopped.size > 0), n }
  const { percentile } = gate
  const values = measured.map((each) => heldValue(each, limit, stopped.has(each)))
  const { value } = percentileVerdict(judged, values, percentile)
  const beyond = measured.map((each, index) => (stopped.has(each) ? beyondOf(limit) : values[index]))
  const { verdict } = percentileVerdict(judged, beyond, percentile)
  return {
    ...{ value, percentile, n },
    ...lowerBound(value, values),
    verdict: n < gate.minInvocations ? 'indeterminate' : settled(verdict, judged, measured, percentile),
  }
}

/** What this limit stopped. */
export function stoppedBy(
  limit: NumericLimit,
  line: number | undefined,
  measured: readonly Measured[],
): readonly Measured[] {
  const rule = budgetRule(limit)
  return measured.filter(({ stoppedBy: stops = [] }) =>
    stops.some((stop) => stop.rule === rule && (line ?? stop.line) === (stop.line ?? line)),
  )
}

function beyondOf(limit: NumericLimit): MeasuredValue {
  return { value: isFloor(limit) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY }
}

/** What goes on is a lower bound; a day is judged by what was recorded of it. */
function heldValue(
  { kind, values, isOver }: Measured,
  limit: NumericLimit,
  isStopped = false,
): MeasuredValue | undefined {
  const value = values[limit]
  if (((isOver || kind === 'day') && !isStopped) || !value) return value
  return isFloor(limit) ? { value: null } : { ...value, atLeast: true }
}

function largestVerdict(
  judged: Judged,
  measured: readonly Measured[],
  isStopped: boolean,
): Pick<LimitVerdict, 'verdict' | 'value' | 'atLeast'> {
  const values = measured.map((each) => heldValue(each, judged.limit, isStopped))
  const known = values.flatMap((each) => (each?.value == null ? [] : [each.value]))
  const value = known.length === 0 ? null : Math.max(...known)
  const bound = lowerBound(value, values)
  const isKnown = values.length > 0 && known.length === values.length
  const verdict = verdictOf(judged, { value, ...(isKnown ? bound : { atLeast: true as const }) })
  return { value, ...bound, verdict: isStopped ? 'over' : settled(verdict, judged, measured) }
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
