// Runs as the gate and comparisons read them: what they measure against limits, and their calls. Out of the store or of a file.

import { comparedCalls } from '../budgets/compare/compared-calls'
import type { RecordedRuns } from '../budgets/compare/judge-budgets'
import { localDay, measureDays, measureRun } from '../budgets/measure/measure-run'
import { measuredDays, measuredRuns } from '../measured-runs'
import type { ComparedCall } from '../model/comparison'
import type { Run, Span } from '../model/span'
import { busyRuns } from '../retention'
import { readRuns, readSpans, type StoredRun } from '../store/reader'
import type { Store } from '../store/store'
import type { Io } from './io'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'

/** Selected runs; those of the store can be read as long as it is open. */
export interface SelectedRuns extends RecordedRuns {
  readonly runs: readonly Pick<StoredRun, 'id'>[]
}

/** Throws as `withStoredRuns` does. */
export async function withRecordedRuns<T>(
  io: Io,
  selection: RunSelection,
  use: (runs: SelectedRuns) => T | Promise<T>,
): Promise<T> {
  if (isRunFile(selection)) return use(runsOfFile(readRunFile(io, selection)))
  return withStoredRuns(io, selection, (store, runs) => use(storedRuns(store, runs, selection.data)))
}

function runsOfFile(runs: readonly Run[]): SelectedRuns {
  const byId = new Map(runs.map((run) => [run.id, run]))
  return {
    runs,
    measured: [...runs.flatMap(measureRun), ...measureDays(runs)],
    callsOf: remembering((id) => byId.get(id)?.spans ?? []),
  }
}

function storedRuns(store: Store, runs: readonly StoredRun[], data: string): SelectedRuns {
  const measured = measuredRuns(store, runs, busyRuns(data))
  return {
    runs,
    measured: [...measured, ...daysOf(store, runs)],
    callsOf: remembering((id) => readSpans(store, id)),
  }
}

/** The days on which the selected runs began; to a limit of a day counts everything in the data folder. */
function daysOf(store: Store, runs: readonly StoredRun[]) {
  const days = new Set(runs.map(({ startedAt }) => localDay(startedAt)))
  const first = Math.min(...runs.map(({ startedAt }) => startedAt)) - DAY_MS
  const last = Math.max(...runs.map(({ startedAt }) => startedAt)) + DAY_MS
  const near = readRuns(store).filter(({ startedAt, activeAt }) => activeAt >= first && startedAt <= last)
  return measuredDays(store, near).filter(({ id }) => days.has(id))
}

const DAY_MS = 86_400_000

function remembering(spansOf: (runId: string) => readonly Span[]): RecordedRuns['callsOf'] {
  const known = new Map<string, ReadonlyMap<string, ComparedCall>>()
  return (id) => {
    const calls =
      known.get(id) ?? new Map(comparedCalls({ id, spans: spansOf(id) }).map((call) => [call.spanId, call]))
    known.set(id, calls)
    return calls
  }
}
