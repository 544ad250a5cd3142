// Turns a profile into rows of boxes in fractions of the whole picture. It knows no pixels and no colours.

import { NO_ROW, type Profile } from '../../profiler-agent/profile/profile'
import { at } from '../../profiler-agent/profile/tree'

/** 0 is the left end of the whole picture, 1 the right end. */
export type Fraction = number

/** Boxes of one row, sorted by start. Columns have the same length. */
export interface FlameRow {
  readonly start: Float64Array
  readonly end: Float64Array
  /** Index of the node in the profile's tree. */
  readonly node: Int32Array
}

export interface Flame {
  readonly profile: Profile
  readonly rows: readonly FlameRow[]
}

/**
 * Lays out every box. Nodes without weight get none in cost and tokens (there is nothing to see);
 * in time they keep one, because something happened there.
 */
export function layoutFlame(profile: Profile): Flame {
  const nodes: number[][] = Array.from({ length: profile.rowCount }, () => [])
  for (let node = 0; node < profile.tree.count; node++) {
    const row = at(profile.row, node)
    if (row === NO_ROW || profile.total === 0) continue
    if (profile.unit !== 'time' && at(profile.weight, node) === 0) continue
    nodes[row]?.push(node)
  }
  while (nodes.length > 0 && nodes.at(-1)?.length === 0) nodes.pop()
  return { profile, rows: nodes.map((row) => rowOf(profile, row)) }
}

function rowOf(profile: Profile, nodes: number[]): FlameRow {
  nodes.sort((a, b) => at(profile.start, a) - at(profile.start, b))
  const start = Float64Array.from(nodes, (node) => at(profile.start, node) / profile.total)
  const end = Float64Array.from(
    nodes,
    (node) => (at(profile.start, node) + at(profile.weight, node)) / profile.total,
  )
  return { start, end, node: Int32Array.from(nodes) }
}

/** Where a node lies, or `undefined` if it has no box in this unit. */
export function boxOf(
  flame: Flame,
  node: number,
): { start: Fraction; end: Fraction; row: number } | undefined {
  const { profile } = flame
  const row = at(profile.row, node)
  if (row === NO_ROW || profile.total === 0 || node >= profile.tree.count) return undefined
  if (profile.unit !== 'time' && at(profile.weight, node) === 0) return undefined
  const start = at(profile.start, node)
  return { start: start / profile.total, end: (start + at(profile.weight, node)) / profile.total, row }
}
