// The store: runs, spans, calls, contents and findings in one SQLite file (WAL), shared by several processes. All writing SQL is here; reading is in reader.ts.

import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Finding } from '../model/finding'
import type { Content, RunRecord, SpanRecord } from '../model/record'
import type { Cost } from '../model/span'
import { type AnchoredPlace, putAnchors } from './anchor-rows'
import { Contents } from './contents'
import { packCost } from './cost-column'
import { Shapes } from './pack'
import { contentKeys } from './prompt-column'
import { migrate, STORE_VERSION, versionOf } from './schema'
import { callFacts, SpanRows, spanFacts } from './span-rows'
import { copyVersion2 } from './version-2'

export const STORE_FILE = 'costflame.db'

/** How long we wait for another process that is writing. */
const BUSY_MS = 5000

/** A store could not be opened; `message` says which file, why, and what to do. */
export class StoreError extends Error {
  override name = 'StoreError'
}

export interface StoreOptions {
  readonly readOnly?: boolean
  readonly onClose?: () => void
}

/**
 * Opens (and creates) the store in a folder; the folder gets 0700, the file 0600.
 * A file written by a newer Costflame is opened read-only (`readOnly` says so). Throws StoreError.
 */
export function openStore(folder: string, options: StoreOptions = {}): Store {
  const path = join(folder, STORE_FILE)
  try {
    if (!options.readOnly) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      closeToOthers(path)
    }
    const isReadOnly = options.readOnly === true || isNewer(path)
    const database = new DatabaseSync(path, { readOnly: isReadOnly, timeout: BUSY_MS })
    try {
      if (isReadOnly) versionOf(database)
      else prepareForWriting(database, path)
      const store = new Store(database, isReadOnly, options.onClose)
      if (!isReadOnly) migrate(database, () => copyVersion2(store))
      return store
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw new StoreError(
      `cannot open the store ${path}: ${messageOf(error)}. Name another folder with --data, or move this file away.`,
      { cause: error },
    )
  }
}

/** A store that is gone when it is closed. */
export function openMemoryStore(): Store {
  return openInMemory((database) => new Store(database, false))
}

/** Makes the tables of a store that is gone when it is closed. */
export function openInMemory<S extends Store>(create: (database: DatabaseSync) => S): S {
  const database = new DatabaseSync(':memory:')
  database.exec('PRAGMA foreign_keys = ON')
  const store = create(database)
  migrate(database, () => copyVersion2(store))
  return store
}

/** Before anybody opens it: what SQLite lays beside the file gets the file's own mode. */
function closeToOthers(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`])
    try {
      chmodSync(file, 0o600)
    } catch {
      // Not there yet, or not ours to change: whoever opens it for writing is told.
    }
}

/** Whether a Costflame after this one wrote the file. */
function isNewer(path: string): boolean {
  if (!existsSync(path)) return false
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS })
  try {
    return versionOf(database) > STORE_VERSION
  } finally {
    database.close()
  }
}

function prepareForWriting(database: DatabaseSync, path: string): void {
  chmodSync(path, 0o600)
  // Before the first page of a new file: what is deleted gives its room back a little at a time. Later it would need the lock.
  if (database.prepare('PRAGMA page_count').get()?.page_count === 0)
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Everything of one finished exchange; written in one transaction. */
export interface Batch {
  readonly spans: readonly SpanRecord[]
  readonly contents: readonly Content[]
}

/** The cost that a call has from now on, or why it has none. */
export interface CostChange {
  readonly runId: string
  readonly spanId: string
  readonly cost: Cost | null
  readonly unpricedReason?: string
}

export class Store {
  readonly #statements = new Map<string, StatementSync>()
  readonly #runKeys = new Map<string, number>()
  readonly shapes = new Shapes(this)
  readonly contents = new Contents(this)
  readonly rows = new SpanRows(this)

  constructor(
    readonly database: DatabaseSync,
    readonly readOnly: boolean,
    readonly onClose?: () => void,
  ) {}

  /** A prepared statement, prepared once. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  /**
   * Adds a run; one that is there already keeps what it has and gets what was missing. One that its first call brought in
   * before it was announced is called by its id until it is.
   */
  addRun(run: RunRecord): void {
    const { agentVersion } = run.defaults
    this.transaction(() => {
      this.#writeRun(run)
      // It may be known only after the first calls.
      if (agentVersion !== undefined) this.rows.giveVersion(this.runKey(run.id) ?? -1, agentVersion)
    })
  }

  #writeRun(run: RunRecord): void {
    this.prepare(
      `INSERT INTO runs (id, name, command, root, started_at, active_at, git_commit, tags, defaults, stored_at, revision)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
       ON CONFLICT (id) DO UPDATE SET name = CASE WHEN name = id THEN excluded.name ELSE name END,
         command = coalesce(command, excluded.command), root = coalesce(root, excluded.root),
         started_at = min(started_at, excluded.started_at), git_commit = coalesce(git_commit, excluded.git_commit),
         tags = json_patch(excluded.tags, tags), defaults = json_patch(excluded.defaults, defaults),
         stored_at = excluded.stored_at, revision = revision + 1`,
    ).run(
      run.id,
      run.name,
      run.command ?? null,
      run.root ?? null,
      run.startedAt,
      run.startedAt,
      run.gitCommit ?? null,
      JSON.stringify(run.tags),
      JSON.stringify(run.defaults),
      Date.now(),
    )
  }

  /** Marks a run as ended at a moment (ms since the epoch). */
  endRun(id: string, endedAt: number): void {
    this.prepare('UPDATE runs SET ended_at = ?, revision = revision + 1 WHERE id = ?').run(endedAt, id)
  }

  /**
   * Writes the spans and contents of a finished exchange, all or nothing. A run that had ended stays ended, later if need be:
   * a call that the end of its process broke off is noticed after that end.
   */
  write(runId: string, batch: Batch, activeAt: number): void {
    this.transaction(() => {
      for (const content of batch.contents) this.contents.add(content)
      const run = this.runKey(runId)
      if (run === undefined && batch.spans.length > 0) throw new Error(`the run ${runId} is not in the store`)
      for (const span of batch.spans) this.#putSpan(run ?? -1, span)
      this.prepare(
        `UPDATE runs SET revision = revision + 1, active_at = max(active_at, ?),
           ended_at = max(ended_at, ?), stored_at = ? WHERE id = ?`,
      ).run(activeAt, activeAt, Date.now(), runId)
    })
  }

  /** Makes room for a run that is about to be written anew; says whether it was there. */
  dropRun(id: string): boolean {
    return this.transaction(() => this.#deleteRun(id))
  }

  /** What stands for a run in other tables. */
  runKey(id: string): number | undefined {
    const held = this.#runKeys.get(id)
    if (held !== undefined) return held
    const row = this.prepare('SELECT key FROM runs WHERE id = ?').get(id)
    if (row && this.database.isTransaction) this.#runKeys.set(id, Number(row.key))
    return row && Number(row.key)
  }

  /** Gives calls another cost, all or nothing; nothing else about them changes. */
  updateCosts(changes: readonly CostChange[]): void {
    this.transaction(() => {
      for (const { runId, spanId, cost, unpricedReason } of changes)
        this.prepare(
          `UPDATE calls SET pico_usd = ?, cost = ?, unpriced_reason = ?
           WHERE span = ?`,
        ).run(
          cost?.picoUsd ?? null,
          packCost(cost, this.shapes),
          unpricedReason ?? null,
          this.rows.keyOf(this.runKey(runId) ?? -1, spanId) ?? null,
        )
      for (const runId of new Set(changes.map((change) => change.runId)))
        this.prepare('UPDATE runs SET revision = revision + 1, rewrites = rewrites + 1 WHERE id = ?').run(
          runId,
        )
    })
  }

  /** Deletes runs and whatever content no other run needs; gives the number of runs that were there. */
  deleteRuns(ids: readonly string[]): number {
    return this.transaction(() => ids.filter((id) => this.#deleteRun(id)).length)
  }

  /** Replaces the findings of a run by these. */
  writeFindings(runId: string, findings: readonly Finding[]): void {
    this.transaction(() => {
      const run = this.runKey(runId)
      if (run === undefined) return
      this.prepare('DELETE FROM findings WHERE run = ?').run(run)
      for (const finding of findings)
        this.prepare('INSERT OR REPLACE INTO findings (run, id, finding) VALUES (?, ?, ?)').run(
          run,
          finding.id,
          JSON.stringify(finding),
        )
      this.prepare('UPDATE runs SET revision = revision + 1 WHERE id = ?').run(runId)
    })
  }

  /** Keeps the anchors of places in the code of a run; those that are there stay. */
  keepAnchors(runId: string, places: readonly AnchoredPlace[]): void {
    this.transaction(() => {
      const run = this.runKey(runId)
      if (run === undefined) return
      putAnchors(this, run, places)
      this.prepare('UPDATE runs SET revision = revision + 1 WHERE key = ?').run(run)
    })
  }

  /** Keeps token counts by content hash, so that nobody counts the same text again. */
  keepTokens(counts: ReadonlyMap<string, number>): void {
    if (this.readOnly || counts.size === 0) return
    this.transaction(() => {
      for (const [hash, tokens] of counts) this.contents.keepTokens(hash, tokens)
    })
  }

  /** Runs work in one transaction, inside of another one as a part of it that can be taken back; does so and rethrows when it throws. */
  transaction<T>(work: () => T): T {
    const isInner = this.database.isTransaction
    if (!isInner) this.#forgetRows()
    this.prepare(isInner ? 'SAVEPOINT part' : 'BEGIN IMMEDIATE').run()
    try {
      const result = work()
      this.prepare(isInner ? 'RELEASE part' : 'COMMIT').run()
      return result
    } catch (error) {
      this.#forgetRows()
      // A full disk has made SQLite roll back by itself.
      if (this.database.isTransaction)
        this.database.exec(isInner ? 'ROLLBACK TO part; RELEASE part' : 'ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#statements.clear()
    this.database.close()
    this.onClose?.()
  }

  /** What is remembered of rows holds while nobody else can write. */
  #forgetRows(): void {
    this.#runKeys.clear()
    this.shapes.letGo()
    this.contents.letGo()
    this.rows.letGo()
  }

  #putSpan(run: number, span: SpanRecord): void {
    if (span.isGone) {
      this.rows.dropSpan(run, span.id)
      return
    }
    const key = this.rows.putSpan(run, spanFacts(span))
    if (span.call) this.rows.putCall(run, key, span.id, callFacts(span.call))
  }

  #deleteRun(id: string): boolean {
    const run = this.runKey(id)
    if (run === undefined) return false
    const calls = this.prepare('SELECT parts FROM calls WHERE run = ?').all(run)
    const keys = new Set(calls.flatMap(({ parts }) => contentKeys(String(parts), this.shapes)))
    this.prepare('DELETE FROM runs WHERE key = ?').run(run)
    this.#forgetRows()
    for (const key of keys) {
      this.prepare('DELETE FROM uses WHERE content = ? AND run = ?').run(key, run)
      this.prepare(
        'DELETE FROM contents WHERE key = ? AND NOT EXISTS (SELECT 1 FROM uses WHERE content = ?)',
      ).run(key, key)
    }
    return true
  }
}
