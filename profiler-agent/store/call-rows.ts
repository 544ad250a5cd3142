// The calls of many runs, read for sums: a row is unpacked as far as somebody asks for it. No prompts and no other spans.

import type { SQLOutputValue } from 'node:sqlite'
import type { CostByBucket, ModelCall, Span } from '../model/span'
import type { CountedModelCall } from '../model/totals'
import { type Units, type Usage, usageOf } from '../model/usage'
import { unpackBuckets } from './cost-column'
import { unpackId } from './pack'
import { type OpenFacts, PackedFacts } from './packed-facts'
import type { Store } from './store'

const COLUMNS = `spans.run, spans.key, spans.id, spans.started_at, spans.facts, calls.logical, calls.billed,
  calls.output_tokens, calls.pico_usd, calls.cost, calls.facts`

/** Calls by run, in the order in which they were stored; runs that have none are missing. */
export function readCallRows(store: Store, runIds: readonly string[]): Map<string, CallRow[]> {
  const idOf = new Map(runIds.flatMap((id) => keyed(store.runKey(id), id)))
  const sql = `SELECT ${COLUMNS} FROM json_each(?) AS wanted JOIN calls ON calls.run = wanted.value
    JOIN spans ON spans.key = calls.span`
  const statement = store.prepare(sql)
  statement.setReturnArrays(true)
  const facts = new PackedFacts(store.shapes)
  const rows = new Map<string, CallRow[]>()
  for (const row of statement.iterate(JSON.stringify([...idOf.keys()])) as Iterable<unknown>) {
    const call = new CallRow(row as SQLOutputValue[], facts)
    const run = idOf.get(call.runKey) ?? ''
    const calls = rows.get(run)
    if (calls) calls.push(call)
    else rows.set(run, [call])
  }
  return rows
}

/** Calls of a run that were stored after the one with the key `after`, in that order. */
export function readCallRowsAfter(store: Store, runId: string, after: number): CallRow[] {
  const run = store.runKey(runId) ?? -1
  // All of a run are found by its key, the latest few by theirs.
  const where = after === 0 ? 'calls.run = ? AND calls.span > ?' : '+calls.run = ? AND calls.span > ?'
  const sql = `SELECT ${COLUMNS} FROM calls JOIN spans ON spans.key = calls.span WHERE ${where} ORDER BY calls.span`
  const statement = store.prepare(sql)
  statement.setReturnArrays(true)
  const facts = new PackedFacts(store.shapes)
  const rows = statement.all(run, after) as unknown as SQLOutputValue[][]
  return rows.map((row) => new CallRow(row, facts))
}

function keyed(key: number | undefined, id: string): (readonly [number, string])[] {
  return key === undefined ? [] : [[key, id]]
}

/** One call as a span has it, as far as sums over calls need it. */
export class CallRow {
  readonly runKey: number
  readonly key: number
  readonly modelCall: CountedModelCall & Pick<ModelCall, 'requestModel' | 'responseModel'>
  readonly #callFacts: OpenFacts
  readonly #cost: SQLOutputValue | undefined
  readonly #id: SQLOutputValue
  /** Ms since the epoch. */
  readonly startedAt: number
  readonly #facts: OpenFacts

  constructor(row: readonly SQLOutputValue[], facts: PackedFacts) {
    const [run, key, id = null, startedAt, spanFacts, logical, billed, output, picoUsd, cost, callFacts] = row
    this.runKey = Number(run)
    this.key = Number(key)
    this.#id = id
    this.startedAt = Number(startedAt)
    this.#facts = facts.open(String(spanFacts))
    const call = facts.open(String(callFacts))
    this.#callFacts = call
    this.#cost = cost
    const first = typeof logical === 'number' ? logical : (call.text('logical_id') ?? key)
    const responseModel = call.text('response_model')
    this.modelCall = {
      requestModel: call.text('request_model') ?? '',
      ...(responseModel === undefined ? {} : { responseModel }),
      billed: billed === 1,
      attempt: { logicalId: `${run} ${first}`, number: call.number('attempt') ?? 1 },
      usage: usageIn(call, typeof output === 'number' ? output : null),
      cost: typeof picoUsd === 'number' && typeof cost === 'string' ? costIn(picoUsd, cost, facts) : null,
    }
  }

  get id(): string {
    return unpackId(this.#id)
  }

  get kind(): Span['kind'] {
    return this.#facts.text('kind') as Span['kind']
  }

  get status(): Span['status'] {
    return this.#facts.text('status') as Span['status']
  }

  /** In the provider's own word. */
  get finishReason(): string | undefined {
    return this.#callFacts.text('finish_reason')
  }

  /** `null` for a call without a price. */
  get costByBucket(): CostByBucket | null {
    return this.modelCall.cost !== null && typeof this.#cost === 'string' ? unpackBuckets(this.#cost) : null
  }

  get startTime(): string {
    return new Date(this.startedAt).toISOString()
  }

  get agent(): string | undefined {
    return this.#facts.text('agent')
  }

  get agentVersion(): string | undefined {
    return this.#facts.text('agent_version')
  }

  get intent(): string | undefined {
    return this.#facts.text('intent')
  }

  get tenant(): string | undefined {
    return this.#facts.text('tenant')
  }

  get session(): string | undefined {
    return this.#facts.text('session')
  }

  get step(): string | undefined {
    return this.#facts.text('step')
  }

  get tags(): Span['tags'] {
    return this.#json('tags')
  }

  get callSite(): Span['callSite'] {
    return this.#json('call_site')
  }

  /** Only those on which sums depend: how the call is billed. */
  get attributes(): Span['attributes'] {
    if (!this.#facts.mayHold('attributes', 'costflame.billing')) return {}
    return this.#json<Span['attributes']>('attributes') ?? {}
  }

  /** JSON that this program wrote itself. */
  #json<T>(name: string): T | undefined {
    const json = this.#facts.text(name)
    return json === undefined ? undefined : (JSON.parse(json) as T)
  }
}

/** Without what the provider said itself of usage. */
export function usageIn(facts: OpenFacts, outputTokens: number | null): Usage {
  const reasoning = facts.number('reasoning_tokens')
  const units = facts.text('units')
  return usageOf(
    {
      uncachedInputTokens: facts.number('uncached_input_tokens'),
      cacheReadTokens: facts.number('cache_read_tokens'),
      cacheWriteTokens: {
        '5m': facts.number('cache_write_5m'),
        '30m': facts.number('cache_write_30m'),
        '1h': facts.number('cache_write_1h'),
        '12h': facts.number('cache_write_12h'),
        unknown: facts.number('cache_write_unknown'),
      },
      outputTokens,
      ...(reasoning === null ? {} : { reasoningTokens: reasoning }),
      units: units === undefined ? {} : (JSON.parse(units) as Units),
    },
    (facts.text('usage_origin') ?? 'unknown') as Usage['origin'],
    null,
  )
}

/** Whether it is a lower bound stands in what many calls share of their cost. */
export function costIn(picoUsd: number, column: string, { shapes }: PackedFacts): CountedModelCall['cost'] {
  const json = column.startsWith('{') ? column : shapes.textOf(Number(column.slice(0, column.indexOf(':'))))
  return { picoUsd, ...(/"atLeast":true/.test(json) ? { atLeast: true } : {}) }
}
