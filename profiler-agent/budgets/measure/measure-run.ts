// Measures runs that are stored: what `check`, the derivation of budgets and the editor hold against limits. Judges nothing.

import type { Measured } from '../../model/budget'
import { present } from '../../model/present'
import type { Run, Span } from '../../model/span'
import { countedCall, type MeasurableSpan } from './counted-call'
import { RunMeasure } from './run-measure'
import { ScopeSums } from './scope-sums'

/** What is needed of a run; segments are not looked at. */
export type MeasurableRun = Pick<Run, 'id' | 'startTime' | 'endTime' | 'spans'>

/** The run, each invocation, step and workflow of it; days are `measureDays`. */
export function measureRun(run: MeasurableRun): Measured[] {
  const measure = new RunMeasure({
    id: run.id,
    startedAt: Date.parse(run.startTime),
    ...(run.endTime === undefined ? {} : { endedAt: Date.parse(run.endTime) }),
  })
  for (const span of run.spans) measure.put(measurableSpan(span))
  return measure.all()
}

/** Each local calendar day on which a call of these runs began; a run over midnight is in both. */
export function measureDays(
  runs: readonly MeasurableRun[],
  dayOf: (moment: number) => string = localDay,
): Measured[] {
  const calls = runs.flatMap(({ spans }) => spans.flatMap((span) => countedCall(measurableSpan(span)) ?? []))
  return [...Map.groupBy(calls, ({ startedAt }) => dayOf(startedAt))].map(([day, ofDay]) => {
    const sums = new ScopeSums()
    for (const call of ofDay) sums.add(call)
    const values = sums.values()
    return {
      ...{ kind: 'day' as const, runId: '', id: day, isOver: day !== dayOf(Date.now()) },
      startedAt: ofDay.reduce((least, { startedAt }) => Math.min(least, startedAt), Number.POSITIVE_INFINITY),
      endedAt: ofDay.reduce((most, { endedAt }) => Math.max(most, endedAt), 0),
      values: { ...values, ...present({ costUsdPerDay: values.costUsd }) },
      ...{ use: sums.use, calls: sums.calls },
    }
  })
}

export function measurableSpan({ startTime, endTime, ...span }: Span): MeasurableSpan {
  return { ...span, startedAt: Date.parse(startTime), endedAt: Date.parse(endTime) }
}

/** `2026-11-20` by the local calendar. */
export function localDay(moment: number): string {
  const date = new Date(moment)
  const part = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`
}
