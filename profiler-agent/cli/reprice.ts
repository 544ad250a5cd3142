// `costflame reprice`: prices stored runs again with today's book and configuration, and says what changed.

import { earlierExchanges } from '../earlier-exchanges'
import { IgnoredFindings } from '../ignored-findings'
import { formatUsd } from '../model/money'
import { present } from '../model/present'
import { formatCount, formatPlural } from '../model/quantity'
import type { Run } from '../model/span'
import { type CostSum, groupRepriced, type Repriced, repriceRun, runSums } from '../reprice'
import { findingsOfRun } from '../run-findings'
import { readContent, readFindings, readIgnoredFindings, readRun } from '../store/reader'
import type { Store } from '../store/store'
import { storedLimits } from '../stored-limits'
import { WatchedBudget } from '../watched-budget'
import { watchedConfig } from '../watched-config'
import { EXIT, type Io, print, UsageError } from './io'
import { parseMoment } from './moment'
import { openBook } from './open-book'
import { openForWriting } from './open-store'
import type { RepriceFormat } from './output-formats'
import { budgetFile, configFile, dataFolder, rootFolder } from './places'
import { selectRuns } from './select-runs'
import { hashOf } from './text-hash'

export interface RepriceCommandOptions {
  readonly run: string
  /** As typed. */
  readonly at?: string
  readonly dryRun?: boolean
  readonly format: RepriceFormat
  readonly data?: string
}

const SCHEMA = 'costflame.reprice/1'

interface RunResult {
  readonly id: string
  readonly name: string
  readonly changedCalls: number
  readonly before: CostSum
  readonly after: CostSum
}

export async function reprice(io: Io, options: RepriceCommandOptions): Promise<number> {
  const { dryRun = false } = options
  const moment = parseMoment(options.at)
  if (options.run.endsWith('.json') && !dryRun)
    throw new UsageError(
      `${options.run} is a file, whose numbers stay. Add --dry-run to see what would change.`,
    )
  const data = dataFolder(io, options.data)
  const runs = await selectRuns(io, { selector: options.run, data }, { segments: 'none' })
  const book = openBook(io, data)
  const at = moment === undefined ? {} : { at: new Date(moment) }
  const repriced = runs.map((run) => repriceRun(run, { book, ...at }))
  const calls = repriced.flat()
  if (!dryRun && calls.length > 0) write(io, data, calls)
  const results = runs.map((run, index) => resultOf(run, repriced[index] ?? []))
  const facts = { dryRun, book: book.name, ...(at.at ? { at: at.at.toISOString() } : {}) }
  print(
    io,
    options.format === 'json'
      ? JSON.stringify({ schema: SCHEMA, ...facts, runs: results, changes: groupRepriced(calls) })
      : textOf(results, calls, facts),
  )
  return EXIT.fine
}

function resultOf(run: Run, calls: readonly Repriced[]): RunResult {
  return { id: run.id, name: run.name, changedCalls: calls.length, ...runSums(run, calls) }
}

/** Costs and the findings that rest on them, in one transaction. */
function write(io: Io, data: string, calls: readonly Repriced[]): void {
  const store = openForWriting(data)
  try {
    store.transaction(() => {
      store.updateCosts(
        calls.map(({ after, unpricedReason, ...call }) => ({
          ...call,
          cost: after,
          ...(unpricedReason === undefined ? {} : { unpricedReason }),
        })),
      )
      for (const runId of new Set(calls.map((call) => call.runId))) findAgain(io, store, runId)
    })
  } finally {
    store.close()
  }
}

/** Not reckoned from what is stored: they say how it came to be. */
const SAID_WHILE_RECORDED: ReadonlySet<string> = new Set(['profiler/content-hashes', 'profiler/config-file'])

function findAgain(io: Io, store: Store, runId: string): void {
  const budget = new WatchedBudget(budgetFile(io, undefined), rootFolder(io)).current()
  const config = watchedConfig(configFile(io), rootFolder(io)).current()
  const findings = findingsOfRun({
    runId,
    exchanges: earlierExchanges(store, runId),
    limits: storedLimits(store, runId),
    textOf: (hash) => readContent(store, hash),
    hashOf,
    ...present({ budget, floor: config?.file.findings }),
  })
  const kept = [...readFindings(store, runId), ...readIgnoredFindings(store, runId)].filter(({ rule }) =>
    SAID_WHILE_RECORDED.has(rule),
  )
  const ignoring = new IgnoredFindings({ isStored: true })
  const root = readRun(store, runId)?.root
  store.writeFindings(runId, ignoring.marked([...findings, ...kept], root, config))
}

function textOf(
  results: readonly RunResult[],
  calls: readonly Repriced[],
  { dryRun, book }: { readonly dryRun: boolean; readonly book: string },
): string {
  const runs = formatPlural(results.length, 'run')
  if (calls.length === 0) return `nothing changed: ${runs}, ${book}`
  const changed = results.filter((result) => result.changedCalls > 0)
  return [
    ...groupRepriced(calls).map(
      ({ provider, model, reason, calls: count, before, after }) =>
        `${provider} ${model}: ${formatPlural(count, 'call')} ${sumText(before)} → ${sumText(after)} (${reason})`,
    ),
    ...changed.map(({ id, before, after }) => `run ${id}: ${sumText(before)} → ${sumText(after)}`),
    `${dryRun ? 'would change' : 'changed'} ${formatPlural(calls.length, 'call')} in ${formatPlural(changed.length, 'run')} of ${formatCount(results.length)}, ${book}`,
  ].join('\n')
}

function sumText({ picoUsd, unpriced }: CostSum): string {
  if (unpriced === 0) return formatUsd(picoUsd)
  return picoUsd === 0
    ? 'no price'
    : `${formatUsd(picoUsd)} + ${formatPlural(unpriced, 'call')} without a price`
}
