// The store: runs, spans, calls, contents and findings in one SQLite file (WAL), shared by several processes. All writing SQL is here; reading is in reader.ts.

import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Finding } from '../model/finding'
import type { CallRecord, Content, RunRecord, SpanRecord } from '../model/record'
import type { Cost } from '../model/span'
import { migrate, STORE_VERSION, versionOf } from './schema'

export const STORE_FILE = 'costflame.db'

/** How long we wait for another process that is writing. */
const BUSY_MS = 5000

/** A store could not be opened; `message` says which file, why, and what to do. */
export class StoreError extends Error {
  override name = 'StoreError'
}

/**
 * Opens (and creates) the store in a folder; the folder gets 0700, the file 0600.
 * A file written by a newer Costflame is opened read-only (`readOnly` says so). Throws StoreError.
 */
export function openStore(folder: string, options: { readonly readOnly?: boolean } = {}): Store {
  const path = join(folder, STORE_FILE)
  try {
    if (!options.readOnly) mkdirSync(folder, { recursive: true, mode: 0o700 })
    const isReadOnly = options.readOnly === true || isNewer(path)
    const database = new DatabaseSync(path, { readOnly: isReadOnly, timeout: BUSY_MS })
    try {
      if (isReadOnly) versionOf(database)
      else prepareForWriting(database, path)
      return new Store(database, isReadOnly)
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw new StoreError(
      `cannot open the store ${path}: ${messageOf(error)}. Name another folder with --data, or move this file away.`,
    )
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
  // Of a new file only, and before its first page: what is deleted gives its room back a little at a time.
  database.exec('PRAGMA auto_vacuum = INCREMENTAL')
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
  migrate(database)
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

  constructor(
    readonly database: DatabaseSync,
    readonly readOnly: boolean,
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
      for (const content of batch.contents) this.#addContent(content)
      for (const span of batch.spans) this.#putSpan(span)
      this.prepare(
        `UPDATE runs SET revision = revision + 1, active_at = max(active_at, ?),
           ended_at = max(ended_at, ?), stored_at = ? WHERE id = ?`,
      ).run(activeAt, activeAt, Date.now(), runId)
    })
  }

  /** Makes room for a run that is about to be written anew; says whether it was there. Its contents stay until runs are deleted. */
  dropRun(id: string): boolean {
    return Number(this.prepare('DELETE FROM runs WHERE id = ?').run(id).changes) > 0
  }

  /** Gives calls another cost, all or nothing; nothing else about them changes. */
  updateCosts(changes: readonly CostChange[]): void {
    this.transaction(() => {
      for (const { runId, spanId, cost, unpricedReason } of changes)
        this.prepare(
          'UPDATE calls SET pico_usd = ?, cost = ?, unpriced_reason = ? WHERE run_id = ? AND span_id = ?',
        ).run(cost?.picoUsd ?? null, jsonOrNull(cost), unpricedReason ?? null, runId, spanId)
      for (const runId of new Set(changes.map((change) => change.runId)))
        this.prepare('UPDATE runs SET revision = revision + 1 WHERE id = ?').run(runId)
    })
  }

  /** Deletes runs and whatever content no other run needs; gives the number of runs that were there. */
  deleteRuns(ids: readonly string[]): number {
    return this.transaction(() => {
      let deleted = 0
      for (const id of ids) deleted += Number(this.prepare('DELETE FROM runs WHERE id = ?').run(id).changes)
      this.#collectContents()
      return deleted
    })
  }

  /** Replaces the findings of a run by these. */
  writeFindings(runId: string, findings: readonly Finding[]): void {
    this.transaction(() => {
      this.prepare('DELETE FROM findings WHERE run_id = ?').run(runId)
      for (const finding of findings)
        this.prepare('INSERT OR REPLACE INTO findings (run_id, id, finding) VALUES (?, ?, ?)').run(
          runId,
          finding.id,
          JSON.stringify(finding),
        )
      this.prepare('UPDATE runs SET revision = revision + 1 WHERE id = ?').run(runId)
    })
  }

  /** Keeps token counts by content hash, so that nobody counts the same text again. */
  keepTokens(counts: ReadonlyMap<string, number>): void {
    if (this.readOnly || counts.size === 0) return
    this.transaction(() => {
      for (const [hash, tokens] of counts)
        this.prepare('UPDATE contents SET tokens = ? WHERE hash = ?').run(tokens, hash)
    })
  }

  /** Runs work in one transaction, the one around it where there is one; rolls back and rethrows when it throws. */
  transaction<T>(work: () => T): T {
    if (this.database.isTransaction) return work()
    this.database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.database.exec('COMMIT')
      return result
    } catch (error) {
      // A full disk has made SQLite roll back by itself.
      if (this.database.isTransaction) this.database.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#statements.clear()
    this.database.close()
  }

  #addContent(content: Content): void {
    const characters = content.text === null ? content.characters : content.text.length
    // A text that was left out once is kept from the first run on that may keep it.
    this.prepare(
      `INSERT INTO contents (hash, text, characters) VALUES (?, ?, ?)
       ON CONFLICT (hash) DO UPDATE SET text = excluded.text WHERE text IS NULL AND excluded.text IS NOT NULL`,
    ).run(content.hash, content.text, characters)
  }

  #putSpan(span: SpanRecord): void {
    this.prepare(
      `INSERT INTO spans (id, run_id, parent_id, parent_basis, kind, name, started_at, ended_at, status, agent, agent_version,
         intent, tenant, session, step, tags, call_site, attributes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run_id, id) DO UPDATE SET started_at = min(started_at, excluded.started_at),
         ended_at = max(ended_at, excluded.ended_at), status = excluded.status, name = excluded.name,
         parent_id = excluded.parent_id, parent_basis = excluded.parent_basis, attributes = excluded.attributes`,
    ).run(...spanColumns(span))
    if (span.call) this.#putCall(span, span.call)
  }

  #putCall(span: SpanRecord, call: CallRecord): void {
    const columns = callColumns(span, call)
    const names = Object.keys(columns)
    this.prepare(
      `INSERT OR REPLACE INTO calls (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    ).run(...Object.values(columns))
  }

  #collectContents(): void {
    this.database.exec(`DELETE FROM contents WHERE hash NOT IN (
      SELECT json_extract(part.value, '$.hash') FROM calls, json_each(calls.prompt) AS part
        WHERE part.type = 'object'
      UNION SELECT json_extract(part.value, '$.hash') FROM calls, json_each(calls.reply) AS part)`)
  }
}

function spanColumns(span: SpanRecord) {
  return [
    span.id,
    span.runId,
    span.parentId ?? null,
    span.parentBasis,
    span.kind,
    span.name,
    span.startedAt,
    span.endedAt,
    span.status,
    span.agent ?? null,
    span.agentVersion ?? null,
    span.intent ?? null,
    span.tenant ?? null,
    span.session ?? null,
    span.step ?? null,
    jsonOrNull(span.tags),
    jsonOrNull(span.callSite),
    JSON.stringify(span.attributes),
  ]
}

function callColumns(span: SpanRecord, { modelCall, baseSpanId, prompt, reply }: CallRecord) {
  const { usage, cost } = modelCall
  return {
    span_id: span.id,
    run_id: span.runId,
    provider: modelCall.provider,
    wire_format: modelCall.wireFormat,
    endpoint: modelCall.endpoint,
    request_model: modelCall.requestModel,
    response_model: modelCall.responseModel ?? null,
    response_id: modelCall.responseId ?? null,
    finish_reason: modelCall.finishReason ?? null,
    stream: modelCall.stream ? 1 : 0,
    billed: modelCall.billed ? 1 : 0,
    time_to_first_token_ms: modelCall.timeToFirstTokenMs ?? null,
    logical_id: modelCall.attempt.logicalId,
    attempt: modelCall.attempt.number,
    http_status: modelCall.httpStatus,
    error: jsonOrNull(modelCall.error),
    input_tokens: usage.inputTokens,
    uncached_input_tokens: usage.uncachedInputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_5m: usage.cacheWriteTokens['5m'],
    cache_write_30m: usage.cacheWriteTokens['30m'],
    cache_write_1h: usage.cacheWriteTokens['1h'],
    cache_write_12h: usage.cacheWriteTokens['12h'],
    cache_write_unknown: usage.cacheWriteTokens.unknown,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens ?? null,
    units: JSON.stringify(usage.units),
    usage_origin: usage.origin,
    usage_raw: jsonOrNull(usage.raw),
    pico_usd: cost?.picoUsd ?? null,
    cost: jsonOrNull(cost),
    unpriced_reason: modelCall.unpricedReason ?? null,
    tier: modelCall.tier ?? null,
    base_span_id: baseSpanId ?? null,
    prompt: JSON.stringify(prompt),
    reply: JSON.stringify(reply),
  }
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value)
}
