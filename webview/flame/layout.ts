// Turns a profile into rows of boxes. Where a box lies is said in fractions of the whole picture; it knows no pixels and no colours.

import { at, Flag } from '../../profiler-agent/profile/columns'
import type { Unit } from '../../profiler-agent/profile/measures'
import { NO_ROW, type Profile } from '../../profiler-agent/profile/profile'
import { NO_PART } from '../../profiler-agent/profile/tree'

/** 0 is the left end of the whole picture, 1 the right end. */
export type Fraction = number

/** Nodes of the profile's tree whose boxes lie in one row, from left to right. */
export interface FlameRow {
  readonly nodes: Int32Array
  /** Of them the spans that failed, were blocked or cut short. */
  readonly troubles: Int32Array
  /** Of them the other calls that have no width, which would be lost between their neighbours. */
  readonly ticks: Int32Array
  /** Of them the calls whose tokens were counted by us, or whose cost is a lower bound; in time, the tools whose time is that of the traffic. */
  readonly estimates: Int32Array
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
  const nodes = nodesByRow(profile, hidden)
  while (nodes.at(-1)?.length === 0) nodes.pop()
  const marked = markedByRow(profile, hidden)
  return {
    profile,
    hidden,
    rows: nodes.map((row, index) => ({
      nodes: row,
      troubles: Int32Array.from(marked.troubles[index] ?? []),
      ticks: Int32Array.from(marked.ticks[index] ?? []),
      estimates: Int32Array.from(marked.estimates[index] ?? []),
    })),
  }
}

/**
 * In one go over all nodes: a million of them have to be laid out before anything is seen. Here, as in all loops over all nodes,
 * columns are read directly: `at` reads all kinds of them, which makes it many times slower.
 */
function nodesByRow(profile: Profile, hidden: Uint8Array | undefined): Int32Array[] {
  const { row, weight, total, rowCount } = profile
  const { part, count } = profile.tree
  const shown = new Int32Array(count).fill(NO_ROW)
  const lengths = new Int32Array(rowCount)
  for (let node = 0; total > 0 && node < count; node++) {
    const own = row[node] ?? NO_ROW
    if (own === NO_ROW || (hidden !== undefined && hidden[node] === 1)) continue
    if (weight[node] === 0 && part[node] !== NO_PART) continue
    shown[node] = own
    lengths[own] = (lengths[own] ?? 0) + 1
  }
  const nodes = Array.from(lengths, (length) => new Int32Array(length))
  const filled = new Int32Array(rowCount)
  for (let node = 0; node < count; node++) {
    const own = shown[node] ?? NO_ROW
    const list = nodes[own]
    if (list === undefined) continue
    const index = filled[own] ?? 0
    list[index] = node
    filled[own] = index + 1
  }
  for (const list of nodes) sortByStart(list, profile.start)
  return nodes
}

/** Depth-first order is the order from left to right, but for lanes in time. */
function sortByStart(nodes: Int32Array, start: Float64Array) {
  let before = Number.NEGATIVE_INFINITY
  for (let index = 0; index < nodes.length; index++) {
    const from = start[nodes[index] ?? 0] ?? 0
    if (from < before) return void nodes.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0))
    before = from
  }
}

type Mark = 'troubles' | 'ticks' | 'estimates'

/** Only boxes that stand for one span are marked, not what stands for several or for a part of one. */
function markedByRow({ tree, weight, row, start, unit }: Profile, hidden: Uint8Array | undefined) {
  const { columns, nodeOf, span, part } = tree
  const { flags, status } = columns
  const marked: Readonly<Record<Mark, number[][]>> = { troubles: [], ticks: [], estimates: [] }
  for (let index = 0; index < columns.count; index++) {
    const node = nodeOf[index] ?? -1
    const mark = markOf(flags[index] ?? 0, status[index] ?? 0, weight[node] === 0, unit)
    const own = row[node] ?? NO_ROW
    if (mark === undefined || own === NO_ROW || span[node] !== index) continue
    if (part[node] !== NO_PART || hidden?.[node] === 1) continue
    const list = marked[mark][own] ?? []
    marked[mark][own] = list
    list.push(node)
  }
  for (const rows of Object.values(marked))
    for (const list of rows) list?.sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || a - b)
  return marked
}

function markOf(flags: number, status: number, isWithoutWidth: boolean, unit: Unit): Mark | undefined {
  if (status !== 0) return 'troubles'
  // When such a tool ran between two calls nobody knows.
  if (unit === 'time' && (flags & Flag.derived) !== 0) return 'estimates'
  if ((flags & Flag.call) === 0) return undefined
  if (isWithoutWidth) return 'ticks'
  return (flags & (Flag.estimated | Flag.atLeast)) === 0 ? undefined : 'estimates'
}

export interface Box {
  readonly start: Fraction
  readonly end: Fraction
  readonly row: number
}

/** Where a node lies, or `undefined` if it has no box in this picture. */
export function boxOf({ profile, hidden }: Flame, node: number): Box | undefined {
  const { tree, total, weight, start } = profile
  if (node < 0 || node >= tree.count || total === 0 || at(profile.row, node) === NO_ROW) return undefined
  if (hidden?.[node] === 1 || (at(weight, node) === 0 && at(tree.part, node) !== NO_PART)) return undefined
  const from = at(start, node)
  return { start: from / total, end: (from + at(weight, node)) / total, row: at(profile.row, node) }
}

/** By row: the nodes that are marked (1) in `mask`. */
export function markedBoxes({ rows }: Flame, mask: Uint8Array): readonly Int32Array[] {
  return rows.map(({ nodes }) => {
    const found = new Int32Array(nodes.length)
    let count = 0
    for (let index = 0; index < nodes.length; index++) {
      const node = nodes[index] ?? 0
      if (mask[node] === 1) found[count++] = node
    }
    return found.slice(0, count)
  })
}

/** Index of the last of some nodes, sorted by start, that starts at or before `place` (in the profile's unit); −1 when none does. */
export function lastStartingAtOrBefore({ start }: Profile, nodes: Int32Array, place: number): number {
  let low = 0
  let high = nodes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((start[nodes[middle] ?? 0] ?? 0) <= place) low = middle + 1
    else high = middle
  }
  return low - 1
}
