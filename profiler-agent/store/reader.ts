// Reads runs, spans, calls and prompts back out of the store. No writing.

import type { SQLOutputValue } from 'node:sqlite'
import type { Attribution } from '../model/exchange'
import type { Finding } from '../model/finding'
import { present } from '../model/present'
import type { HashedBlock, PromptPart, RunRecord } from '../model/record'
import type { Cost, ModelCall, Span } from '../model/span'
import { type Usage, usageOf } from '../model/usage'
import type { Store } from './store'

type Row = Record<string, SQLOutputValue>

/** A run's own row; times are ms since the epoch. */
export interface StoredRun extends RunRecord {
  readonly endedAt?: number
  readonly activeAt: number
  /** When something was last recorded of it, by the clock of this machine; imports count from their import on. */
  readonly storedAt: number
  readonly revision: number
}

/** Newest first. */
export function readRuns(store: Store, limit = 1_000_000): StoredRun[] {
  return store.prepare('SELECT * FROM runs ORDER BY started_at DESC, id LIMIT ?').all(limit).map(runOf)
}

export function readRun(store: Store, id: string): StoredRun | undefined {
  const row = store.prepare('SELECT * FROM runs WHERE id = ?').get(id)
  return row && runOf(row)
}

/** Spans of a run by start time, calls included, without their segments (they are reckoned from the prompt). */
export function readSpans(store: Store, runId: string): Span[] {
  const calls = new Map(
    store
      .prepare('SELECT * FROM calls WHERE run_id = ?')
      .all(runId)
      .map((row) => [text(row, 'span_id'), row]),
  )
  return store
    .prepare('SELECT * FROM spans WHERE run_id = ? ORDER BY started_at, rowid')
    .all(runId)
    .map((row) => spanOf(row, calls.get(text(row, 'id'))))
}

/** Whether a run has a span with this id. */
export function isStored(store: Store, runId: string, spanId: string): boolean {
  return store.prepare('SELECT 1 FROM spans WHERE run_id = ? AND id = ?').get(runId, spanId) !== undefined
}

export function readFindings(store: Store, runId: string): Finding[] {
  return store
    .prepare('SELECT finding FROM findings WHERE run_id = ? ORDER BY id')
    .all(runId)
    .map((row) => JSON.parse(text(row, 'finding')) as Finding)
}

/**
 * Whether a billed call of this run already carries this response, as far as its id and its tokens tell. Some servers draw
 * their ids from a small range: the same id with other tokens is another response.
 */
export function hasBilledResponse(store: Store, runId: string, responseId: string, usage: Usage): boolean {
  const { inputTokens, outputTokens } = usage
  const sql =
    'SELECT input_tokens, output_tokens FROM calls WHERE run_id = ? AND response_id = ? AND billed = 1'
  return store
    .prepare(sql)
    .all(runId, responseId)
    .some(
      (row) =>
        (inputTokens === null || row.input_tokens === inputTokens) &&
        (outputTokens === null || row.output_tokens === outputTokens),
    )
}

/** A block of a stored prompt; `unchanged` says that the base call had it at the same place. */
export interface StoredBlock extends HashedBlock {
  readonly unchanged: boolean
}

/** A call's prompt with every copied range filled in, and its reply. */
export interface StoredPrompt {
  readonly prompt: readonly StoredBlock[]
  readonly reply: readonly HashedBlock[]
}

/** Prompts of all calls of a run by span id, in one pass; a base call always stands before the calls that copy from it. */
export function readPrompts(store: Store, runId: string): Map<string, StoredPrompt> {
  const prompts = new Map<string, StoredPrompt>()
  const sql = 'SELECT span_id, base_span_id, prompt, reply FROM calls WHERE run_id = ? ORDER BY rowid'
  for (const row of store.prepare(sql).all(runId)) {
    const base = prompts.get(optionalText(row, 'base_span_id') ?? '')?.prompt ?? []
    const parts = JSON.parse(text(row, 'prompt')) as PromptPart[]
    const reply = JSON.parse(text(row, 'reply')) as HashedBlock[]
    prompts.set(text(row, 'span_id'), { prompt: expandPrompt(parts, base), reply })
  }
  return prompts
}

/** The blocks of a prompt whose copied ranges refer to `base`. */
export function expandPrompt(parts: readonly PromptPart[], base: readonly HashedBlock[]): StoredBlock[] {
  return parts.flatMap((part): StoredBlock[] =>
    'hash' in part
      ? [{ ...part, unchanged: false }]
      : base.slice(part[0], part[0] + part[1]).map((block) => ({ ...block, unchanged: true })),
  )
}

/** Text behind a hash, `undefined` when it was not kept. */
export function readContent(store: Store, hash: string): string | undefined {
  return optionalText(store.prepare('SELECT text FROM contents WHERE hash = ?').get(hash) ?? {}, 'text')
}

/** Length of the text behind a hash; 0 for one that is not there. */
export function readCharacters(store: Store, hash: string): number {
  return (
    number(store.prepare('SELECT characters FROM contents WHERE hash = ?').get(hash) ?? {}, 'characters') ?? 0
  )
}

/** Token count that was stored for a content, `undefined` when nobody counted it yet. */
export function readTokens(store: Store, hash: string): number | undefined {
  const tokens = store.prepare('SELECT tokens FROM contents WHERE hash = ?').get(hash)?.tokens
  return typeof tokens === 'number' ? tokens : undefined
}

function runOf(row: Row): StoredRun {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    ...present({ command: optionalText(row, 'command'), root: optionalText(row, 'root') }),
    ...present({ gitCommit: optionalText(row, 'git_commit'), endedAt: number(row, 'ended_at') ?? undefined }),
    startedAt: number(row, 'started_at') ?? 0,
    activeAt: number(row, 'active_at') ?? 0,
    storedAt: number(row, 'stored_at') ?? 0,
    tags: JSON.parse(text(row, 'tags')) as Record<string, string>,
    defaults: JSON.parse(text(row, 'defaults')) as Attribution,
    revision: number(row, 'revision') ?? 0,
  }
}

function spanOf(row: Row, call: Row | undefined): Span {
  const startedAt = number(row, 'started_at') ?? 0
  const endedAt = number(row, 'ended_at') ?? startedAt
  return {
    id: text(row, 'id'),
    ...present({ parentId: optionalText(row, 'parent_id') }),
    parentBasis: text(row, 'parent_basis') as Span['parentBasis'],
    kind: text(row, 'kind') as Span['kind'],
    name: text(row, 'name'),
    startTime: new Date(startedAt).toISOString(),
    endTime: new Date(endedAt).toISOString(),
    durationMs: Math.max(0, Math.round((endedAt - startedAt) * 1000) / 1000),
    status: text(row, 'status') as Span['status'],
    ...present({
      agent: optionalText(row, 'agent'),
      agentVersion: optionalText(row, 'agent_version'),
      intent: optionalText(row, 'intent'),
      tenant: optionalText(row, 'tenant'),
      session: optionalText(row, 'session'),
      step: optionalText(row, 'step'),
      tags: optionalJson<Record<string, string>>(row, 'tags'),
      callSite: optionalJson<Span['callSite']>(row, 'call_site'),
    }),
    attributes: JSON.parse(text(row, 'attributes')) as Span['attributes'],
    ...(call ? { modelCall: callOf(call) } : {}),
  }
}

function callOf(row: Row): ModelCall {
  return {
    provider: text(row, 'provider'),
    wireFormat: text(row, 'wire_format'),
    endpoint: text(row, 'endpoint'),
    requestModel: text(row, 'request_model'),
    ...present({
      responseModel: optionalText(row, 'response_model'),
      responseId: optionalText(row, 'response_id'),
      finishReason: optionalText(row, 'finish_reason'),
      timeToFirstTokenMs: number(row, 'time_to_first_token_ms') ?? undefined,
      error: optionalJson<ModelCall['error']>(row, 'error'),
      unpricedReason: optionalText(row, 'unpriced_reason'),
      tier: optionalText(row, 'tier'),
    }),
    stream: row.stream === 1,
    billed: row.billed === 1,
    attempt: { logicalId: text(row, 'logical_id'), number: number(row, 'attempt') ?? 1 },
    httpStatus: number(row, 'http_status') ?? 0,
    usage: usageOfRow(row),
    cost: optionalJson<Cost>(row, 'cost') ?? null,
    segments: [],
  }
}

function usageOfRow(row: Row): ModelCall['usage'] {
  const reasoning = number(row, 'reasoning_tokens')
  return usageOf(
    {
      uncachedInputTokens: number(row, 'uncached_input_tokens'),
      cacheReadTokens: number(row, 'cache_read_tokens'),
      cacheWriteTokens: {
        '5m': number(row, 'cache_write_5m'),
        '30m': number(row, 'cache_write_30m'),
        '1h': number(row, 'cache_write_1h'),
        '12h': number(row, 'cache_write_12h'),
        unknown: number(row, 'cache_write_unknown'),
      },
      outputTokens: number(row, 'output_tokens'),
      ...(reasoning === null ? {} : { reasoningTokens: reasoning }),
      units: optionalJson<ModelCall['usage']['units']>(row, 'units') ?? {},
    },
    text(row, 'usage_origin') as ModelCall['usage']['origin'],
    optionalJson<unknown>(row, 'usage_raw') ?? null,
  )
}

function text(row: Row, column: string): string {
  return String(row[column] ?? '')
}

function optionalText(row: Row, column: string): string | undefined {
  const value = row[column]
  return typeof value === 'string' ? value : undefined
}

function number(row: Row, column: string): number | null {
  const value = row[column]
  return typeof value === 'number' ? value : null
}

/** JSON that this program wrote itself. */
function optionalJson<T>(row: Row, column: string): T | undefined {
  const value = optionalText(row, column)
  return value === undefined ? undefined : (JSON.parse(value) as T)
}
