// `costflame import`: brings recorded traffic in as runs, one for each file. Says which files and exchanges could not be read.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { type ImportedRun, Importer, type ImportSource } from '../import'
import { formatUsd } from '../model/money'
import { present } from '../model/present'
import { formatCompact, formatPlural } from '../model/quantity'
import type { Totals } from '../model/span'
import { addTotals } from '../model/totals'
import { WatchedBudget } from '../watched-budget'
import { watchedConfig } from '../watched-config'
import { isObject } from '../wire/json'
import { EXIT, type Io, note, print, UsageError } from './io'
import { parseMoment } from './moment'
import { openBook } from './open-book'
import { openForWriting } from './open-store'
import type { ImportFormat } from './output-formats'
import { budgetFile, configFile, dataFolder, prepareDataFolder, rootFolder } from './places'

export interface ImportOptions {
  readonly format: ImportFormat
  /** As typed. */
  readonly at?: string
  readonly json?: boolean
  readonly data?: string
}

/** `name` is relative to the PATH that it was found in, `shown` to where the user can open it from. */
interface Found {
  readonly path: string
  readonly name: string
  readonly shown: string
}

interface PassedOver {
  readonly file: string
  readonly reason: string
}

const SCHEMA = 'costflame.import/1'

export async function importPaths(io: Io, paths: readonly string[], options: ImportOptions): Promise<number> {
  if (options.format !== 'auto' && options.format !== 'exchanges')
    throw new UsageError(
      `importing ${options.format} is not supported yet. Supported: exchanges (and auto, which finds them).`,
    )
  const at = parseMoment(options.at) ?? Date.now()
  const data = prepareDataFolder(dataFolder(io, options.data))
  const store = openForWriting(data)
  try {
    const budget = new WatchedBudget(budgetFile(io, undefined), rootFolder(io)).current()
    const config = watchedConfig(configFile(io), rootFolder(io)).current()?.file
    const { rules = [], retrievalTools = [] } = config ?? {}
    const book = openBook(io, data)
    const floor = config?.findings
    const importer = new Importer({ store, at, book, rules, retrievalTools, ...present({ budget, floor }) })
    return await importAll(io, paths, importer, options)
  } catch (error) {
    throw isOfSqlite(error) ? new UsageError(cannotWrite(data, error)) : error
  } finally {
    store.close()
  }
}

/** A full disk, or another program that does not let go of the file. */
function isOfSqlite(error: unknown): error is Error {
  return error instanceof Error && 'errcode' in error
}

function cannotWrite(data: string, { message }: Error): string {
  return `the store in ${data} cannot be written: ${message}. Make room or let go of the file, and import again.`
}

async function importAll(
  io: Io,
  paths: readonly string[],
  importer: Importer,
  { json = false, data }: ImportOptions,
): Promise<number> {
  const runs: ImportedRun[] = []
  const passedOver: PassedOver[] = []
  const passOver = (file: string, reason: string) => {
    passedOver.push({ file, reason })
    note(io, `costflame: passed over ${file}: ${reason}`)
  }
  const found = once(paths.flatMap((path) => filesIn(io, path, passOver)))
  for (const files of batchesOf(found, passOver)) {
    const imported = await importer.importFiles(files)
    for (const [index, { shown }] of files.entries()) {
      const result = imported[index]
      if (result && 'run' in result) {
        runs.push(result.run)
        tellProblems(io, shown, result.run)
      } else passOver(shown, result?.notARecording ?? 'not imported')
    }
  }
  const totals = addTotals(runs.map((run) => run.totals))
  if (json) print(io, JSON.stringify(resultOf(runs, totals, passedOver)))
  else if (runs.length > 0) print(io, `${summaryOf(runs, totals)}\n${nextStep(runs, data)}`)
  if (runs.length === 0) note(io, 'costflame: nothing was imported: no file of recorded exchanges found')
  return runs.length > 0 ? EXIT.fine : EXIT.usage
}

/** Nobody keeps recordings in there. */
const SKIPPED_FOLDERS = new Set(['node_modules', '.git'])

/** A file as it is, whatever its name; of a folder every `.json` below it, in order of their names. */
function filesIn(io: Io, path: string, passOver: (file: string, reason: string) => void): Found[] {
  const root = resolve(io.cwd, path)
  const nameOf = (file: string) => relative(root, file).split(sep).join('/')
  try {
    const stat = statSync(root)
    if (stat.isFile()) return [{ path: root, name: basename(root), shown: path }]
    if (stat.isDirectory())
      return jsonFilesBelow(root, (folder, reason) => passOver(join(path, nameOf(folder)), reason)).map(
        (file) => ({ path: file, name: nameOf(file), shown: join(path, nameOf(file)) }),
      )
    passOver(path, 'it is neither a file nor a folder')
  } catch (error) {
    passOver(path, inWords(error))
  }
  return []
}

/** What the system says when it cannot give a file or folder, without the path, which stands before it. */
function inWords(error: unknown): string {
  const code = isObject(error) ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file or folder'
  if (code === 'EACCES' || code === 'EPERM') return 'you may not read it'
  return error instanceof Error ? error.message : String(error)
}

/** A file that two paths lead to is imported once, under its first name. */
function once(files: readonly Found[]): Found[] {
  const byPath = new Map(files.toReversed().map((file) => [file.path, file]))
  return [...byPath.values()].reverse()
}

function jsonFilesBelow(folder: string, passOver: (folder: string, reason: string) => void): string[] {
  return entriesOf(folder, passOver).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : jsonFilesBelow(path, passOver)
    // Reading a pipe would wait for whoever writes into it.
    const isReadable = entry.isFile() || entry.isSymbolicLink()
    return isReadable && entry.name.toLowerCase().endsWith('.json') ? [path] : []
  })
}

function entriesOf(folder: string, passOver: (folder: string, reason: string) => void) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((left, right) =>
      left.name < right.name ? -1 : 1,
    )
  } catch (error) {
    passOver(folder, inWords(error))
    return []
  }
}

/** Stored in one go: a transaction has a price, and keeps others from writing. */
const BATCH_BYTES = 4 * 1024 * 1024

type FoundBytes = Found & ImportSource

function* batchesOf(
  files: readonly Found[],
  passOver: (file: string, reason: string) => void,
): Generator<FoundBytes[]> {
  let batch: FoundBytes[] = []
  let length = 0
  for (const file of files) {
    const bytes = bytesOf(file, passOver)
    if (bytes === undefined) continue
    batch.push({ ...file, bytes })
    length += bytes.length
    if (length < BATCH_BYTES) continue
    yield batch
    batch = []
    length = 0
  }
  if (batch.length > 0) yield batch
}

function bytesOf({ path, shown }: Found, passOver: (file: string, reason: string) => void) {
  try {
    return readFileSync(path)
  } catch (error) {
    passOver(shown, inWords(error))
    return undefined
  }
}

function tellProblems(io: Io, shown: string, { problems }: ImportedRun): void {
  for (const { index, message } of problems)
    note(io, `costflame: ${shown}${index === undefined ? '' : ` exchange ${index}`}: ${message}`)
}

function resultOf(runs: readonly ImportedRun[], totals: Totals, passedOver: readonly PassedOver[]) {
  return { schema: SCHEMA, runs, exchanges: exchangesIn(runs), totals, passedOver }
}

function exchangesIn(runs: readonly ImportedRun[]): number {
  return runs.reduce((sum, run) => sum + run.exchanges, 0)
}

/** A recording of last year is not the latest run, so that its id is needed. */
function nextStep(runs: readonly ImportedRun[], data: string | undefined): string {
  const [only] = runs
  const selected = runs.length === 1 && only ? ` --run ${only.id}` : ' --by model'
  return `see ${runs.length === 1 ? 'it' : 'them'} with: costflame report${selected}${data === undefined ? '' : ` --data ${data}`}`
}

function summaryOf(runs: readonly ImportedRun[], totals: Totals): string {
  const { inputTokens, outputTokens } = totals.usage
  const replaced = runs.filter(({ isReplaced }) => isReplaced).length
  const facts = [
    `${formatPlural(runs.length, 'run')}${replaced > 0 ? ` (${replaced} imported before, now replaced)` : ''}`,
    formatPlural(exchangesIn(runs), 'exchange'),
    formatPlural(totals.calls, 'call'),
    ...(inputTokens === null ? [] : [`${formatCompact(inputTokens)} tokens in`]),
    ...(outputTokens === null ? [] : [`${formatCompact(outputTokens)} out`]),
    `${totals.cost?.atLeast ? 'at least ' : ''}${formatUsd(totals.cost?.picoUsd ?? null)}`,
    ...(totals.unpricedCalls > 0 ? [`${formatPlural(totals.unpricedCalls, 'call')} without a price`] : []),
  ]
  return `imported ${facts.join(' · ')}`
}
