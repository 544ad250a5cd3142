// Turns a profile into rows of boxes in fractions of the whole picture. It knows no pixels and no colours.

import { at, Flag } from '../../profiler-agent/profile/columns'
import { NO_ROW, type Profile } from '../../profiler-agent/profile/profile'
import { NO_PART } from '../../profiler-agent/profile/tree'

/** 0 is the left end of the whole picture, 1 the right end. */
export type Fraction = number

/** Boxes of one row, sorted by start. `start`, `end` and `node` have the same length. */
export interface FlameRow {
  readonly start: Float64Array
  readonly end: Float64Array
  /** Index of the node in the profile's tree. */
  readonly node: Int32Array
  /** Indexes into this row: calls without any width, which would be lost between their neighbours. */
  readonly ticks: Int32Array
  /** Indexes into this row: spans that failed, were blocked or cut short. */
  readonly troubles: Int32Array
}

export interface Flame {
  readonly profile: Profile
  /** By node: 1 for what a filter leaves out. */
  readonly hidden: Uint8Array | undefined
  readonly rows: readonly FlameRow[]
}

/**
 * Lays out every box that `hidden` does not leave out. Parts of prompts without weight get none (there is nothing to see);
 * spans keep one without width, because something happened there.
 */
export function layoutFlame(profile: Profile, hidden?: Uint8Array): Flame {
  const lengths = new Int32Array(profile.rowCount)
  const empty: Flame = { profile, hidden, rows: [] }
  for (let node = 0; node < profile.tree.count; node++)
    if (hasBox(empty, node)) {
      const row = at(profile.row, node)
      lengths[row] = at(lengths, row) + 1
    }
  const nodes = Array.from(lengths, (length) => new Int32Array(length))
  const filled = new Int32Array(profile.rowCount)
  for (let node = 0; node < profile.tree.count; node++) {
    if (!hasBox(empty, node)) continue
    const row = at(profile.row, node)
    const own = nodes[row]
    if (own !== undefined) own[at(filled, row)] = node
    filled[row] = at(filled, row) + 1
  }
  while (nodes.at(-1)?.length === 0) nodes.pop()
  return { profile, hidden, rows: nodes.map((row) => rowOf(profile, row)) }
}

function rowOf(profile: Profile, nodes: Int32Array): FlameRow {
  // Depth-first order is the order from left to right, but for lanes in time.
  if (!isSorted(profile.start, nodes)) nodes.sort((a, b) => at(profile.start, a) - at(profile.start, b))
  const { total, weight } = profile
  const start = new Float64Array(nodes.length)
  const end = new Float64Array(nodes.length)
  const ticks: number[] = []
  const troubles: number[] = []
  for (let index = 0; index < nodes.length; index++) {
    const node = at(nodes, index)
    const from = at(profile.start, node)
    start[index] = from / total
    end[index] = (from + at(weight, node)) / total
    const span = spanAt(profile, node)
    if (span < 0) continue
    const { flags, status } = profile.tree.columns
    if (at(weight, node) === 0 && (at(flags, span) & Flag.call) !== 0) ticks.push(index)
    if (at(status, span) !== 0) troubles.push(index)
  }
  return { start, end, node: nodes, ticks: Int32Array.from(ticks), troubles: Int32Array.from(troubles) }
}

function isSorted(start: Float64Array, nodes: Int32Array): boolean {
  for (let index = 1; index < nodes.length; index++)
    if (at(start, at(nodes, index)) < at(start, at(nodes, index - 1))) return false
  return true
}

/** The span whose box this is, −1 for what stands for several spans or for a part of one. */
function spanAt({ tree }: Profile, node: number): number {
  const span = at(tree.span, node)
  return span >= 0 && at(tree.nodeOf, span) === node && at(tree.part, node) === NO_PART ? span : -1
}

function hasBox({ profile, hidden }: Flame, node: number): boolean {
  if (profile.total === 0 || at(profile.row, node) === NO_ROW) return false
  if (hidden !== undefined && hidden[node] === 1) return false
  return at(profile.weight, node) > 0 || at(profile.tree.part, node) === NO_PART
}

export interface Box {
  readonly start: Fraction
  readonly end: Fraction
  readonly row: number
}

/** Where a node lies, or `undefined` if it has no box in this picture. */
export function boxOf(flame: Flame, node: number): Box | undefined {
  const { profile } = flame
  if (node < 0 || node >= profile.tree.count || !hasBox(flame, node)) return undefined
  const start = at(profile.start, node)
  return {
    start: start / profile.total,
    end: (start + at(profile.weight, node)) / profile.total,
    row: at(profile.row, node),
  }
}

/** By row: indexes of the boxes whose node is marked (1) in `mask`. */
export function markedBoxes(flame: Flame, mask: Uint8Array): readonly Int32Array[] {
  return flame.rows.map(({ node }) => {
    const found: number[] = []
    for (let index = 0; index < node.length; index++) if (at(mask, at(node, index)) === 1) found.push(index)
    return Int32Array.from(found)
  })
}
