// A run's tree measured in one unit: how wide each node is, where it begins and in which row it lies. No pixels, no DOM.

import type { Run } from '../model/span'
import { placeInTime } from './timeline'
import { at, buildTree, type RunTree } from './tree'

/** `cost` in pico-dollars, `tokens` in tokens, `time` in milliseconds. */
export type ProfileUnit = 'cost' | 'tokens' | 'time'

/** A node that has no place in this unit (segments have no time). */
export const NO_ROW = -1

/**
 * Columns by node of `tree`. A box of node `i` lies in row `row[i]` from `start[i]` to `start[i] + weight[i]`, in the unit,
 * counted from the beginning of the run. In cost and tokens, children tile their parent and their weights sum to its own exactly.
 */
export interface Profile {
  readonly unit: ProfileUnit
  readonly tree: RunTree
  readonly weight: Float64Array
  readonly start: Float64Array
  readonly row: Int32Array
  readonly rowCount: number
  /** Width of the whole picture; 0 when the run has nothing to show in this unit. */
  readonly total: number
  /** 1 where billed calls of the subtree have no cost, so that its width in `cost` is too small. */
  readonly unpriced: Uint8Array
}

export function buildProfile(run: Run, unit: ProfileUnit): Profile {
  return measure(buildTree(run), unit)
}

/** The same for a tree that is built already: switching the unit does not build it again. */
export function measure(tree: RunTree, unit: ProfileUnit): Profile {
  const unpriced = Uint8Array.from(tree.unpricedCalls, (calls) => (calls > 0 ? 1 : 0))
  const placed =
    unit === 'time' ? placeInTime(tree) : placeByWeight(tree, unit === 'cost' ? tree.picoUsd : tree.tokens)
  return { unit, tree, unpriced, ...placed }
}

function placeByWeight(tree: RunTree, values: Float64Array) {
  const weight = values.map((value) => (Number.isNaN(value) ? 0 : value))
  const start = new Float64Array(tree.count)
  // Where the next child of each node begins.
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
  return { weight, start, row: tree.depth, rowCount, total: at(weight, 0) }
}
