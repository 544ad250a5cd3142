// Lays the spans of a run out in time: real start, real width, and lanes so that what ran at once lies one below the other.

import { LaneEnds } from './lane-ends'
import { NO_PART, type Tree } from './tree'

/**
 * Places every node but parts of prompts, which get no row. Times are milliseconds after the first start of the run.
 * A child lies below its parent; children that overlap in time get lanes of their own, each as deep as what it holds:
 *
 *   run     ████████████████
 *   agent   █████████████        lane 1
 *   call     ████  ████
 *   agent       ██████████       lane 2 (ran beside the first)
 *   call         ███  ████
 */
export function placeInTime(tree: Tree) {
  const { start, weight } = ownPlaces(tree)
  const first = firstStart(tree, start)
  for (let node = 0; node < tree.count; node++)
    if (isPlaced(tree, node)) start[node] = (start[node] ?? 0) - first
  const reach = reachOf(tree, start, weight)
  const total = reach.end[0] ?? 0
  start[0] = 0
  weight[0] = total
  return { start, weight, ...rowsOf(tree, reach), total }
}

/** The picture begins with what began first, also where a clock stepped back before the run's own start. */
function firstStart(tree: Tree, start: Float64Array): number {
  let first = Number.POSITIVE_INFINITY
  for (let node = 0; node < tree.count; node++)
    if (isPlaced(tree, node)) first = Math.min(first, start[node] ?? 0)
  return first
}

/** From where to where a node and all below it reach: a child may begin before its parent and end after it. */
interface Reach {
  readonly begin: Float64Array
  readonly end: Float64Array
}

function reachOf(tree: Tree, start: Float64Array, weight: Float64Array): Reach {
  const begin = start.slice()
  const end = start.map((from, node) => from + (weight[node] ?? 0))
  for (let node = tree.count - 1; node > 0; node--) {
    if (!isPlaced(tree, node)) continue
    const above = tree.parent[node] ?? 0
    begin[above] = Math.min(begin[above] ?? 0, begin[node] ?? 0)
    end[above] = Math.max(end[above] ?? 0, end[node] ?? 0)
  }
  return { begin, end }
}

function isPlaced({ part }: Tree, node: number): boolean {
  return part[node] === NO_PART
}

/** In milliseconds after the start of the run. */
function ownPlaces(tree: Tree) {
  const { columns, count, span, gaps } = tree
  const start = new Float64Array(count)
  const weight = new Float64Array(count)
  for (let node = 0; node < count; node++) {
    if (!isPlaced(tree, node)) continue
    start[node] = columns.start[span[node] ?? -1] ?? 0
    weight[node] = columns.duration[span[node] ?? -1] ?? 0
  }
  for (const [node, gap] of gaps ?? []) {
    start[node] = gap.start
    weight[node] = gap.duration
  }
  return { start, weight }
}

/** Starts are told by a clock of whole milliseconds, durations by another one: what came one after the other may seem to overlap. */
const CLOCK_GRAIN_MS = 1
const CLOCK_NOISE_MS = 10
const CLOCK_NOISE_PART = 0.1

/** How much of a span may overlap with another one before the two count as side by side. */
function noiseOf(length: number): number {
  return Math.min(length / 2, Math.max(CLOCK_GRAIN_MS, Math.min(CLOCK_NOISE_MS, length * CLOCK_NOISE_PART)))
}

function rowsOf(tree: Tree, reach: Reach) {
  const { count, parent } = tree
  /** Rows that a subtree takes. */
  const height = new Int32Array(count).fill(1)
  /** Rows between a node and its parent. */
  const below = new Int32Array(count)
  const lanes = new LaneEnds()
  for (let node = count - 1; node >= 0; node--) {
    if ((tree.subtreeEnd[node] ?? 0) > node + 1)
      height[node] = layOut(tree, node, { ...reach, height, below }, lanes)
  }
  const row = new Int32Array(count).fill(-1)
  row[0] = 0
  for (let node = 1; node < count; node++)
    if (isPlaced(tree, node)) row[node] = (row[parent[node] ?? 0] ?? 0) + (below[node] ?? 0)
  return { row, rowCount: height[0] ?? 0 }
}

interface Layout extends Reach {
  readonly height: Int32Array
  readonly below: Int32Array
}

/** Gives each child of a node the first lane that is free when it starts; children come in the order of their start. Gives the height of it all. */
function layOut(tree: Tree, node: number, { begin, end, height, below }: Layout, lanes: LaneEnds): number {
  lanes.clear()
  const laneHeights: number[] = []
  forChildren(tree, node, (child) => {
    const from = begin[child] ?? 0
    const to = end[child] ?? 0
    const lane = lanes.take(from, to, noiseOf(to - from))
    below[child] = lane
    laneHeights[lane] = Math.max(laneHeights[lane] ?? 0, height[child] ?? 1)
  })
  const tops: number[] = []
  let rows = 1
  for (const laneHeight of laneHeights) {
    tops.push(rows)
    rows += laneHeight
  }
  forChildren(tree, node, (child) => {
    below[child] = tops[below[child] ?? 0] ?? 1
  })
  return rows
}

function forChildren(tree: Tree, node: number, each: (child: number) => void) {
  const end = tree.subtreeEnd[node] ?? 0
  for (let child = node + 1; child < end; child = tree.subtreeEnd[child] ?? end)
    if (isPlaced(tree, child)) each(child)
}
