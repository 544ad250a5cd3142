// Which nodes of a difference are rows of its list, and in which order. Pure.

import { at } from '../../profiler-agent/profile/columns'
import { type Change, type DiffTree, deltaOf, type NodeDelta } from '../../profiler-agent/profile/diff-tree'
import type { Unit } from '../../profiler-agent/profile/measures'
import type { GridSort } from '../grid/grid-rows'
import { type TreeLine, treeLines } from '../grid/tree-lines'
import { nameOf } from '../labels'
import { hiddenBelow } from '../search'

/** Flat lists have no levels: then the row says where it is. */
export interface DiffLine extends Omit<TreeLine, 'level'> {
  readonly level?: number
}

export interface DiffQuery {
  readonly unit: Unit
  readonly sort: GridSort
  /** Only what changed so. */
  readonly shows: Change | undefined
  /** Only what matches, by node. */
  readonly found: Uint8Array | undefined
  /** What costs too little to be shown, by node. */
  readonly hidden: Uint8Array | undefined
  readonly isOpen: (node: number) => boolean
}

export const USUAL_SORT: GridSort = { column: 'delta', descending: true }

/** A tree, or where something is looked for a flat list. */
export function diffLines(diff: DiffTree, query: DiffQuery): readonly DiffLine[] {
  const order = orderBy(diff, query)
  const { shows, found } = query
  if (shows === undefined && found === undefined)
    return treeLines(diff.head, 0, query.isOpen, order).filter(
      ({ node }) => at(query.hidden ?? [], node) === 0 && isWorth(diff, node, query.unit),
    )
  const nodes = Array.from({ length: diff.head.count }, (_, node) => node).filter(
    (node) =>
      at(query.hidden ?? [], node) === 0 &&
      (found === undefined || at(found, node) === 1) &&
      (shows === undefined || isShown(diff, node, shows, query.unit)),
  )
  return nodes.sort(order).map((node) => ({ node }))
}

/** By node: 1 for what costs less than `picoUsd` on both sides; the whole picture always stays. */
export function hiddenInDiff(diff: DiffTree, picoUsd: number | undefined): Uint8Array | undefined {
  const [base, head] = [hiddenBelow(diff.base, picoUsd), hiddenBelow(diff.head, picoUsd)]
  return base && head && base.map((isHidden, node) => isHidden & at(head, node))
}

/** What is worth nothing on both sides (tools have no cost) would hide what is. */
function isWorth(diff: DiffTree, node: number, unit: Unit): boolean {
  const { base, head, change } = deltaOf(diff, node, unit)
  return node === 0 || change !== 'same' || base !== 0 || head !== 0
}

/** How many places changed in which way: of what is new or gone as a whole only the topmost. */
export function countChanges(diff: DiffTree, unit: Unit): Readonly<Record<Change, number>> {
  const counts: Record<Change, number> = { grew: 0, shrank: 0, appeared: 0, vanished: 0, same: 0, unknown: 0 }
  for (let node = 1; node < diff.head.count; node++) {
    const { change } = deltaOf(diff, node, unit)
    if (isShown(diff, node, change, unit)) counts[change]++
  }
  return counts
}

function isShown(diff: DiffTree, node: number, shows: Change, unit: Unit): boolean {
  if (node === 0 || deltaOf(diff, node, unit).change !== shows) return false
  const isWhole = shows === 'appeared' || shows === 'vanished'
  const parent = at(diff.head.parent, node)
  return !(isWhole && parent >= 0 && deltaOf(diff, parent, unit).change === shows)
}

function orderBy(diff: DiffTree, { sort, unit }: DiffQuery): (left: number, right: number) => number {
  const direction = sort.descending ? -1 : 1
  if (sort.column === 'name')
    return (left, right) => direction * nameOf(diff.head, left).localeCompare(nameOf(diff.head, right))
  const sizes = (node: number) => sizeOf(deltaOf(diff, node, unit), sort.column)
  return (left, right) => direction * (sizes(left) - sizes(right)) || left - right
}

/** A difference is as large downwards as it is upwards; what is not known is smallest. */
function sizeOf({ base, head, delta }: NodeDelta, column: string): number {
  const value = column === 'base' ? base : column === 'head' ? head : delta
  const size = Math.abs(column === 'change' && base > 0 ? delta / base : value)
  return Number.isNaN(size) ? -1 : size
}

/** Open at first: the way down to the largest differences. */
export function openAtFirst(diff: DiffTree, unit: Unit): ReadonlySet<number> {
  const open = new Set<number>([0])
  const whole = Math.max(...[0, ...topDeltas(diff, unit)])
  for (let node = 1; node < diff.head.count; node++) {
    const parent = at(diff.head.parent, node)
    const isLarge = Math.abs(deltaOf(diff, node, unit).delta) >= whole / 4
    if (isLarge && whole > 0 && open.has(parent) && at(diff.head.depth, node) < 4) open.add(node)
  }
  return open
}

function topDeltas(diff: DiffTree, unit: Unit): number[] {
  const deltas: number[] = []
  for (let node = 1; node < diff.head.count; node++)
    if (at(diff.head.depth, node) === 1) deltas.push(Math.abs(deltaOf(diff, node, unit).delta) || 0)
  return deltas
}
