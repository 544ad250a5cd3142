// Spans and their calls as rows: what is asked for by SQL is a column, everything else that is said of them is packed JSON.

import type { SQLOutputValue } from 'node:sqlite'
import type { CallRecord, SpanRecord } from '../model/record'
import { packCost } from './cost-column'
import { packId } from './pack'
import { packLists } from './prompt-column'
import type { Store } from './store'

/** What a row says by name; `null` and absent are the same. JSON of values that are no text. */
export type Facts = Readonly<Record<string, SQLOutputValue | undefined>>

/** Columns of version 2 by their names, which are the names of facts too. */
export interface SpanFacts {
  readonly id: string
  readonly startedAt: number
  readonly endedAt: number
  readonly parentId: string | undefined
  readonly facts: Facts
}

export interface CallFacts {
  readonly logicalId: string
  readonly baseSpanId: string | undefined
  readonly billed: boolean
  readonly facts: Facts
  readonly call: Pick<CallRecord, 'prompt' | 'reply'> & Pick<CallRecord['modelCall'], 'cost' | 'responseId'>
  readonly unpricedReason: string | null
  readonly error: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
}

export function spanFacts(span: SpanRecord): SpanFacts {
  const { id, startedAt, endedAt, parentId } = span
  const facts = {
    parent_basis: span.parentBasis,
    kind: span.kind,
    name: span.name,
    status: span.status,
    agent: span.agent,
    agent_version: span.agentVersion,
    intent: span.intent,
    tenant: span.tenant,
    session: span.session,
    step: span.step,
    tags: jsonOf(span.tags),
    outcome: jsonOf(span.outcome),
    call_site: jsonOf(span.callSite),
    attributes: jsonOf(span.attributes),
  }
  return { id, startedAt, endedAt, parentId, facts }
}

export function callFacts({ modelCall, baseSpanId, prompt, reply }: CallRecord): CallFacts {
  const { usage, cost, responseId } = modelCall
  return {
    logicalId: modelCall.attempt.logicalId,
    baseSpanId,
    billed: modelCall.billed,
    call: { prompt, reply, cost, ...(responseId === undefined ? {} : { responseId }) },
    unpricedReason: modelCall.unpricedReason ?? null,
    error: jsonOf(modelCall.error) ?? null,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    facts: {
      provider: modelCall.provider,
      wire_format: modelCall.wireFormat,
      endpoint: modelCall.endpoint,
      request_model: modelCall.requestModel,
      response_model: modelCall.responseModel,
      finish_reason: modelCall.finishReason,
      stream: modelCall.stream ? 1 : undefined,
      time_to_first_token_ms: modelCall.timeToFirstTokenMs,
      attempt: modelCall.attempt.number,
      http_status: modelCall.httpStatus,
      tier: modelCall.tier,
      cache_settings: jsonOf(modelCall.cacheSettings),
      uncached_input_tokens: usage.uncachedInputTokens,
      cache_read_tokens: usage.cacheReadTokens,
      cache_write_5m: usage.cacheWriteTokens['5m'],
      cache_write_30m: usage.cacheWriteTokens['30m'],
      cache_write_1h: usage.cacheWriteTokens['1h'],
      cache_write_12h: usage.cacheWriteTokens['12h'],
      cache_write_unknown: usage.cacheWriteTokens.unknown,
      reasoning_tokens: usage.reasoningTokens,
      units: Object.keys(usage.units).length === 0 ? undefined : jsonOf(usage.units),
      usage_origin: usage.origin,
      usage_raw: jsonOf(usage.raw),
    },
  }
}

/** Writes spans and calls of runs, inside a transaction of the caller's. */
export class SpanRows {
  /** Keys of spans by run and id, while a transaction goes on. */
  readonly #keys = new Map<string, number>()

  constructor(readonly store: Store) {}

  /** Called where a transaction begins, where one is taken back, and where spans are deleted. */
  letGo(): void {
    this.#keys.clear()
  }

  /** The key of the span, new or known. */
  putSpan(run: number, span: SpanFacts): number {
    const known = this.#find(run, span.id)
    const parent = span.parentId === undefined ? undefined : this.keyOf(run, span.parentId)
    const facts = { ...span.facts, parent_id: parent === undefined ? span.parentId : undefined }
    if (known) return this.#update(Number(known.key), String(known.facts), span, parent, facts)
    const { lastInsertRowid } = this.store
      .prepare('INSERT INTO spans (run, id, parent, started_at, ended_at, facts) VALUES (?, ?, ?, ?, ?, ?)')
      .run(run, packId(span.id), parent ?? null, span.startedAt, span.endedAt, this.#pack(facts))
    this.#hold(run, span.id, Number(lastInsertRowid))
    return Number(lastInsertRowid)
  }

  /** A span that is written again only moves its ends, and says what came to be known since; what it does not say stays. */
  #update(key: number, packed: string, span: SpanFacts, parent: number | undefined, facts: Facts): number {
    const before = JSON.parse(this.store.shapes.unpack(packed)) as Facts
    const attributes = merged(before.attributes, facts.attributes)
    // Where it hangs, and so whose it is, is said whole each time.
    const { parent_id, agent, step } = facts
    const after = this.#pack({ ...before, ...said(facts), parent_id, agent, step, attributes })
    this.store
      .prepare(
        `UPDATE spans SET started_at = min(started_at, ?), ended_at = max(ended_at, ?), parent = ?, facts = ?
         WHERE key = ?`,
      )
      .run(span.startedAt, span.endedAt, parent ?? null, after, key)
    return key
  }

  /** Takes a span away that nothing hangs under any more; one that is not there stays so. */
  dropSpan(run: number, spanId: string): void {
    const key = this.keyOf(run, spanId)
    if (key === undefined) return
    this.store.prepare('DELETE FROM spans WHERE key = ?').run(key)
    this.#keys.delete(`${run}/${spanId}`)
  }

  putCall(run: number, spanKey: number, spanId: string, call: CallFacts): void {
    const logical = call.logicalId === spanId ? undefined : this.keyOf(run, call.logicalId)
    const base = call.baseSpanId === undefined ? undefined : this.keyOf(run, call.baseSpanId)
    const facts = {
      ...call.facts,
      logical_id: call.logicalId !== spanId && logical === undefined ? call.logicalId : undefined,
      base_span_id: base === undefined ? call.baseSpanId : undefined,
    }
    const { changes } = this.store.prepare('DELETE FROM calls WHERE span = ?').run(spanKey)
    if (changes > 0) this.store.prepare('UPDATE runs SET rewrites = rewrites + 1 WHERE key = ?').run(run)
    const { cost, responseId } = call.call
    const lists = packLists(call.call, this.store.shapes, (hash) => this.#used(run, hash))
    this.store
      .prepare(
        `INSERT INTO calls (span, run, response_id, logical, base, billed, input_tokens, output_tokens, pico_usd, cost,
           unpriced_reason, error, facts, parts, ids) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[spanKey, run, responseId ?? null, logical ?? null, base ?? null, call.billed ? 1 : 0],
        ...[call.inputTokens, call.outputTokens, cost?.picoUsd ?? null, packCost(cost, this.store.shapes)],
        ...[call.unpricedReason, call.error, this.#pack(facts)],
        ...[lists.parts, lists.ids],
      )
  }

  /** Gives the spans of a run that say no version this one. */
  giveVersion(run: number, agentVersion: string): void {
    const spans = this.store.prepare('SELECT key, facts FROM spans WHERE run = ?').all(run)
    for (const { key, facts } of spans) {
      const before = JSON.parse(this.store.shapes.unpack(String(facts))) as Facts
      if (before.kind === 'run' || before.agent_version !== undefined) continue
      const after = this.#pack({ ...before, agent_version: agentVersion })
      this.store.prepare('UPDATE spans SET facts = ? WHERE key = ?').run(after, Number(key))
    }
  }

  keyOf(run: number, spanId: string): number | undefined {
    const held = this.#keys.get(`${run}/${spanId}`)
    if (held !== undefined) return held
    const row = this.#find(run, spanId)
    if (row) this.#hold(run, spanId, Number(row.key))
    return row && Number(row.key)
  }

  #hold(run: number, spanId: string, key: number): void {
    if (this.store.database.isTransaction) this.#keys.set(`${run}/${spanId}`, key)
  }

  #find(run: number, spanId: string) {
    const id = packId(spanId)
    const sql = `SELECT key, facts FROM spans WHERE run = ?
      AND CASE typeof(id) WHEN 'blob' THEN substr(id, 1, 8) ELSE id END = ? AND id = ?`
    return this.store.prepare(sql).get(run, typeof id === 'string' ? id : id.subarray(0, 8), id)
  }

  #used(run: number, hash: string): number {
    const key = this.store.contents.keyOf(hash)
    this.store.prepare('INSERT OR IGNORE INTO uses (content, run) VALUES (?, ?)').run(key, run)
    return key
  }

  #pack(facts: Facts): string {
    return this.store.shapes.pack(JSON.stringify(said(facts)))
  }
}

/** Without what is absent. */
function said(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined && value !== null),
  )
}

/** Two objects as JSON in one; where both say something, the later word. */
function merged(before: SQLOutputValue | undefined, after: SQLOutputValue | undefined): string {
  const parsed = [before, after].map((json) => (typeof json === 'string' ? JSON.parse(json) : {}) as object)
  return JSON.stringify(Object.assign({}, ...parsed))
}

/** Rows of these are JSON again in the facts. */
function jsonOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value)
}
