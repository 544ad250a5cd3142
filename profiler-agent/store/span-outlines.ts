// All spans of many runs, each only as far as limits need it. No prompts, no call sites; a row is unpacked once.

import type { SQLOutputValue } from 'node:sqlite'
import { present } from '../model/present'
import type { ModelCall, Span } from '../model/span'
import type { CountedModelCall } from '../model/totals'
import { costIn, usageIn } from './call-rows'
import { unpackId } from './pack'
import { type OpenFacts, PackedFacts } from './packed-facts'
import type { Store } from './store'

/** Times are ms since the epoch. */
export interface SpanOutline
  extends Pick<Span, 'id' | 'parentId' | 'kind' | 'name' | 'status' | 'attributes'>,
    Pick<Span, 'agent' | 'agentVersion' | 'intent' | 'step' | 'tenant' | 'session'> {
  readonly startedAt: number
  readonly endedAt: number
  readonly modelCall?: CountedModelCall & Pick<ModelCall, 'provider' | 'requestModel' | 'responseModel'>
}

const SQL = `SELECT spans.run, spans.key, spans.id, spans.parent, spans.started_at, spans.ended_at, spans.facts,
    calls.logical, calls.billed, calls.output_tokens, calls.pico_usd, calls.cost, calls.facts
  FROM json_each(?) AS wanted JOIN spans ON spans.run = wanted.value LEFT JOIN calls ON calls.span = spans.key`

/** Spans by run, in the order in which they began; runs that have none are missing. */
export function readSpanOutlines(store: Store, runIds: readonly string[]): Map<string, SpanOutline[]> {
  const runs = new Map(
    runIds.flatMap((id) => {
      const key = store.runKey(id)
      return key === undefined ? [] : [[key, id] as const]
    }),
  )
  const statement = store.prepare(SQL)
  statement.setReturnArrays(true)
  const facts = new PackedFacts(store.shapes)
  const byRun = new Map<number, Row[]>()
  for (const row of statement.iterate(
    JSON.stringify([...runs.keys()]),
  ) as Iterable<unknown> as Iterable<Row>) {
    const rows = byRun.get(Number(row[0]))
    if (rows) rows.push(row)
    else byRun.set(Number(row[0]), [row])
  }
  return new Map([...byRun].map(([run, rows]) => [runs.get(run) ?? '', outlinesOf(rows, facts)]))
}

type Row = readonly SQLOutputValue[]

function outlinesOf(rows: readonly Row[], facts: PackedFacts): SpanOutline[] {
  const ids = new Map(rows.map(([, key, id]) => [Number(key), unpackId(id)]))
  // Sorting the rows themselves takes SQLite longer.
  return rows.map((row) => outlineOf(row, ids, facts)).sort((left, right) => left.startedAt - right.startedAt)
}

function outlineOf(row: Row, ids: ReadonlyMap<number, string>, facts: PackedFacts): SpanOutline {
  const [run, key, , parent, startedAt, endedAt, packed] = row
  const span = facts.open(String(packed))
  return {
    id: ids.get(Number(key)) ?? '',
    kind: (span.text('kind') ?? 'other') as Span['kind'],
    name: span.text('name') ?? '',
    status: (span.text('status') ?? 'ok') as Span['status'],
    attributes: attributesIn(span),
    startedAt: Number(startedAt),
    endedAt: Number(endedAt),
    ...present({
      parentId: typeof parent === 'number' ? ids.get(parent) : span.text('parent_id'),
      agent: span.text('agent'),
      agentVersion: span.text('agent_version'),
      intent: span.text('intent'),
      step: span.text('step'),
      tenant: span.text('tenant'),
      session: span.text('session'),
      modelCall: modelCallIn(row, `${run} `, facts),
    }),
  }
}

function modelCallIn(row: Row, run: string, facts: PackedFacts): SpanOutline['modelCall'] {
  const [, key, , , , , , logical, billed, output, picoUsd, cost, packed] = row
  if (typeof packed !== 'string') return undefined
  const call = facts.open(packed)
  const first = typeof logical === 'number' ? logical : (call.text('logical_id') ?? key)
  return {
    provider: call.text('provider') ?? '',
    requestModel: call.text('request_model') ?? '',
    ...present({ responseModel: call.text('response_model') }),
    billed: billed === 1,
    attempt: { logicalId: run + first, number: call.number('attempt') ?? 1 },
    usage: usageIn(call, typeof output === 'number' ? output : null),
    cost: typeof picoUsd === 'number' && typeof cost === 'string' ? costIn(picoUsd, cost, facts) : null,
  }
}

/** Most spans have none that matter, which their shape tells. */
function attributesIn(span: OpenFacts): Span['attributes'] {
  if (!span.mayHold('attributes', 'costflame.') && !span.mayHold('attributes', 'gen_ai.tool')) return {}
  const json = span.text('attributes')
  return json === undefined ? {} : (JSON.parse(json) as Span['attributes'])
}
