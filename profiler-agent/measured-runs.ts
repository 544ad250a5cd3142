// What stored runs measure against limits, read without prompts and without the tokenizer. Judges nothing.

import { measureDaysOfSpans, measureSpans } from './budgets/measure/measure-run'
import type { Measured } from './model/budget'
import { present } from './model/present'
import type { StoredRun } from './store/reader'
import { readSpanOutlines, type SpanOutline } from './store/span-outlines'
import type { Store } from './store/store'

/** Runs whose spans are in memory at the same time. */
const RUNS_AT_ONCE = 50

/**
 * Runs, invocations, steps and workflows of these runs, run by run in the order given. A run that nobody ended counts as over
 * unless `isActive` says that it goes on.
 */
export function measuredRuns(
  store: Store,
  runs: readonly StoredRun[],
  isActive: (run: StoredRun) => boolean = () => false,
): Measured[] {
  const measured: Measured[] = []
  for (const [run, spans] of inBatches(store, runs)) {
    const endedAt = run.endedAt ?? (isActive(run) ? undefined : run.activeAt)
    for (const each of measureSpans({ id: run.id, startedAt: run.startedAt, ...present({ endedAt }) }, spans))
      measured.push(each)
  }
  return measured
}

/** The local calendar days of these runs: for a limit of a day, give all runs of the data folder. */
export function measuredDays(store: Store, runs: readonly StoredRun[]): Measured[] {
  return measureDaysOfSpans(spansOf(store, runs))
}

function* spansOf(store: Store, runs: readonly StoredRun[]): Iterable<SpanOutline> {
  for (const [, spans] of inBatches(store, runs)) yield* spans
}

function* inBatches(
  store: Store,
  runs: readonly StoredRun[],
): Generator<readonly [StoredRun, readonly SpanOutline[]]> {
  for (let first = 0; first < runs.length; first += RUNS_AT_ONCE) {
    const batch = runs.slice(first, first + RUNS_AT_ONCE)
    const spans = readSpanOutlines(
      store,
      batch.map(({ id }) => id),
    )
    for (const run of batch) yield [run, spans.get(run.id) ?? []]
  }
}
