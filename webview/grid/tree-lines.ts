// Which nodes of a tree are rows of a tree grid: those below open ones, siblings in a given order. Pure.

import { at } from '../../profiler-agent/profile/columns'
import type { Tree } from '../../profiler-agent/profile/tree'

export interface TreeLine {
  readonly node: number
  /** From 1. */
  readonly level: number
  /** Absent for what has nothing below it. */
  readonly isOpen?: boolean
}

/** `order` sorts siblings; `undefined` leaves them as they stand in the tree. `root` itself is a line too. */
export function treeLines(
  tree: Tree,
  root: number,
  isOpen: (node: number) => boolean,
  order?: (left: number, right: number) => number,
): TreeLine[] {
  const lines: TreeLine[] = []
  const first = at(tree.depth, root)
  const pending = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const below = childrenOf(tree, node)
    const level = at(tree.depth, node) - first + 1
    const open = below.length > 0 && isOpen(node)
    lines.push({ node, level, ...(below.length > 0 ? { isOpen: open } : {}) })
    if (!open) continue
    if (order !== undefined) below.sort(order)
    pending.push(...below.reverse())
  }
  return lines
}

export function childrenOf({ subtreeEnd }: Tree, node: number): number[] {
  const children: number[] = []
  for (let child = node + 1; child < at(subtreeEnd, node); child = at(subtreeEnd, child)) children.push(child)
  return children
}

/** Labels from the root down to a node: stays the same while a run grows. */
export function pathKey(tree: Tree, node: number): string {
  const path: string[] = []
  for (let step = node; step > 0; step = at(tree.parent, step))
    path.push(`${at(tree.kind, step)} ${tree.labels[at(tree.label, step)] ?? ''}`)
  return path.join('\n')
}
