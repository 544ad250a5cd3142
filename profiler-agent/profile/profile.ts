// A tree measured in one unit: how wide each node is, where it begins and in which row it lies. No pixels, no DOM.

import { at } from './columns'
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
  const weight = Float64Array.from(sumsOf(tree, unit), (value) => (value > 0 ? value : 0))
  return tiled(tree, unit, weight)
}

/** Boxes as wide as `weight` says, which is a node's own and that of its children; what it brings in itself is to their right. */
export function tiled(tree: Tree, unit: Unit, weight: Float64Array): Profile {
  const start = new Float64Array(tree.count)
  const nextStart = new Float64Array(tree.count)
  let rowCount = 0
  for (let node = 0; node < tree.count; node++) {
    const parent = at(tree.parent, node)
    if (parent !== -1) {
      start[node] = at(nextStart, parent)
      nextStart[parent] = at(start, node) + at(weight, node)
    }
    nextStart[node] = at(start, node)
    rowCount = Math.max(rowCount, at(tree.depth, node) + 1)
  }
  return { unit, inTime: false, tree, weight, start, row: tree.depth, rowCount, total: at(weight, 0) }
}

/** Boxes at the time that they ran. */
export function inTime(tree: Tree): Profile {
  return { unit: 'time', inTime: true, tree, ...placeInTime(tree) }
}
