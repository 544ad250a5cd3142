// What RUNS on a command line means: latest | latest:N | all | ID | FILE.costflame.json | key=value[,…].

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { decodeRunFile, RunFileError } from '../formats/json'
import { tagNameOf } from '../model/labels'
import type { Run } from '../model/span'
import { type RunOptions, RunView } from '../run-view'
import { openForReading as openReadable } from '../store/open-for-reading'
import { readRuns, type StoredRun } from '../store/reader'
import { type LabelQuery, runsWithLabels } from '../store/run-labels'
import { STORE_FILE, type Store, StoreError } from '../store/store'
import { loadTokenizer } from '../tokens/tokenizer'
import { type Io, UsageError } from './io'
import { recordLeftCalls } from './left-calls'

export interface RunSelection {
  /** What the user typed. */
  readonly selector: string
  readonly data: string
}

const FILTER_KEYS = ['agent', 'intent', 'version', 'tenant', 'commit', 'since'] as const

/** The selected runs, newest first. Throws UsageError when there is none or the selector cannot be understood. */
export async function selectRuns(io: Io, selection: RunSelection, options: RunOptions): Promise<Run[]> {
  if (isRunFile(selection)) return readRunFile(io, selection)
  return withStoredRuns(io, selection, async (store, stored) => {
    const view = new RunView(store, () => loadTokenizer(io.assets))
    const runs: Run[] = []
    for (const { id } of stored) {
      const run = await view.run(id, options)
      if (run) runs.push(run)
    }
    return runs
  })
}

/** Whether the user named a file of runs instead of runs in the store. */
export function isRunFile({ selector }: Pick<RunSelection, 'selector'>): boolean {
  return selector.endsWith('.json')
}

/**
 * Hands on the selected runs of the store, newest first, and the store, which is closed afterwards. What a killed profiler left
 * is recorded before. Throws as `selectRuns` does.
 */
export async function withStoredRuns<T>(
  io: Io,
  { selector, data }: RunSelection,
  use: (store: Store, runs: readonly StoredRun[]) => T | Promise<T>,
): Promise<T> {
  // Understood before anything is read, which may take a while.
  const filters = selector.includes('=') ? selector.split(',').map(parseFilter) : undefined
  await recordLeftCalls(io, data)
  const store = openForReading(data)
  try {
    const runs = filters ? filtered(store, filters) : named(store, selector, data)
    if (runs.length > 0) return await use(store, runs)
    if (readRuns(store, 1).length > 0) throw new UsageError(`no run in ${data} matches ${selector}`)
    throw noRuns(data)
  } finally {
    store.close()
  }
}

/** The runs of a file. Throws UsageError where it is none. */
export function readRunFile(io: Io, { selector }: Pick<RunSelection, 'selector'>): Run[] {
  const path = resolve(io.cwd, selector)
  if (!existsSync(path)) throw new UsageError(`the run file ${path} does not exist`)
  try {
    return [...decodeRunFile(readFileSync(path, 'utf8')).runs]
  } catch (error) {
    if (error instanceof RunFileError) throw new UsageError(`${path}: ${error.message}`)
    throw error
  }
}

/** The store of a data folder; one without a store has no runs to show. */
export function openForReading(data: string): Store {
  if (!existsSync(join(data, STORE_FILE))) throw noRuns(data)
  try {
    return openReadable(data)
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(error.message) : error
  }
}

function noRuns(data: string): UsageError {
  return new UsageError(`there are no runs in ${data} yet. Record one with: costflame run -- node agent.mjs`)
}

function named(store: Store, selector: string, data: string): StoredRun[] {
  const latest = /^latest(?::([1-9]\d*))?$/.exec(selector)
  if (latest) return readRuns(store, Number(latest[1] ?? 1))
  const runs = readRuns(store)
  if (selector === 'all') return runs
  const run = runs.filter(({ id }) => id === selector)
  if (run.length > 0) return run
  throw new UsageError(
    `no run "${selector}" in ${data}. RUNS is latest, latest:N, all, a run's id, a *.costflame.json file, or key=value with ${FILTER_KEYS.join(', ')} or tag.NAME.`,
  )
}

/** Either of the run itself, or of its spans. A tag may be of both. */
interface Filter {
  readonly isRun?: (run: StoredRun) => boolean
  readonly query?: LabelQuery
}

/** All filters must hold; labels, each on some span of the run. */
function filtered(store: Store, filters: readonly Filter[]): StoredRun[] {
  const found = filters.map(({ query }) => (query ? runsWithLabels(store, [query]) : undefined))
  return readRuns(store).filter((run) =>
    filters.every(({ isRun }, index) => isRun?.(run) || found[index]?.has(run.id)),
  )
}

function parseFilter(text: string): Filter {
  const [key = '', value = ''] = text.split(/=(.*)/s)
  if (value === '')
    throw new UsageError(
      `"${text}" in RUNS: write it as key=value; keys are ${FILTER_KEYS.join(', ')}, tag.NAME`,
    )
  if (key === 'commit') return { isRun: (run) => run.gitCommit?.startsWith(value) ?? false }
  if (key === 'since') return since(value)
  if (key.startsWith('tag.')) return tagged(key.slice('tag.'.length), value)
  const label = Object.hasOwn(LABELS, key) ? LABELS[key] : undefined
  if (label) return { query: { label, value } }
  throw new UsageError(`unknown key "${key}" in RUNS; known: ${FILTER_KEYS.join(', ')}, tag.NAME`)
}

const LABELS: Readonly<Record<string, Extract<LabelQuery, { label: string }>['label']>> = {
  agent: 'agent',
  intent: 'intent',
  version: 'agent_version',
  tenant: 'tenant',
}

function tagged(name: string, value: string): Filter {
  const tag = tagNameOf(name)
  if (tag === undefined) throw new UsageError(`"${name}" in RUNS cannot be the name of a tag`)
  return { isRun: ({ tags }) => (tags[name] ?? tags[tag]) === value, query: { tag, value } }
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** A day of the local calendar, a full ISO time, or an age such as `7d`. */
function since(value: string): Filter {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(value) ?? []
  const text = /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00` : value
  const moment = count === undefined ? Date.parse(text) : Date.now() - Number(count) * (UNITS[unit] ?? 0)
  if (Number.isNaN(moment))
    throw new UsageError(`"${value}" is not a date; write since=2026-11-22, a full ISO time, or since=7d`)
  return { isRun: (run) => run.startedAt >= moment }
}
