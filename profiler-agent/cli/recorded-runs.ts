// Runs as the gate and comparisons read them: what they measure against limits, and their calls. Out of the store or of a file.

import { comparedCalls, namedTier } from '../budgets/compare/compared-calls'
import type { RecordedRuns } from '../budgets/compare/judge-budgets'
import { measureDays, measureRun } from '../budgets/measure/measure-run'
import { measuredDays, measuredRuns } from '../measured-runs'
import type { ComparedCall } from '../model/comparison'
import { dayRange } from '../model/local-day'
import { present } from '../model/present'
import type { Run, Span } from '../model/span'
import { busyRuns } from '../retention'
import { readCallPrices } from '../store/call-prices'
import { readRuns, readSpans, type StoredRun } from '../store/reader'
import type { Store } from '../store/store'
import type { Io } from './io'
import { isRunFile, type RunSelection, readRunFile, withStoredRuns } from './select-runs'

/** Selected runs; those of the store can be read as long as it is open. */
export interface SelectedRuns extends RecordedRuns {
  readonly runs: readonly Pick<StoredRun, 'id'>[]
}

/** What takes time and not everybody asks for. */
export interface Needs {
  readonly days: boolean
}

/** Throws as `withStoredRuns` does. */
export async function withRecordedRuns<T>(
  io: Io,
  selection: RunSelection,
  needs: Needs,
  use: (runs: SelectedRuns) => T | Promise<T>,
): Promise<T> {
  if (isRunFile(selection)) return use(runsOfFile(readRunFile(io, selection), needs))
  return withStoredRuns(io, selection, (store, runs) => use(storedRuns(store, runs, selection.data, needs)))
}

function runsOfFile(runs: readonly Run[], needs: Needs): SelectedRuns {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const callsOf = remembering((id) => byId.get(id)?.spans ?? [])
  return {
    runs,
    measured: [...runs.flatMap(measureRun), ...(needs.days ? measureDays(runs) : [])],
    callsOf,
    priceOf: (runId, spanId) => callsOf(runId).get(spanId),
  }
}

function storedRuns(store: Store, runs: readonly StoredRun[], data: string, needs: Needs): SelectedRuns {
  const measured = measuredRuns(store, runs, busyRuns(data))
  return {
    runs,
    measured: [...measured, ...(needs.days ? daysOf(store, runs) : [])],
    callsOf: remembering((id) => readSpans(store, id)),
    priceOf: listedPrices(store, runs),
  }
}

/** The days on which calls of the selected runs began; to a limit of a day counts everything in the data folder. */
function daysOf(store: Store, runs: readonly StoredRun[]) {
  const own = measuredDays(store, runs)
  if (own.length === 0) return own
  const first = dayRange(Math.min(...own.map(({ startedAt }) => startedAt))).start
  const last = dayRange(Math.max(...own.map(({ startedAt }) => startedAt))).end
  const near = readRuns(store).filter(({ startedAt, activeAt }) => activeAt >= first && startedAt < last)
  const days = new Set(own.map(({ id }) => id))
  return measuredDays(store, near).filter(({ id }) => days.has(id))
}

/** Read when the first one is asked for. */
function listedPrices(store: Store, runs: readonly StoredRun[]): RecordedRuns['priceOf'] {
  let prices: ReturnType<typeof readCallPrices> | undefined
  return (runId, spanId) => {
    prices ??= readCallPrices(
      store,
      runs.map(({ id }) => id),
    )
    const price = prices(runId, spanId)
    return price && { model: price.model, cost: price.cost, ...present({ tier: namedTier(price.tier) }) }
  }
}

function remembering(spansOf: (runId: string) => readonly Span[]): RecordedRuns['callsOf'] {
  const known = new Map<string, ReadonlyMap<string, ComparedCall>>()
  return (id) => {
    const calls =
      known.get(id) ?? new Map(comparedCalls({ id, spans: spansOf(id) }).map((call) => [call.spanId, call]))
    known.set(id, calls)
    return calls
  }
}
