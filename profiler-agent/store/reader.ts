// Reads runs, spans, calls and prompts back out of the store. No writing.

import type { SQLOutputValue } from 'node:sqlite'
import type { Attribution } from '../model/exchange'
import type { Finding, Location } from '../model/finding'
import { present } from '../model/present'
import type { HashedBlock, PromptPart, RunRecord } from '../model/record'
import type { Cost, ModelCall, Span } from '../model/span'
import { type Usage, usageOf } from '../model/usage'
import { unpackCost } from './cost-column'
import { unpackId } from './pack'
import { unpackLists } from './prompt-column'
import type { Store } from './store'

type Row = Record<string, SQLOutputValue>

/** A run's own row; times are ms since the epoch. */
export interface StoredRun extends RunRecord {
  readonly endedAt?: number
  readonly activeAt: number
  /** When something was last recorded of it, by the clock of this machine; imports count from their import on. */
  readonly storedAt: number
  readonly revision: number
  /** Grows when stored calls change. */
  readonly rewrites: number
}

/** Newest first. */
export function readRuns(store: Store, limit = 1_000_000): StoredRun[] {
  return store.prepare('SELECT * FROM runs ORDER BY started_at DESC, id LIMIT ?').all(limit).map(runOf)
}

/** Runs that began before a moment, newest first. */
export function readRunsBefore(store: Store, startedAt: number, limit: number): StoredRun[] {
  const sql = 'SELECT * FROM runs WHERE started_at < ? ORDER BY started_at DESC LIMIT ?'
  return store.prepare(sql).all(startedAt, limit).map(runOf)
}

/** Runs that went on at a moment (ms since the epoch) or after it, newest first. */
export function readRunsActiveSince(store: Store, moment: number): StoredRun[] {
  const sql = 'SELECT * FROM runs WHERE active_at >= ? ORDER BY started_at DESC, id'
  return store.prepare(sql).all(moment).map(runOf)
}

/** Those that come after a run in the order of `readRuns`. */
export function readRunsAfter(store: Store, { startedAt, id }: StoredRun, limit: number): StoredRun[] {
  const sql = `SELECT * FROM runs WHERE started_at < ? OR (started_at = ? AND id > ?)
    ORDER BY started_at DESC, id LIMIT ?`
  return store.prepare(sql).all(startedAt, startedAt, id, limit).map(runOf)
}

export function readRun(store: Store, id: string): StoredRun | undefined {
  const row = store.prepare('SELECT * FROM runs WHERE id = ?').get(id)
  return row && runOf(row)
}

/** Spans of a run by start time, calls included, without their segments (they are reckoned from the prompt). */
export function readSpans(store: Store, runId: string): Span[] {
  const run = store.runKey(runId)
  if (run === undefined) return []
  const calls = store.prepare('SELECT * FROM calls WHERE run = ?').all(run)
  const callOfSpan = new Map(calls.map((row) => [Number(row.span), row]))
  const spans = store.prepare('SELECT * FROM spans WHERE run = ? ORDER BY started_at, key').all(run)
  const ids = new Map(spans.map((row) => [Number(row.key), unpackId(row.id)]))
  return spans.map((row) => spanOf(unpacked(store, row, ids), unpackedCall(store, row, callOfSpan, ids)))
}

/** One span of a run with its call, like those of `readSpans`. */
export function readSpan(store: Store, runId: string, spanId: string): Span | undefined {
  const key = store.rows.keyOf(store.runKey(runId) ?? -1, spanId)
  const row = key !== undefined && store.prepare('SELECT * FROM spans WHERE key = ?').get(key)
  if (!row) return undefined
  const call = store.prepare('SELECT * FROM calls WHERE span = ?').get(key)
  const ids = new Map([[key, spanId]])
  return spanOf(unpacked(store, row, ids), unpackedCall(store, row, new Map(call ? [[key, call]] : []), ids))
}

export function countSpans(store: Store, runId: string): number {
  const row = store
    .prepare('SELECT count(*) AS count FROM spans WHERE run = ?')
    .get(store.runKey(runId) ?? -1)
  return Number(row?.count ?? 0)
}

/** A span's row with its facts as columns. */
function unpacked(store: Store, row: Row, ids: ReadonlyMap<number, string>): Row {
  const { key: _, run: __, facts, parent, ...columns } = row
  return {
    ...columns,
    ...factsOf(store, facts),
    id: unpackId(row.id),
    ...(typeof parent === 'number' ? { parent_id: idOf(store, parent, ids) } : {}),
  }
}

function unpackedCall(
  store: Store,
  span: Row,
  calls: ReadonlyMap<number, Row>,
  ids: ReadonlyMap<number, string>,
): Row | undefined {
  const row = calls.get(Number(span.key))
  if (!row) return undefined
  const { facts, logical, cost, ...columns } = row
  const picoUsd = number(row, 'pico_usd')
  return {
    logical_id: typeof logical === 'number' ? idOf(store, logical, ids) : unpackId(span.id),
    ...columns,
    ...factsOf(store, facts),
    cost:
      typeof cost === 'string' && picoUsd !== null
        ? JSON.stringify(unpackCost(cost, picoUsd, store.shapes))
        : null,
  }
}

function factsOf(store: Store, facts: SQLOutputValue | undefined): Row {
  return JSON.parse(store.shapes.unpack(String(facts))) as Row
}

function idOf(store: Store, key: number, ids: ReadonlyMap<number, string>): string {
  return ids.get(key) ?? unpackId(store.prepare('SELECT id FROM spans WHERE key = ?').get(key)?.id)
}

/** Whether a run has a span with this id. */
export function isStored(store: Store, runId: string, spanId: string): boolean {
  const run = store.runKey(runId)
  return run !== undefined && store.rows.keyOf(run, spanId) !== undefined
}

/** Those that are told, without what only an editor needs. */
export function readFindings(store: Store, runId: string): Finding[] {
  return readAnchoredFindings(store, runId).map(withoutAnchors)
}

/** Those that are told, with the anchors of their places. */
export function readAnchoredFindings(store: Store, runId: string): Finding[] {
  return findingsWhere(store, runId, TOLD)
}

/** Those that somebody wants to hear no more of. */
export function readIgnoredFindings(store: Store, runId: string): Finding[] {
  return findingsWhere(store, runId, `NOT (${TOLD})`).map(withoutAnchors)
}

function withoutAnchors(finding: Finding): Finding {
  const { location, relatedLocations } = finding
  return {
    ...finding,
    ...present({ location: location && withoutAnchor(location) }),
    relatedLocations: relatedLocations.map(withoutAnchor),
  }
}

function withoutAnchor<Place extends Location>({ anchor: _, ...place }: Place): Omit<Place, 'anchor'> {
  return place
}

const TOLD = "json_extract(finding, '$.ignored') IS NULL"

function findingsWhere(store: Store, runId: string, condition: string): Finding[] {
  return store
    .prepare(`SELECT finding FROM findings WHERE run = ? AND ${condition} ORDER BY id`)
    .all(store.runKey(runId) ?? -1)
    .map((row) => JSON.parse(text(row, 'finding')) as Finding)
}

/** How many findings of a run are told. */
export function countFindings(store: Store, runId: string): number {
  const row = store
    .prepare(`SELECT count(*) AS count FROM findings WHERE run = ? AND ${TOLD}`)
    .get(store.runKey(runId) ?? -1)
  return Number(row?.count ?? 0)
}

/**
 * Whether a billed call of this run already carries this response, as far as its id and its tokens tell. Some servers draw
 * their ids from a small range: the same id with other tokens is another response.
 */
export function hasBilledResponse(store: Store, runId: string, responseId: string, usage: Usage): boolean {
  const { inputTokens, outputTokens } = usage
  const sql = `SELECT input_tokens, output_tokens FROM calls
    WHERE run = ? AND substr(response_id, -8) = substr(?, -8) AND response_id = ? AND billed = 1`
  return store
    .prepare(sql)
    .all(store.runKey(runId) ?? -1, responseId, responseId)
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
  const byKey = new Map<number, StoredPrompt>()
  const hashes = new Map<number, string>()
  const hashOf = (key: number) => hashes.get(key) ?? remember(hashes, key, store.contents.hashOf(key))
  const sql = `SELECT span, spans.id, base, parts, ids FROM calls JOIN spans ON spans.key = calls.span
    WHERE calls.run = ? ORDER BY span`
  for (const row of store.prepare(sql).all(store.runKey(runId) ?? -1)) {
    const base = byKey.get(number(row, 'base') ?? -1)?.prompt ?? []
    const ids = optionalText(row, 'ids') ?? null
    const { prompt, reply } = unpackLists(text(row, 'parts'), ids, store.shapes, hashOf)
    const stored = { prompt: expandPrompt(prompt, base), reply }
    byKey.set(Number(row.span), stored)
    prompts.set(unpackId(row.id), stored)
  }
  return prompts
}

function remember(hashes: Map<number, string>, key: number, hash: string): string {
  hashes.set(key, hash)
  return hash
}

/** The blocks of a prompt whose copied ranges refer to `base`; what was a copy there is the same object here. */
export function expandPrompt(
  parts: readonly PromptPart[],
  base: readonly (HashedBlock | StoredBlock)[],
): StoredBlock[] {
  const blocks: StoredBlock[] = []
  for (const part of parts)
    if ('hash' in part) blocks.push({ ...part, unchanged: false })
    else for (const block of base.slice(part[0], part[0] + part[1])) blocks.push(copyOf(block))
  return blocks
}

function copyOf(block: HashedBlock | StoredBlock): StoredBlock {
  return 'unchanged' in block && block.unchanged ? block : { ...block, unchanged: true }
}

/** Text behind a hash, `undefined` when it was not kept. */
export function readContent(store: Store, hash: string): string | undefined {
  return store.contents.textOf(hash)
}

/** Length of the text behind a hash; 0 for one that is not there. */
export function readCharacters(store: Store, hash: string): number {
  return store.contents.charactersOf(hash)
}

/** Token count that was stored for a content, `undefined` when nobody counted it yet. */
export function readTokens(store: Store, hash: string): number | undefined {
  return store.contents.tokensOf(hash)
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
    rewrites: number(row, 'rewrites') ?? 0,
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
      outcome: optionalJson<Span['outcome']>(row, 'outcome'),
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
      cacheSettings: optionalJson<ModelCall['cacheSettings']>(row, 'cache_settings'),
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
