// What limits are held against, out of the store: a run with its spans, the runs before it, the day. Judges nothing.

import { measurableSpan, measuredDayOf } from './budgets/measure/measure-run'
import { measuredRuns } from './measured-runs'
import type { Measured } from './model/budget'
import { dayRange } from './model/local-day'
import type { PicoUsd } from './model/money'
import type { LimitSources } from './run-limits'
import { costBetween } from './store/day-cost'
import { countSpans, readRun, readRunsBefore, readSpans } from './store/reader'
import type { Store } from './store/store'

/** Enough to know what is typical, and read in a moment. */
const RUNS_BEFORE = 20
const SPANS_BEFORE = 4_000

/** What a day has cost; ms since the epoch. */
export interface DayCost {
  readonly day: string
  readonly start: number
  readonly end: number
  readonly picoUsd: PicoUsd
  /** Billed calls without a price. */
  readonly unknown: number
}

/** `today` knows the day that goes on without looking at all of it again. */
export function storedLimits(store: Store, runId: string, today?: () => DayCost): LimitSources {
  return {
    run: () => readRun(store, runId),
    spans: () => readSpans(store, runId).map(measurableSpan),
    earlier: () => measuredBefore(store, runId),
    dayAt: (moment) => {
      const { day, start, end } = dayRange(moment)
      const now = today?.()
      return measuredDayOf(now?.day === day ? now : { day, start, ...costBetween(store, start, end) })
    },
  }
}

function measuredBefore(store: Store, runId: string): Measured[] {
  const run = readRun(store, runId)
  if (!run) return []
  let left = SPANS_BEFORE
  const before = readRunsBefore(store, run.startedAt, RUNS_BEFORE).filter(({ id }) => {
    left -= countSpans(store, id)
    return left >= 0
  })
  return measuredRuns(store, before)
}
