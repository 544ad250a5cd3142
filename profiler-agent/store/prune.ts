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

/** Shortens the file by the pages that nothing needs any more. */
export function giveBackRoom(store: Store): void {
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
  const contents = contentUse(store)
  let total = 0
  return ids.map((id) => {
    const run = store.runKey(id) ?? -1
    total += rows.get(run) ?? 0
    for (const content of contents.get(run) ?? []) {
      content.users--
      if (content.users === 0) total += content.bytes
    }
    return total
  })
}

/** What a row takes besides its texts. */
const BYTES_PER_ROW = 60

function rowBytes(store: Store): Map<number, number> {
  const sql = `SELECT run, sum(bytes) AS bytes FROM (
      SELECT run, ${BYTES_PER_ROW} + octet_length(facts) + octet_length(parts) + coalesce(octet_length(ids), 0)
        + coalesce(octet_length(cost), 0) AS bytes FROM calls
      UNION ALL SELECT run, ${BYTES_PER_ROW} + octet_length(facts) FROM spans
      UNION ALL SELECT run, octet_length(finding) FROM findings
      UNION ALL SELECT run, ${BYTES_PER_ROW} + octet_length(anchor) FROM anchors)
    GROUP BY run`
  return new Map(
    store.database
      .prepare(sql)
      .all()
      .map((row) => [Number(row.run), Number(row.bytes)]),
  )
}

interface UsedContent {
  readonly bytes: number
  /** Runs that hold it. */
  users: number
}

/** Contents by the key of each run that holds them. */
function contentUse(store: Store): Map<number, readonly UsedContent[]> {
  const contents = new Map<number, UsedContent>()
  const byRun = new Map<number, UsedContent[]>()
  const sql = `SELECT run, content, ${BYTES_PER_ROW} + coalesce(octet_length(text), 0) AS bytes
    FROM uses JOIN contents ON contents.key = uses.content`
  for (const row of store.database.prepare(sql).iterate()) {
    const [run, key] = [Number(row.run), Number(row.content)]
    const content = contents.get(key) ?? { bytes: Number(row.bytes), users: 0 }
    contents.set(key, content)
    content.users++
    const held = byRun.get(run)
    if (held) held.push(content)
    else byRun.set(run, [content])
  }
  return byRun
}
