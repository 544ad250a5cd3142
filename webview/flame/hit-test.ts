// Finds the box under a point.

import { at } from '../../profiler-agent/profile/columns'
import type { Flame, FlameRow, Fraction } from './layout'

/** Boxes of a row that overlap by a clock's grain: so many before the last one may still reach over a point. */
const OVERLAPPING = 4

/** Node of the box at `x` in `row`, or `undefined`. `slack` is how far beside a box still counts, for boxes thinner than a pixel. */
export function nodeAt(flame: Flame, row: number, x: Fraction, slack: Fraction = 0): number | undefined {
  const boxes = flame.rows[row]
  if (boxes === undefined) return undefined
  const tick = nearestTick(boxes, x, slack)
  if (tick !== undefined) return at(boxes.node, tick)
  const index = lastStartingAtOrBefore(boxes.start, x)
  for (let back = index; back >= 0 && back > index - OVERLAPPING; back--)
    if (x < at(boxes.end, back)) return at(boxes.node, back)
  const next = index + 1
  const distanceToPrevious = index >= 0 ? x - at(boxes.end, index) : Number.POSITIVE_INFINITY
  const distanceToNext = next < boxes.start.length ? at(boxes.start, next) - x : Number.POSITIVE_INFINITY
  const nearest = distanceToPrevious <= distanceToNext ? index : next
  return Math.min(distanceToPrevious, distanceToNext) <= slack ? at(boxes.node, nearest) : undefined
}

/** What has no width is hit before the boxes beside it, else it could never be. */
function nearestTick({ start, ticks }: FlameRow, x: Fraction, slack: Fraction): number | undefined {
  if (slack === 0 || ticks.length === 0) return undefined
  let low = 0
  let high = ticks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(start, at(ticks, middle)) < x - slack) low = middle + 1
    else high = middle
  }
  return low < ticks.length && at(start, at(ticks, low)) <= x + slack ? at(ticks, low) : undefined
}

/** Index of the last entry of a sorted column at or before `x`; −1 when there is none. */
export function lastStartingAtOrBefore(column: Float64Array, x: Fraction): number {
  let low = 0
  let high = column.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(column, middle) <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}
