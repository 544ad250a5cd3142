// The unit prices that stored calls were priced with, and nothing else of them. Many calls share theirs, so each is read once.

import type { SQLOutputValue } from 'node:sqlite'
import { present } from '../model/present'
import type { Cost } from '../model/span'
import { unpackId } from './pack'
import { PackedFacts } from './packed-facts'
import type { Store } from './store'

export interface StoredPrice {
  /** `provider/model` of the response, or of the request where there is none. */
  readonly model: string
  readonly tier?: string
  readonly cost: Pick<Cost, 'prices' | 'source'>
}

const SQL = `SELECT calls.run, spans.id, calls.cost, calls.facts FROM json_each(?) AS wanted
  JOIN calls ON calls.run = wanted.value JOIN spans ON spans.key = calls.span WHERE calls.cost IS NOT NULL`

/** By run id and span id; `undefined` for calls without a price. */
export function readCallPrices(
  store: Store,
  runIds: readonly string[],
): (runId: string, spanId: string) => StoredPrice | undefined {
  const runs = new Map(runIds.map((id) => [store.runKey(id), id]))
  const statement = store.prepare(SQL)
  statement.setReturnArrays(true)
  const facts = new PackedFacts(store.shapes)
  const lists = new PriceLists(store)
  const prices = new Map<string, StoredPrice>()
  const rows = statement.iterate(JSON.stringify([...runs.keys()].filter((key) => key !== undefined)))
  for (const [run, id = null, cost, packed] of rows as Iterable<unknown> as Iterable<SQLOutputValue[]>) {
    const call = facts.open(String(packed))
    const model = `${call.text('provider')}/${call.text('response_model') ?? call.text('request_model')}`
    const price = { model, ...present({ tier: call.text('tier') }), cost: lists.of(String(cost)) }
    prices.set(keyOf(runs.get(Number(run)) ?? '', unpackId(id)), price)
  }
  return (runId, spanId) => prices.get(keyOf(runId, spanId))
}

function keyOf(runId: string, spanId: string): string {
  return `${runId} ${spanId}`
}

/** A cost column is a shape that many calls share, or JSON. */
class PriceLists {
  readonly #byShape = new Map<string, StoredPrice['cost']>()

  constructor(readonly store: Store) {}

  of(column: string): StoredPrice['cost'] {
    if (column.startsWith('{')) return JSON.parse(column)
    const shape = column.slice(0, column.indexOf(':'))
    const known = this.#byShape.get(shape) ?? JSON.parse(this.store.shapes.textOf(Number(shape)))
    this.#byShape.set(shape, known)
    return known
  }
}
