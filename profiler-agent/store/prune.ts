// What runs take up, which of them have to go, and giving their room back to the disk. Deletes by the store's own means.

import type { Retention } from '../model/retention'
import { readRuns, type StoredRun } from './reader'
import type { Store } from './store'

const DAY_MS = 24 * 60 * 60 * 1000
/** Pages given back in one transaction, 4 KB each: others write between two of them. */
const PAGES_AT_ONCE = 2000
/** How long readers may keep the file from getting shorter at once. */
const READERS_MS = 250

export interface PruneInput {
  readonly retention: Retention
  /** Ms since the epoch. */
  readonly now: number
  /** Runs that go on are never removed. */
  readonly isLive: (run: StoredRun) => boolean
}

/** Runs that are too old, then the oldest until what is left fits; oldest first. Removes nothing. */
export function runsToPrune(store: Store, { retention, now, isLive }: PruneInput): StoredRun[] {
  const runs = readRuns(store)
    .filter((run) => !isLive(run))
    .sort((left, right) => left.storedAt - right.storedAt)
  const expired = runs.filter((run) => run.storedAt < now - retention.days * DAY_MS)
  const excess = usedBytes(store) - retention.maxBytes
  if (excess <= 0) return expired
  return [...expired, ...oldestOf(store, runs, expired.length, excess)]
}

/** The runs from `start` on that have to go too, until all before the last one free `excess` bytes. */
function oldestOf(store: Store, runs: readonly StoredRun[], start: number, excess: number): StoredRun[] {
  const freed = freedBytes(
    store,
    runs.map(({ id }) => id),
  )
  const enough = freed.findIndex((bytes) => bytes >= excess)
  return runs.slice(start, enough < 0 ? runs.length : enough + 1)
}

/** Deletes runs with what only they hold; gives the bytes that came back to the disk. */
export function removeRuns(store: Store, ids: readonly string[]): number {
  const before = fileBytes(store)
  store.deleteRuns(ids)
  giveBackRoom(store)
  return Math.max(0, before - fileBytes(store))
}

/** Bytes of the store's file once everything in the write-ahead log has reached it. */
export function fileBytes(store: Store): number {
  return pragma(store, 'page_count') * pragma(store, 'page_size')
}

/** Without pages that hold nothing. */
function usedBytes(store: Store): number {
  return (pragma(store, 'page_count') - pragma(store, 'freelist_count')) * pragma(store, 'page_size')
}

function giveBackRoom(store: Store): void {
  const { database } = store
  // A file of before this was switched on is written anew once.
  if (pragma(store, 'auto_vacuum') === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM')
  for (let free = pragma(store, 'freelist_count'); free > 0; ) {
    database.exec(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`)
    const left = pragma(store, 'freelist_count')
    if (left >= free) break
    free = left
  }
  // The file itself gets shorter here; with somebody in the middle of reading it, a later checkpoint does it.
  const usual = pragma(store, 'busy_timeout', 'timeout')
  database.exec(
    `PRAGMA busy_timeout = ${READERS_MS}; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = ${usual}`,
  )
}

function pragma(store: Store, name: string, column = name): number {
  return Number(store.database.prepare(`PRAGMA ${name}`).get()?.[column] ?? 0)
}

/** About what the first run, the first two, the first three … of these take up together; content that others need does not count. */
export function freedBytes(store: Store, ids: readonly string[]): number[] {
  const rows = rowBytes(store)
  const { bytes, users } = contentUse(store)
  let total = 0
  return ids.map((id) => {
    total += rows.get(id) ?? 0
    for (const hash of users.hashesOf.get(id) ?? []) {
      const left = (users.count.get(hash) ?? 1) - 1
      users.count.set(hash, left)
      if (left === 0) total += bytes.get(hash) ?? 0
    }
    return total
  })
}

/** What a row takes besides its texts. */
const BYTES_PER_ROW = 250

function rowBytes(store: Store): Map<string, number> {
  const sql = `SELECT run_id, sum(bytes) AS bytes FROM (
      SELECT run_id, ${BYTES_PER_ROW} + octet_length(prompt) + octet_length(reply) + coalesce(octet_length(cost), 0)
        + coalesce(octet_length(usage_raw), 0) AS bytes FROM calls
      UNION ALL SELECT run_id, ${BYTES_PER_ROW} + octet_length(attributes) + coalesce(octet_length(call_site), 0) FROM spans
      UNION ALL SELECT run_id, octet_length(finding) FROM findings)
    GROUP BY run_id`
  return new Map(
    store.database
      .prepare(sql)
      .all()
      .map((row) => [String(row.run_id), Number(row.bytes)]),
  )
}

interface ContentUsers {
  readonly hashesOf: ReadonlyMap<string, readonly string[]>
  /** Number of runs that hold a content. */
  readonly count: Map<string, number>
}

function contentUse(store: Store): { readonly bytes: Map<string, number>; readonly users: ContentUsers } {
  const sizes = store.database.prepare(
    `SELECT hash, ${BYTES_PER_ROW} / 2 + coalesce(octet_length(text), 0) AS bytes FROM contents`,
  )
  const bytes = new Map(sizes.all().map((row) => [String(row.hash), Number(row.bytes)]))
  const sql = `SELECT run_id, json_extract(part.value, '$.hash') AS hash FROM calls, json_each(calls.prompt) AS part
      WHERE part.type = 'object'
    UNION SELECT run_id, json_extract(part.value, '$.hash') FROM calls, json_each(calls.reply) AS part`
  const hashesOf = new Map<string, string[]>()
  const count = new Map<string, number>()
  for (const row of store.database.prepare(sql).iterate()) {
    const [runId, hash] = [String(row.run_id), String(row.hash)]
    const hashes = hashesOf.get(runId)
    if (hashes) hashes.push(hash)
    else hashesOf.set(runId, [hash])
    count.set(hash, (count.get(hash) ?? 0) + 1)
  }
  return { bytes, users: { hashesOf, count } }
}
