// Measures runs that are stored: what `check`, the derivation of budgets and the editor hold against limits. Judges nothing.

import type { Measured, MeasuredValue, StoppedBy } from '../../model/budget'
import { localDay } from '../../model/local-day'
import { type PicoUsd, usdOf } from '../../model/money'
import { present } from '../../model/present'
import type { Run, Span } from '../../model/span'
import { type CountedCall, countedCall, type MeasurableSpan, type StoppedCall } from './counted-call'
import { type MeasuredRun, RunMeasure } from './run-measure'
import { ScopeSums } from './scope-sums'

/** What is needed of a run; segments are not looked at. */
export type MeasurableRun = Pick<Run, 'id' | 'startTime' | 'endTime' | 'spans'>

/** The run, each invocation, step and workflow of it; days are `measureDays`. */
export function measureRun(run: MeasurableRun): Measured[] {
  return measureSpans(
    {
      id: run.id,
      startedAt: Date.parse(run.startTime),
      ...present({ endedAt: run.endTime === undefined ? undefined : Date.parse(run.endTime) }),
    },
    run.spans.map(measurableSpan),
  )
}

/** `measureRun` of spans as the store has them; in any order, but by start time they take least. */
export function measureSpans(run: MeasuredRun, spans: Iterable<MeasurableSpan>): Measured[] {
  const measure = new RunMeasure(run)
  for (const span of spans) measure.put(span)
  return withStops(measure)
}

/** Which of what was measured a budget stopped before its own end. */
function withStops(measure: RunMeasure): Measured[] {
  const all = measure.all()
  if (measure.stops.size === 0) return all
  const keyOf = ({ kind, id }: Measured) => `${kind} ${id}`
  const stops = new Map<string, StoppedBy[]>()
  for (const [id, stop] of measure.stops)
    for (const key of measure.around(id).map(keyOf))
      stops.set(key, [...(stops.get(key) ?? []), stoppedBy(stop)])
  return all.map((each) => {
    const limits = stops.get(keyOf(each))
    return limits ? { ...each, isStopped: true, stoppedBy: limits } : each
  })
}

/** The message of the gate ends its first sentence with the place of the limit, `(.costflame/budgets.jsonc:10)`. */
function stoppedBy({ rule, message }: StoppedCall): StoppedBy {
  const line = /:(\d+)\)/.exec(message)?.[1]
  return { rule, ...present({ line: line === undefined ? undefined : Number(line) }) }
}

/** Each local calendar day on which a call of these runs began; a run over midnight is in both. */
export function measureDays(runs: readonly MeasurableRun[], dayOf?: typeof localDay): Measured[] {
  return measureDaysOfSpans(
    runs.flatMap(({ spans }) => spans.map(measurableSpan)),
    dayOf,
  )
}

/** `measureDays` of spans as the store has them. */
export function measureDaysOfSpans(spans: Iterable<MeasurableSpan>, dayOf = localDay): Measured[] {
  const days = new Map<string, CountedCall[]>()
  for (const span of spans) {
    const call = countedCall(span)
    if (!call) continue
    const day = dayOf(call.startedAt)
    const ofDay = days.get(day)
    if (ofDay) ofDay.push(call)
    else days.set(day, [call])
  }
  return [...days].map(([day, calls]) => measuredDay(day, calls, day !== dayOf(Date.now())))
}

function measuredDay(day: string, calls: readonly CountedCall[], isOver: boolean): Measured {
  const sums = new ScopeSums()
  for (const call of calls.toSorted((left, right) => left.startedAt - right.startedAt)) sums.add(call)
  const values = sums.values()
  return {
    ...{ kind: 'day', runId: '', id: day, isOver },
    startedAt: calls.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY),
    endedAt: calls.reduce((most, { endedAt }) => Math.max(most, endedAt), 0),
    values: { ...values, ...present({ costUsdPerDay: values.costUsd }) },
    ...{ use: sums.use, calls: sums.calls },
  }
}

export function measurableSpan({ startTime, endTime, ...span }: Span): MeasurableSpan {
  return { ...span, startedAt: Date.parse(startTime), endedAt: Date.parse(endTime) }
}

/** A local calendar day by its sum alone; `unknown` billed calls have no price. */
export function measuredDayOf(cost: {
  readonly day: string
  /** ms since the epoch. */
  readonly start: number
  readonly picoUsd: PicoUsd
  readonly unknown: number
}): Measured {
  const { day, start, picoUsd, unknown } = cost
  const isUnknown = unknown > 0 && picoUsd === 0
  const value: MeasuredValue = isUnknown
    ? { value: null }
    : { value: usdOf(picoUsd), ...(unknown > 0 ? { atLeast: true } : {}) }
  return {
    ...{ kind: 'day', runId: '', id: day, startedAt: start, endedAt: start, isOver: false },
    ...{ values: { costUsd: value, costUsdPerDay: value }, use: {}, calls: [] },
  }
}
