// Reads what is asked of single spans of a run: a run of thousands of calls is not read whole for one of them. No writing.

import type { CostByBucket } from '../model/span'
import { unpackBuckets } from './cost-column'
import { unpackId } from './pack'
import { unpackLists } from './prompt-column'
import { expandPrompt, type StoredBlock, type StoredPrompt } from './reader'
import type { Store } from './store'

/** A prompt, and the call that it goes on from. */
export interface OneCall extends StoredPrompt {
  readonly baseSpanId?: string
}

interface CallRow {
  readonly base: number | null
  readonly parts: string
  readonly ids: string | null
}

/** The prompt as `readPrompts` gives it; `undefined` for a span without a call. */
export function readCall(store: Store, runId: string, spanId: string): OneCall | undefined {
  const key = store.rows.keyOf(store.runKey(runId) ?? -1, spanId)
  const rows = key === undefined ? [] : rowsBackFrom(store, key)
  if (rows.length === 0) return undefined
  const hashes = new Map<number, string>()
  const hashOf = (content: number) => {
    const hash = hashes.get(content) ?? store.contents.hashOf(content)
    hashes.set(content, hash)
    return hash
  }
  let prompt: readonly StoredBlock[] = []
  let reply: StoredPrompt['reply'] = []
  for (const { parts, ids } of rows.toReversed()) {
    const lists = unpackLists(parts, ids, store.shapes, hashOf)
    prompt = expandPrompt(lists.prompt, prompt)
    reply = lists.reply
  }
  const base = rows[0]?.base ?? null
  return { prompt, reply, ...(base === null ? {} : { baseSpanId: idOf(store, base) }) }
}

/** The call and those before it whose prompts it copies from, the latest first. */
function rowsBackFrom(store: Store, key: number): CallRow[] {
  const rows: CallRow[] = []
  for (let next: number | null = key; next !== null; next = rows.at(-1)?.base ?? null) {
    const row = store.prepare('SELECT base, parts, ids FROM calls WHERE span = ?').get(next)
    if (!row) break
    rows.push({
      base: typeof row.base === 'number' ? row.base : null,
      parts: String(row.parts),
      ids: typeof row.ids === 'string' ? row.ids : null,
    })
  }
  return rows
}

function idOf(store: Store, key: number): string {
  return unpackId(store.prepare('SELECT id FROM spans WHERE key = ?').get(key)?.id)
}

/** Ids of the calls that were stored before one, the latest first. */
export function callsStoredBefore(store: Store, runId: string, spanId: string, limit: number): string[] {
  const run = store.runKey(runId) ?? -1
  const key = store.rows.keyOf(run, spanId) ?? -1
  const sql = `SELECT spans.id FROM calls JOIN spans ON spans.key = calls.span
    WHERE calls.run = ? AND calls.span < ? ORDER BY calls.span DESC LIMIT ?`
  return store
    .prepare(sql)
    .all(run, key, limit)
    .map((row) => unpackId(row.id))
}

/** Ids of the calls whose prompts copy from that of one, in the order in which they were stored. */
export function callsCopyingFrom(store: Store, runId: string, spanId: string): string[] {
  const run = store.runKey(runId) ?? -1
  const key = store.rows.keyOf(run, spanId) ?? -1
  const sql = `SELECT spans.id FROM calls JOIN spans ON spans.key = calls.span
    WHERE calls.run = ? AND calls.base = ? ORDER BY calls.span`
  return store
    .prepare(sql)
    .all(run, key)
    .map((row) => unpackId(row.id))
}

/** Costs by bucket of the calls of a run that have a price, by span id. */
export function readBucketCosts(store: Store, runId: string): { id: string; byBucket: CostByBucket }[] {
  const sql = `SELECT spans.id, calls.cost FROM calls JOIN spans ON spans.key = calls.span
    WHERE calls.run = ? AND calls.cost IS NOT NULL`
  return store
    .prepare(sql)
    .all(store.runKey(runId) ?? -1)
    .map((row) => ({ id: unpackId(row.id), byBucket: unpackBuckets(String(row.cost)) }))
}

/** Ids of the spans right below one. */
export function readChildIds(store: Store, runId: string, spanId: string): string[] {
  const run = store.runKey(runId) ?? -1
  const key = store.rows.keyOf(run, spanId) ?? -1
  const rows = store.prepare('SELECT id FROM spans WHERE run = ? AND parent = ?').all(run, key)
  return rows.map((row) => unpackId(row.id))
}

/** Ids of all attempts of the same logical call, by start; empty for a span without a call. */
export function readAttemptIds(store: Store, runId: string, spanId: string): string[] {
  const run = store.runKey(runId) ?? -1
  const key = store.rows.keyOf(run, spanId) ?? -1
  const own = store.prepare('SELECT logical FROM calls WHERE span = ?').get(key)
  if (!own) return []
  const first = typeof own.logical === 'number' ? own.logical : key
  const sql = `SELECT spans.id FROM calls JOIN spans ON spans.key = calls.span
    WHERE calls.run = ? AND (calls.span = ? OR calls.logical = ?) ORDER BY spans.started_at, spans.key`
  return store
    .prepare(sql)
    .all(run, first, first)
    .map((row) => unpackId(row.id))
}
