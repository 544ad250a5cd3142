// A cost in the store: what changes from call to call as numbers, what many calls share (unit prices, book, source) as a shape.

import { usdOf } from '../model/money'
import type { Cost, CostByBucket } from '../model/span'
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
  const moment = Date.parse(pricedAt)
  if (usd !== usdOf(picoUsd) || !isTime(moment, pricedAt)) return JSON.stringify(cost)
  return `${shapes.keyOf(JSON.stringify(price))}:${[...numbers, moment].join(' ')}`
}

/** Whether the text comes back from the number. */
function isTime(moment: number, text: string): boolean {
  return Number.isFinite(moment) && new Date(moment).toISOString() === text
}

/** `picoUsd` is in a column of its own. */
export function unpackCost(column: string, picoUsd: number, shapes: Shapes): Cost {
  if (column.startsWith('{')) return JSON.parse(column) as Cost
  const colon = column.indexOf(':')
  const price = JSON.parse(shapes.textOf(Number(column.slice(0, colon)))) as Omit<
    Cost,
    'picoUsd' | 'usd' | 'byBucket' | 'pricedAt'
  >
  const pricedAt = new Date(numbersIn(column)[5] ?? 0).toISOString()
  return { picoUsd, usd: usdOf(picoUsd), ...price, byBucket: unpackBuckets(column), pricedAt }
}

/** The cost by bucket alone. */
export function unpackBuckets(column: string): CostByBucket {
  if (column.startsWith('{')) return (JSON.parse(column) as Cost).byBucket
  const [uncachedInput = 0, cacheRead = 0, cacheWrite = 0, output = 0, units = 0] = numbersIn(column)
  return { uncachedInput, cacheRead, cacheWrite, output, units }
}

function numbersIn(column: string): number[] {
  return column
    .slice(column.indexOf(':') + 1)
    .split(' ')
    .map(Number)
}
