// What was spent today in all runs of the folder: each call on the local calendar day on which it began.

import type { Budget, BudgetScope, NumericLimit } from '../model/budget'
import type { SpentToday } from '../model/line-cost'
import { dayRange } from '../model/local-day'
import { present } from '../model/present'
import type { Totals } from '../model/span'
import { addTotals, isLowerBound, totalsOf } from '../model/totals'
import type { RunView } from '../run-view'
import { readCallRows } from '../store/call-rows'
import { readRunsActiveSince, type StoredRun } from '../store/reader'
import { KnownRuns } from './known-runs'

export class SpentTodayAnswers {
  #day = ''
  #known: KnownRuns<Totals> | undefined

  constructor(
    readonly view: RunView,
    readonly now: () => number = Date.now,
  ) {}

  async of(budgets: readonly Budget[]): Promise<SpentToday> {
    const { day, start } = dayRange(this.now())
    const totals = addTotals(
      await this.#knownOf(day, start).of(() => readRunsActiveSince(this.view.store, start)),
    )
    return {
      ...{ day, picoUsd: totals.cost?.picoUsd ?? null, calls: totals.calls },
      atLeast: isLowerBound(totals),
      ...present({
        allowedUsdPerDay: limitOf(budgets, 'day', 'costUsdPerDay'),
        allowedUsdPerRun: limitOf(budgets, 'run', 'costUsdPerRun'),
      }),
    }
  }

  /** What was read of runs on another day is of no use. */
  #knownOf(day: string, start: number): KnownRuns<Totals> {
    if (this.#known === undefined || this.#day !== day) {
      const isActive = (run: StoredRun) => this.view.isActive(run)
      this.#known = new KnownRuns((run) => totalsSince(this.view, run, start), isActive)
      this.#day = day
    }
    return this.#known
  }
}

function totalsSince(view: RunView, run: StoredRun, start: number): Totals {
  if (run.startedAt >= start) return view.summary(run).totals
  const calls = readCallRows(view.store, [run.id]).get(run.id) ?? []
  return totalsOf(calls.filter((call) => call.startedAt >= start))
}

function limitOf(
  budgets: readonly Budget[],
  kind: BudgetScope['kind'],
  limit: NumericLimit,
): number | undefined {
  return budgets.find(({ scope, limits }) => scope.kind === kind && limits[limit])?.limits[limit]?.value
}
