// Finds the box under a point.

import { at } from '../../profiler-agent/profile/columns'
import { type Flame, type Fraction, lastStartingAtOrBefore } from './layout'

/** Boxes of a row may overlap by a clock's grain: so many before the last one may still reach over a point. */
const OVERLAPPING = 4

/** Node of the box at `x` in `row`, or `undefined`. `slack` is how far beside a box still counts, for boxes thinner than a pixel. */
export function nodeAt(flame: Flame, row: number, x: Fraction, slack: Fraction = 0): number | undefined {
  const { profile } = flame
  const boxes = flame.rows[row]
  if (boxes === undefined) return undefined
  const { nodes } = boxes
  const place = x * profile.total
  const room = slack * profile.total
  // What has a mark because it is too narrow to be seen is hit before the boxes beside it, else it never could be.
  for (const marked of [boxes.troubles, boxes.ticks]) {
    const mark = nearest(profile, marked, place, room)
    if (mark !== undefined && at(profile.weight, mark) < room) return mark
  }
  const last = lastStartingAtOrBefore(profile, nodes, place)
  for (let index = last; index >= 0 && index > last - OVERLAPPING; index--) {
    const node = at(nodes, index)
    if (place < at(profile.start, node) + at(profile.weight, node)) return node
  }
  return nearest(profile, nodes, place, room)
}

/** Of the nodes beside a place the one that is nearest, if it is near enough. */
function nearest(
  profile: Flame['profile'],
  nodes: Int32Array,
  place: number,
  room: number,
): number | undefined {
  const last = lastStartingAtOrBefore(profile, nodes, place)
  const [before, after] = [nodes[last], nodes[last + 1]]
  const toBefore =
    before === undefined
      ? Number.POSITIVE_INFINITY
      : place - at(profile.start, before) - at(profile.weight, before)
  const toAfter = after === undefined ? Number.POSITIVE_INFINITY : at(profile.start, after) - place
  if (Math.min(toBefore, toAfter) > room) return undefined
  return toBefore <= toAfter ? before : after
}
