// All spans of one run, each as far as columns show it: a run of a hundred thousand is read in less than a second. No prompts.

import type { SQLOutputValue } from 'node:sqlite'
import { present } from '../model/present'
import type { ModelCall, Span } from '../model/span'
import type { CountedModelCall } from '../model/totals'
import { costIn, usageIn } from './call-rows'
import { unpackId } from './pack'
import { type OpenFacts, PackedFacts } from './packed-facts'
import type { Store } from './store'

type Row = readonly SQLOutputValue[]

/** Where the spans of a run hang, in the order in which they were stored. */
export interface StoredPlaces {
  readonly count: number
  /** What stands for a span in `readColumnSpans`. */
  readonly key: Float64Array
  /** Index of the parent; −1 where it is not stored. */
  readonly parent: Int32Array
  /** Ms since the epoch. */
  readonly start: Float64Array
  readonly isRun: (index: number) => boolean
}

export function readPlaces(store: Store, runId: string): StoredPlaces {
  const statement = store.prepare('SELECT key, parent, started_at FROM spans WHERE run = ? ORDER BY key')
  statement.setReturnArrays(true)
  const rows = statement.all(store.runKey(runId) ?? -1) as unknown as Row[]
  const indexOf = new Map(rows.map(([key], index) => [Number(key), index]))
  const key = Float64Array.from(rows, ([own]) => Number(own))
  return {
    count: rows.length,
    key,
    parent: Int32Array.from(rows, ([, parent]) =>
      typeof parent === 'number' ? (indexOf.get(parent) ?? -1) : -1,
    ),
    start: Float64Array.from(rows, ([, , start]) => Number(start)),
    isRun: (index) => kindOf(store, key[index] ?? -1) === 'run',
  }
}

function kindOf(store: Store, key: number): string | undefined {
  const row = store.prepare('SELECT facts FROM spans WHERE key = ?').get(key)
  return row && new PackedFacts(store.shapes).open(String(row.facts)).text('kind')
}

/** Times are ms since the epoch. */
export interface StoredColumnSpan extends SaidOfSpan {
  readonly key: number
  readonly id: string
  readonly startedAt: number
  readonly endedAt: number
  readonly modelCall?: CountedModelCall &
    Pick<ModelCall, 'provider' | 'requestModel' | 'responseModel' | 'stream'>
}

/** The same object for spans of which the same is said. `attributes`: only those of ours. */
type SaidOfSpan = Pick<Span, 'kind' | 'name' | 'status' | 'attributes' | 'parentBasis' | 'callSite'> &
  Pick<Span, 'agent' | 'step' | 'intent'>

const SPANS = `SELECT spans.key, spans.id, spans.started_at, spans.ended_at, spans.facts,
    calls.logical, calls.billed, calls.output_tokens, calls.pico_usd, calls.cost, calls.facts
  FROM spans LEFT JOIN calls ON calls.span = spans.key WHERE spans.run = ?`

/** In no order. */
export function* readColumnSpans(store: Store, runId: string): Generator<StoredColumnSpan> {
  const statement = store.prepare(SPANS)
  statement.setReturnArrays(true)
  const facts = new PackedFacts(store.shapes)
  const known = new Map<string, SaidOfSpan>()
  for (const row of statement.iterate(store.runKey(runId) ?? -1) as Iterable<unknown> as Iterable<Row>) {
    const [key, id, startedAt, endedAt, packed] = row
    const modelCall = callIn(row, facts)
    yield {
      ...said(String(packed), facts, known),
      key: Number(key),
      id: unpackId(id),
      startedAt: Number(startedAt),
      endedAt: Number(endedAt),
      ...(modelCall ? { modelCall } : {}),
    }
  }
}

/** Most spans of a run say one of a few things; those that name what no other does must not pile up. */
const MOST_KNOWN = 10_000

function said(packed: string, facts: PackedFacts, known: Map<string, SaidOfSpan>): SaidOfSpan {
  const before = known.get(packed)
  if (before) return before
  const span = facts.open(packed)
  const callSite = span.text('call_site')
  const read = {
    kind: (span.text('kind') ?? 'other') as Span['kind'],
    name: span.text('name') ?? '',
    status: (span.text('status') ?? 'ok') as Span['status'],
    parentBasis: (span.text('parent_basis') ?? 'none') as Span['parentBasis'],
    attributes: attributesIn(span),
    ...present({ agent: span.text('agent'), step: span.text('step'), intent: span.text('intent') }),
    // JSON that this program wrote itself.
    ...present({ callSite: callSite === undefined ? undefined : (JSON.parse(callSite) as Span['callSite']) }),
  }
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(packed, read)
  return read
}

/** Most spans have none of ours, which their shape tells. */
function attributesIn(span: OpenFacts): Span['attributes'] {
  if (!span.mayHold('attributes', 'costflame.')) return {}
  return JSON.parse(span.text('attributes') ?? '{}') as Span['attributes']
}

function callIn(row: Row, facts: PackedFacts): StoredColumnSpan['modelCall'] {
  const [key, , , , , logical, billed, output, picoUsd, cost, packed] = row
  if (typeof packed !== 'string') return undefined
  const call = facts.open(packed)
  const first = typeof logical === 'number' ? logical : (call.text('logical_id') ?? key)
  return {
    provider: call.text('provider') ?? '',
    requestModel: call.text('request_model') ?? '',
    ...present({ responseModel: call.text('response_model') }),
    stream: call.number('stream') === 1,
    billed: billed === 1,
    attempt: { logicalId: String(first), number: call.number('attempt') ?? 1 },
    usage: usageIn(call, typeof output === 'number' ? output : null),
    cost: typeof picoUsd === 'number' && typeof cost === 'string' ? costIn(picoUsd, cost, facts) : null,
  }
}

/** Ids of the spans of a run that carry a call, in the order in which they were stored. */
export function readCallIds(store: Store, runId: string): string[] {
  const sql =
    'SELECT spans.id FROM calls JOIN spans ON spans.key = calls.span WHERE calls.run = ? ORDER BY calls.span'
  return store
    .prepare(sql)
    .all(store.runKey(runId) ?? -1)
    .map((row) => unpackId(row.id))
}
