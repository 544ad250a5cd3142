// Copies the rows of a version 2 file into the tables of today. Reads tables that are named old_… meanwhile.

import type { SQLOutputValue } from 'node:sqlite'
import type { HashedBlock, PromptPart } from '../model/record'
import type { Cost } from '../model/span'
import { packHash, packText } from './pack'
import type { CallFacts, SpanFacts } from './span-rows'
import type { Store } from './store'

type Row = Record<string, SQLOutputValue>

/** Runs inside the transaction of the upgrade. */
export function copyVersion2(store: Store): void {
  store.database.exec(`INSERT INTO runs (id, name, command, root, started_at, ended_at, active_at, stored_at, git_commit, tags,
      defaults, revision)
    SELECT id, name, command, root, started_at, ended_at, active_at, stored_at, git_commit, tags, defaults, revision
      FROM old_runs ORDER BY rowid;
    INSERT INTO findings (run, id, finding)
      SELECT runs.key, old_findings.id, finding FROM old_findings JOIN runs ON runs.id = run_id`)
  copyContents(store)
  for (const row of rowsOf(store, 'SELECT * FROM old_spans ORDER BY rowid'))
    store.rows.putSpan(runOf(store, row), spanOf(row))
  for (const row of rowsOf(store, 'SELECT * FROM old_calls ORDER BY rowid')) {
    const [run, spanId] = [runOf(store, row), text(row.span_id)]
    const key = store.rows.keyOf(run, spanId)
    if (key !== undefined) store.rows.putCall(run, key, spanId, callOf(row))
  }
}

function rowsOf(store: Store, sql: string): IterableIterator<Row> {
  return store.database.prepare(sql).iterate()
}

function copyContents(store: Store): void {
  const insert = store.database.prepare(
    'INSERT INTO contents (hash, text, characters, tokens) VALUES (?, ?, ?, ?)',
  )
  for (const row of rowsOf(store, 'SELECT * FROM old_contents'))
    insert.run(
      packHash(text(row.hash)),
      typeof row.text === 'string' ? packText(row.text) : null,
      Number(row.characters),
      row.tokens ?? null,
    )
}

function runOf(store: Store, row: Row): number {
  return store.runKey(text(row.run_id)) ?? 0
}

function spanOf(row: Row): SpanFacts {
  const { id, run_id: _, parent_id, started_at, ended_at, ...facts } = row
  return {
    id: text(id),
    startedAt: Number(started_at),
    endedAt: Number(ended_at),
    parentId: typeof parent_id === 'string' ? parent_id : undefined,
    facts,
  }
}

function callOf(row: Row): CallFacts {
  const { span_id: _, run_id: __, response_id, logical_id, base_span_id, billed, ...rest } = row
  const {
    input_tokens,
    output_tokens,
    pico_usd: ___,
    cost,
    unpriced_reason,
    error,
    prompt,
    reply,
    ...facts
  } = rest
  return {
    logicalId: text(logical_id),
    baseSpanId: typeof base_span_id === 'string' ? base_span_id : undefined,
    billed: billed === 1,
    call: {
      prompt: JSON.parse(text(prompt)) as PromptPart[],
      reply: JSON.parse(text(reply)) as HashedBlock[],
      cost: typeof cost === 'string' ? (JSON.parse(cost) as Cost) : null,
      ...(typeof response_id === 'string' ? { responseId: response_id } : {}),
    },
    unpricedReason: typeof unpriced_reason === 'string' ? unpriced_reason : null,
    error: typeof error === 'string' ? error : null,
    inputTokens: typeof input_tokens === 'number' ? input_tokens : null,
    outputTokens: typeof output_tokens === 'number' ? output_tokens : null,
    facts: {
      ...facts,
      stream: facts.stream || undefined,
      units: facts.units === '{}' ? undefined : facts.units,
    },
  }
}

function text(value: SQLOutputValue | undefined): string {
  return String(value ?? '')
}
