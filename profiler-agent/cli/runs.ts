// `costflame runs list|rm|prune`: what is kept, and keeping it small.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { formatUsd } from '../model/money'
import { formatBytes, formatCount, formatPlural } from '../model/quantity'
import type { Retention } from '../model/retention'
import type { Run } from '../model/span'
import { totalsOf } from '../model/totals'
import { liveRuns, prune, pruneCandidates } from '../retention'
import { readCallRows } from '../store/call-rows'
import { freedBytes, removeRuns } from '../store/prune'
import { readRun, readRuns, type StoredRun } from '../store/reader'
import { STORE_FILE, type Store } from '../store/store'
import { EXIT, type Io, note, print, UsageError } from './io'
import { recordLeftCalls } from './left-calls'
import { openForWriting } from './open-store'
import type { RunsFormat } from './output-formats'
import { dataFolder } from './places'
import { retentionOf } from './retention-text'
import { isRunFile, openForReading, type RunSelection, readRunFile, withStoredRuns } from './select-runs'
import { userSettings } from './user-settings'

export interface RunsOptions {
  readonly format: RunsFormat
  readonly data?: string
}

export interface PruneCommandOptions extends RunsOptions {
  /** As typed: `30d`. */
  readonly olderThan?: string
  /** As typed: `1GB`. */
  readonly maxSize?: string
  readonly dryRun?: boolean
}

const LIST_SCHEMA = 'costflame.runs/1'
const REMOVED_SCHEMA = 'costflame.runs-removed/1'

export async function listRuns(io: Io, selector: string, options: RunsOptions): Promise<number> {
  const data = dataFolder(io, options.data)
  await recordLeftCalls(io, data)
  const rows = await rowsOf(io, { selector, data })
  const bytes = hasStore(data) ? statSync(join(data, STORE_FILE)).size : 0
  if (options.format === 'json') print(io, JSON.stringify({ schema: LIST_SCHEMA, data, bytes, runs: rows }))
  else
    print(
      io,
      [...tableOf(rows), `${formatPlural(rows.length, 'run')}, ${formatBytes(bytes)} in ${data}`].join('\n'),
    )
  return EXIT.fine
}

/** Removes the named runs; those that go on stay. */
export async function removeNamedRuns(
  io: Io,
  selectors: readonly string[],
  options: RunsOptions,
): Promise<number> {
  const data = dataFolder(io, options.data)
  const file = selectors.find((selector) => selector.endsWith('.json'))
  if (file !== undefined)
    throw new UsageError(`${file} is a file of yours, not a run in the store. Delete it yourself.`)
  const named = new Set<string>()
  for (const selector of selectors)
    await withStoredRuns(io, { selector, data }, (_store, runs) =>
      runs.forEach(({ id }) => void named.add(id)),
    )
  const result = withStore(data, (store) => {
    const goesOn = liveRuns(data)
    const stored = [...named].flatMap((id) => readRun(store, id) ?? [])
    const going = stored.filter((run) => !goesOn(run))
    if (going.length === 0) throw new UsageError(`nothing was removed: ${stillOn(stored)}`)
    const bytes = removeRuns(
      store,
      going.map(({ id }) => id),
    )
    return { runs: going, bytes, kept: stored.filter(goesOn) }
  })
  tellRemoved(io, options.format, { ...result, dryRun: false })
  if (result.kept.length > 0) note(io, `costflame: kept: ${stillOn(result.kept)}`)
  return EXIT.fine
}

/** Removes runs that are too old, and the oldest of a store that is too large. */
export async function pruneRuns(io: Io, options: PruneCommandOptions): Promise<number> {
  const { dryRun = false, format } = options
  const data = dataFolder(io, options.data)
  const retention = retentionOf(await userSettings(io), { days: options.olderThan, size: options.maxSize })
  await recordLeftCalls(io, data)
  const result = hasStore(data) ? withStore(data, pruning(data, retention, dryRun)) : { runs: [], bytes: 0 }
  tellRemoved(io, format, { ...result, dryRun })
  return EXIT.fine
}

function pruning(data: string, retention: Retention, dryRun: boolean) {
  return (store: Store): Pick<Removed, 'runs' | 'bytes'> => {
    if (!dryRun) return prune(store, { data, retention })
    const runs = pruneCandidates(store, { data, retention })
    const freed = freedBytes(
      store,
      runs.map(({ id }) => id),
    )
    return { runs, bytes: freed.at(-1) ?? 0 }
  }
}

function hasStore(data: string): boolean {
  return existsSync(join(data, STORE_FILE))
}

function hasRuns(data: string): boolean {
  if (!hasStore(data)) return false
  const store = openForReading(data)
  try {
    return readRuns(store, 1).length > 0
  } finally {
    store.close()
  }
}

function withStore<T>(data: string, work: (store: Store) => T): T {
  const store = openForWriting(data)
  try {
    return work(store)
  } finally {
    store.close()
  }
}

interface Removed {
  readonly runs: readonly StoredRun[]
  readonly bytes: number
  readonly dryRun: boolean
}

function tellRemoved(io: Io, format: RunsFormat, { runs, bytes, dryRun }: Removed): void {
  if (format === 'json') {
    const removed = runs.map(({ id, name, startedAt }) => ({
      id,
      name,
      startTime: new Date(startedAt).toISOString(),
    }))
    print(io, JSON.stringify({ schema: REMOVED_SCHEMA, dryRun, bytes, runs: removed }))
    return
  }
  const lines = runs.map(
    (run) => `${dryRun ? 'would remove' : 'removed'} ${run.id}  ${momentText(run.startedAt)}  ${run.name}`,
  )
  const sum = runs.length === 0 ? 'nothing to remove' : summaryText(runs.length, bytes, dryRun)
  print(io, [...lines, sum].join('\n'))
}

function summaryText(runs: number, bytes: number, dryRun: boolean): string {
  return dryRun
    ? `would remove ${formatPlural(runs, 'run')}, about ${formatBytes(bytes)}`
    : `removed ${formatPlural(runs, 'run')}; ${formatBytes(bytes)} came back to the disk`
}

function stillOn(runs: readonly { readonly id: string }[]): string {
  const ids = runs.map(({ id }) => id).join(', ')
  return runs.length === 1 ? `run ${ids} still goes on` : `runs ${ids} still go on`
}

interface Row {
  readonly id: string
  readonly name: string
  readonly startTime: string
  readonly calls: number
  readonly picoUsd: number | null
  readonly unpricedCalls: number
  readonly atLeast: boolean
}

async function rowsOf(io: Io, selection: RunSelection): Promise<Row[]> {
  if (isRunFile(selection)) return readRunFile(io, selection).map(rowOf)
  if (!hasRuns(selection.data)) return []
  return withStoredRuns(io, selection, (store, runs) => {
    const calls = readCallRows(
      store,
      runs.map(({ id }) => id),
    )
    return runs.map(({ id, name, startedAt }) =>
      rowOf({
        id,
        name,
        startTime: new Date(startedAt).toISOString(),
        totals: totalsOf(calls.get(id) ?? []),
      }),
    )
  })
}

function rowOf({ id, name, startTime, totals }: Pick<Run, 'id' | 'name' | 'startTime' | 'totals'>): Row {
  return {
    id,
    name,
    startTime,
    calls: totals.calls,
    picoUsd: totals.cost?.picoUsd ?? null,
    unpricedCalls: totals.unpricedCalls,
    atLeast: totals.cost?.atLeast === true,
  }
}

/** Columns wide enough for what stands in them; the name comes last, so that it may be long. */
function tableOf(rows: readonly Row[]): string[] {
  if (rows.length === 0) return []
  const cells = [
    ['id', 'when', 'calls', 'cost', 'name'],
    ...rows.map((row) => [
      row.id,
      momentText(Date.parse(row.startTime)),
      formatCount(row.calls),
      `${row.atLeast ? '≥ ' : ''}${formatUsd(row.picoUsd)}`,
      row.name,
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === 2 || column === 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  '),
  )
}

/** Local time, as one would say it: `2026-11-22 10:04`. */
function momentText(moment: number): string {
  const at = new Date(moment)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}
