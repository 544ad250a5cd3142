// Looks into a store from outside after a fault: is the file sound, and which calls are in it.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { MadeCall } from './fault-caller'

const STORE = 'costflame.db'

/** What `PRAGMA integrity_check` and `foreign_key_check` say: `ok`, or what is wrong. No store at all is a sound one. */
export function integrityOf(data: string): string {
  if (!existsSync(join(data, STORE))) return 'ok'
  return inStore(data, STORE, (database) => {
    const problems = [
      ...database
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => String(row.integrity_check)),
      ...database
        .prepare('PRAGMA foreign_key_check')
        .all()
        .map((row) => JSON.stringify(row)),
    ]
    return problems.join('; ')
  })
}

/** Ids of the calls in all stores of a folder (one that was set aside included, where it can be read), as their callers know them. */
export function storedIds(data: string): Set<string> {
  const files = readdirSync(data).filter((name) => name.startsWith('costflame') && name.endsWith('.db'))
  return new Set(files.flatMap((file) => idsIn(data, file)))
}

function idsIn(data: string, file: string): string[] {
  try {
    return inStore(data, file, (database) =>
      database
        .prepare('SELECT response_id FROM calls WHERE response_id IS NOT NULL')
        .all()
        .map((row) => String(row.response_id).replace(/^chatcmpl-/, '')),
    )
  } catch {
    // Damaged on purpose: what it holds counts as missing.
    return []
  }
}

/** Responses that the store has more than once; each was given once. */
export function storedTwice(data: string): string[] {
  if (!existsSync(join(data, STORE))) return []
  return inStore(data, STORE, (database) =>
    database
      .prepare(
        'SELECT response_id FROM calls WHERE response_id IS NOT NULL GROUP BY response_id HAVING count(*) > 1',
      )
      .all()
      .map((row) => String(row.response_id)),
  )
}

/** Calls in the store by run. */
export function storedByRun(data: string): Map<string, number> {
  if (!existsSync(join(data, STORE))) return new Map()
  return inStore(data, STORE, (database) => {
    // Killed after the file was made and before the one transaction that makes its tables.
    if (database.prepare('PRAGMA user_version').get()?.user_version === 0) return new Map()
    const rows = database
      .prepare('SELECT runs.id, count(*) AS n FROM calls JOIN runs ON runs.key = calls.run GROUP BY runs.id')
      .all()
    return new Map(rows.map((row) => [String(row.id), Number(row.n)]))
  })
}

/** Calls that ended well and are not in the store. */
export function missing(calls: readonly MadeCall[], stored: ReadonlySet<string>): MadeCall[] {
  return calls.filter(({ id, failure }) => failure === undefined && !stored.has(id))
}

function inStore<T>(data: string, file: string, look: (database: DatabaseSync) => T): T {
  return lookInto(join(data, file), look)
}

/** Looks into a store without writing. Throws what SQLite says. */
export function lookInto<T>(path: string, look: (database: DatabaseSync) => T): T {
  try {
    return lookOnce(path, true, look)
  } catch (error) {
    if (!needsRecovery(error)) throw error
    return lookOnce(path, false, look)
  }
}

function lookOnce<T>(path: string, readOnly: boolean, look: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, { readOnly, timeout: 30_000 })
  try {
    return look(database)
  } finally {
    database.close()
  }
}

/** What a killed writer leaves may have to be put in order before anybody can read it, which who only reads may not. */
function needsRecovery(error: unknown): boolean {
  return error instanceof Error && /readonly database/.test(error.message)
}
