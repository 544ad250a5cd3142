// A tree measured in one unit: how wide each node is, where it begins and in which row it lies. No pixels, no DOM.

import { sumsOf, type Unit } from './measures'
import { placeInTime } from './timeline'
import type { Tree } from './tree'

/** A node that has no place in this picture (parts of a prompt have no time). */
export const NO_ROW = -1

/**
 * Columns by node of `tree`. A box of node `i` lies in row `row[i]` from `start[i]` to `start[i] + weight[i]`, in the unit,
 * counted from the beginning of the picture. By weight, children tile their parent and their weights sum to its own exactly.
 */
export interface Profile {
  readonly unit: Unit
  /** True where boxes lie at the time they ran: gaps between them, and width is time on the clock. */
  readonly inTime: boolean
  readonly tree: Tree
  readonly weight: Float64Array
  readonly start: Float64Array
  readonly row: Int32Array
  readonly rowCount: number
  /** Width of the whole picture; 0 when there is nothing to show in this unit. */
  readonly total: number
}

/** Boxes tile their parents by weight: every view but the timeline. */
export function byWeight(tree: Tree, unit: Unit): Profile {
  return tiled(
    tree,
    unit,
    sumsOf(tree, unit).map((value) => (value > 0 ? value : 0)),
  )
}

/** Boxes as wide as `weight` says, which is a node's own and that of its children; what it brings in itself is to their right. */
export function tiled(tree: Tree, unit: Unit, weight: Float64Array): Profile {
  const { count, parent, depth } = tree
  const start = new Float64Array(count)
  const nextStart = new Float64Array(count)
  let rowCount = 0
  for (let node = 0; node < count; node++) {
    const above = parent[node] ?? -1
    const from = above === -1 ? 0 : (nextStart[above] ?? 0)
    start[node] = from
    nextStart[node] = from
    if (above !== -1) nextStart[above] = from + (weight[node] ?? 0)
    const row = depth[node] ?? 0
    if (row >= rowCount) rowCount = row + 1
  }
  return { unit, inTime: false, tree, weight, start, row: depth, rowCount, total: weight[0] ?? 0 }
}

/** Boxes at the time that they ran. */
export function inTime(tree: Tree): Profile {
  return { unit: 'time', inTime: true, tree, ...placeInTime(tree) }
}
