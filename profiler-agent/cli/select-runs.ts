// What RUNS on a command line means: latest | latest:N | all | ID | FILE.costflame.json | key=value[,…].

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { decodeRunFile, RunFileError } from '../formats/json'
import type { Run, Span } from '../model/span'
import { type RunOptions, RunView } from '../run-view'
import { openForReading as openReadable } from '../store/open-for-reading'
import { readRuns, type StoredRun } from '../store/reader'
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
export async function selectRuns(
  io: Io,
  { selector, data }: RunSelection,
  options: RunOptions,
): Promise<Run[]> {
  if (selector.endsWith('.json')) return readRunFile(resolve(io.cwd, selector))
  // Understood before anything is read, which may take a while.
  const filters = selector.includes('=') ? selector.split(',').map(parseFilter) : []
  await recordLeftCalls(io, data)
  const store = openForReading(data)
  try {
    const view = new RunView(store, () => loadTokenizer(io.assets))
    const runs: Run[] = []
    for (const { id } of candidates(store, selector, data)) {
      const run = await view.run(id, options)
      if (run) runs.push(run)
    }
    return filtered(runs, filters, `no run in ${data} matches ${selector}`)
  } finally {
    store.close()
  }
}

function readRunFile(path: string): Run[] {
  if (!existsSync(path)) throw new UsageError(`the run file ${path} does not exist`)
  try {
    return [...decodeRunFile(readFileSync(path, 'utf8')).runs]
  } catch (error) {
    if (error instanceof RunFileError) throw new UsageError(`${path}: ${error.message}`)
    throw error
  }
}

/** The store of a data folder, as far as it can be written; one without a store has no runs to show. */
export function openForReading(data: string): Store {
  if (!existsSync(join(data, STORE_FILE)))
    throw new UsageError(`there are no runs in ${data} yet. Record one with: costflame run -- node agent.mjs`)
  try {
    return openReadable(data)
  } catch (error) {
    throw error instanceof StoreError ? new UsageError(error.message) : error
  }
}

function candidates(store: Store, selector: string, data: string): StoredRun[] {
  const latest = /^latest(?::([1-9]\d*))?$/.exec(selector)
  if (latest) return someRuns(readRuns(store, Number(latest[1] ?? 1)), data)
  const runs = readRuns(store)
  if (selector === 'all' || selector.includes('=')) return someRuns(runs, data)
  const named = runs.filter((run) => run.id === selector)
  if (named.length > 0) return named
  throw new UsageError(
    `no run "${selector}" in ${data}. RUNS is latest, latest:N, all, a run's id, a *.costflame.json file, or key=value with ${FILTER_KEYS.join(', ')} or tag.NAME.`,
  )
}

function someRuns(runs: StoredRun[], data: string): StoredRun[] {
  if (runs.length === 0)
    throw new UsageError(`there are no runs in ${data} yet. Record one with: costflame run -- node agent.mjs`)
  return runs
}

type Filter = (run: Run) => boolean

function filtered(runs: readonly Run[], filters: readonly Filter[], ifNone: string): Run[] {
  const kept = runs.filter((run) => filters.every((matches) => matches(run)))
  if (kept.length === 0) throw new UsageError(ifNone)
  return kept
}

function parseFilter(text: string): Filter {
  const [key = '', value = ''] = text.split(/=(.*)/s)
  if (key === 'commit') return (run) => run.gitCommit?.startsWith(value) ?? false
  if (key === 'since') return since(value)
  if (key.startsWith('tag.'))
    return (run) =>
      run.tags[key.slice(4)] === value || run.spans.some((span) => span.tags?.[key.slice(4)] === value)
  const pick = Object.hasOwn(LABELS, key) ? LABELS[key] : undefined
  if (!pick) throw new UsageError(`unknown key "${key}" in RUNS; known: ${FILTER_KEYS.join(', ')}, tag.NAME`)
  return (run) => run.spans.some((span) => pick(span) === value)
}

const LABELS: Readonly<Record<string, (span: Span) => string | undefined>> = {
  agent: (span) => span.agent,
  intent: (span) => span.intent,
  version: (span) => span.agentVersion,
  tenant: (span) => span.tenant,
}

function since(value: string): Filter {
  const moment = Date.parse(value)
  if (Number.isNaN(moment))
    throw new UsageError(`"${value}" is not a date; write since=2026-11-22 or a full ISO time`)
  return (run) => Date.parse(run.startTime) >= moment
}
