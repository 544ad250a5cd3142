// Lays the spans of a run out in time: real start, real width, and lanes so that what ran at once lies one below the other.

import { at } from './columns'
import { NO_PART, type Tree } from './tree'

/**
 * Places every span node; segments get no row. Times are milliseconds after the first start of the run.
 * A child lies below its parent; children that overlap in time get lanes of their own, each as deep as what it holds:
 *
 *   run     ████████████████
 *   agent   █████████████        lane 1
 *   call     ████  ████
 *   agent       ██████████       lane 2 (ran beside the first)
 *   call         ███  ████
 */
export function placeInTime(tree: Tree) {
  const { start, weight, end, total } = spanTimes(tree)
  const { row, rowCount } = assignRows(tree, start, end)
  return { start, weight, row, rowCount, total }
}

/** `end` is where the whole subtree ends, which may be after the span itself. */
function spanTimes(tree: Tree) {
  const { columns } = tree
  const start = new Float64Array(tree.count).fill(Number.NaN)
  const weight = new Float64Array(tree.count)
  const end = new Float64Array(tree.count).fill(Number.NEGATIVE_INFINITY)
  for (let node = 0; node < tree.count; node++) {
    const span = at(tree.part, node) === NO_PART ? at(tree.span, node) : -1
    if (span < 0) continue
    start[node] = at(columns.start, span)
    weight[node] = at(columns.duration, span)
    end[node] = at(start, node) + at(weight, node)
  }
  for (let node = tree.count - 1; node > 0; node--) {
    const parent = at(tree.parent, node)
    if (at(end, node) > at(end, parent)) end[parent] = at(end, node)
  }
  return shiftToZero(start, weight, end)
}

/** The picture begins with what began first, also where a clock stepped back before the run's own start. */
function shiftToZero(start: Float64Array, weight: Float64Array, end: Float64Array) {
  let first = Number.POSITIVE_INFINITY
  for (const value of start) if (value < first) first = value
  if (first === Number.POSITIVE_INFINITY) first = 0
  const total = Math.max(0, at(end, 0) - first)
  for (let node = 0; node < start.length; node++) {
    start[node] = Number.isNaN(at(start, node)) ? 0 : at(start, node) - first
    end[node] = at(end, node) - first
  }
  start[0] = 0
  weight[0] = total
  return { start, weight, end, total }
}

/** Start times are whole milliseconds: what came one after the other may seem to overlap by as much. */
const CLOCK_GRAIN_MS = 1

interface Lane {
  end: number
  height: number
  readonly members: number[]
}

function assignRows(tree: Tree, start: Float64Array, end: Float64Array) {
  const height = new Int32Array(tree.count).fill(1)
  const lanes = new Map<number, Lane[]>()
  const children = childSpans(tree)
  for (let node = tree.count - 1; node >= 0; node--) {
    const laid = lanesOf(children.get(node) ?? [], start, end, height)
    if (laid.length > 0) lanes.set(node, laid)
    height[node] = laid.reduce((sum, lane) => sum + lane.height, 1)
  }
  const row = new Int32Array(tree.count).fill(-1)
  row[0] = 0
  for (let node = 0; node < tree.count; node++) {
    let below = at(row, node) + 1
    for (const lane of lanes.get(node) ?? []) {
      for (const member of lane.members) row[member] = below
      below += lane.height
    }
  }
  return { row, rowCount: at(height, 0) }
}

function childSpans(tree: Tree): Map<number, number[]> {
  const children = new Map<number, number[]>()
  for (let node = 1; node < tree.count; node++) {
    if (at(tree.part, node) !== NO_PART) continue
    const parent = at(tree.parent, node)
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [node])
    else siblings.push(node)
  }
  return children
}

/** First lane that is free when the child starts; children come in start order. */
function lanesOf(
  children: readonly number[],
  start: Float64Array,
  end: Float64Array,
  height: Int32Array,
): Lane[] {
  const lanes: Lane[] = []
  for (const child of children) {
    const slack = Math.min(CLOCK_GRAIN_MS, (at(end, child) - at(start, child)) / 2)
    const free = lanes.find((lane) => lane.end <= at(start, child) + slack)
    if (free === undefined) {
      lanes.push({ end: at(end, child), height: at(height, child), members: [child] })
      continue
    }
    free.members.push(child)
    free.end = at(end, child)
    free.height = Math.max(free.height, at(height, child))
  }
  return lanes
}
