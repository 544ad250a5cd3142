// A cost in the store: what changes from call to call as numbers, what many calls share (unit prices, book, source) as a shape.

import { usdOf } from '../model/money'
import type { Cost } from '../model/span'
import type { Shapes } from './pack'

/** `price:buckets moment`, or the cost as JSON where it is not of the usual form; `null` for none. */
export function packCost(cost: Cost | null, shapes: Shapes): string | null {
  if (cost === null) return null
  const { picoUsd, usd, byBucket, pricedAt, ...price } = cost
  const numbers = [
    byBucket.uncachedInput,
    byBucket.cacheRead,
    byBucket.cacheWrite,
    byBucket.output,
    byBucket.units,
  ]
  const packed = [...numbers, Date.parse(pricedAt)].join(' ')
  const column = `${shapes.keyOf(JSON.stringify(price))}:${packed}`
  const isSame = JSON.stringify(unpackCost(column, picoUsd, shapes)) === JSON.stringify(inOrder(cost))
  return isSame ? column : JSON.stringify(cost)
}

/** `picoUsd` is in a column of its own. */
export function unpackCost(column: string, picoUsd: number, shapes: Shapes): Cost {
  if (column.startsWith('{')) return JSON.parse(column) as Cost
  const colon = column.indexOf(':')
  const price = JSON.parse(shapes.textOf(Number(column.slice(0, colon)))) as Omit<
    Cost,
    'picoUsd' | 'usd' | 'byBucket' | 'pricedAt'
  >
  const [uncachedInput = 0, cacheRead = 0, cacheWrite = 0, output = 0, units = 0, pricedAt = 0] = column
    .slice(colon + 1)
    .split(' ')
    .map(Number)
  const byBucket = { uncachedInput, cacheRead, cacheWrite, output, units }
  return inOrder({
    ...price,
    ...{ picoUsd, usd: usdOf(picoUsd), byBucket },
    pricedAt: Number.isFinite(pricedAt) ? new Date(pricedAt).toISOString() : '',
  })
}

/** Fields in one order, so that two costs can be compared as text. */
function inOrder({ picoUsd, usd, byBucket, pricedAt, ...price }: Cost): Cost {
  return { picoUsd, usd, ...price, byBucket, pricedAt }
}
