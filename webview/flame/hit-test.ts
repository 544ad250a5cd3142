// Finds the box under a point.

import { at } from '../../profiler-agent/profile/tree'
import type { Flame, FlameRow, Fraction } from './layout'

/** Node of the box at `x` in `row`, or `undefined`. `slack` is how far beside a box still counts, for boxes thinner than a pixel. */
export function nodeAt(flame: Flame, row: number, x: Fraction, slack: Fraction = 0): number | undefined {
  const boxes = flame.rows[row]
  if (boxes === undefined) return undefined
  const index = lastStartingAtOrBefore(boxes, x)
  if (index >= 0 && x < at(boxes.end, index)) return at(boxes.node, index)
  const next = index + 1
  const distanceToPrevious = index >= 0 ? x - at(boxes.end, index) : Number.POSITIVE_INFINITY
  const distanceToNext = next < boxes.start.length ? at(boxes.start, next) - x : Number.POSITIVE_INFINITY
  const nearest = distanceToPrevious <= distanceToNext ? index : next
  return Math.min(distanceToPrevious, distanceToNext) <= slack ? at(boxes.node, nearest) : undefined
}

/** Index of the last box that starts at or before `x`; −1 when there is none. */
export function lastStartingAtOrBefore(row: FlameRow, x: Fraction): number {
  let low = 0
  let high = row.start.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(row.start, middle) <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}
