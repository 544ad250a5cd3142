// Which nodes of a tree are rows: those whose ancestors are all open. Parts of prompts are closed until somebody opens them. No DOM.

import { at } from '../../profiler-agent/profile/columns'
import { isPart } from '../../profiler-agent/profile/span-tree'
import type { Tree } from '../../profiler-agent/profile/tree'
import { keyOf } from '../labels'

export class OpenRows {
  /** Keys of nodes that are not as they are by default; they stay while a run grows. */
  readonly #toggledKeys = new Set<string>()
  #toggled: ReadonlySet<number> = new Set()
  #tree: Tree | undefined
  #hidden: Uint8Array | undefined
  #rows: readonly number[] | undefined

  /** `hidden`, by node: 1 for what a filter leaves out. */
  show(tree: Tree, hidden: Uint8Array | undefined) {
    if (this.#tree === tree && this.#hidden === hidden) return
    if (this.#tree !== tree) this.#toggled = this.#toggledIn(tree)
    this.#tree = tree
    this.#hidden = hidden
    this.#rows = undefined
  }

  /** Nodes in the order of their rows. */
  get rows(): readonly number[] {
    this.#rows ??= this.#tree === undefined ? [] : this.#rowsOf(this.#tree)
    return this.#rows
  }

  isOpen(node: number): boolean {
    if (this.#tree === undefined || !this.hasChildren(node)) return false
    // The parts of prompts outnumber the calls by far.
    const openByDefault = !isPart(this.#tree, node + 1)
    return openByDefault !== this.#toggled.has(node)
  }

  /** Whether any that a filter leaves. */
  hasChildren(node: number): boolean {
    const [tree, hidden] = [this.#tree, this.#hidden]
    if (tree === undefined || hidden === undefined) return tree !== undefined && hasChildrenIn(tree, node)
    const end = at(tree.subtreeEnd, node)
    for (let child = node + 1; child < end; child = at(tree.subtreeEnd, child))
      if (at(hidden, child) === 0) return true
    return false
  }

  toggle(node: number) {
    if (this.#tree === undefined) return
    const key = rowKey(this.#tree, node)
    if (!this.#toggledKeys.delete(key)) this.#toggledKeys.add(key)
    const toggled = new Set(this.#toggled)
    if (!toggled.delete(node)) toggled.add(node)
    this.#toggled = toggled
    this.#rows = undefined
  }

  openAncestors(node: number) {
    if (this.#tree === undefined) return
    for (let parent = at(this.#tree.parent, node); parent !== -1; parent = at(this.#tree.parent, parent))
      if (!this.isOpen(parent)) this.toggle(parent)
  }

  #rowsOf(tree: Tree): readonly number[] {
    const hidden = this.#hidden
    const rows: number[] = []
    for (let node = 0; node < tree.count; ) {
      const isHidden = hidden !== undefined && at(hidden, node) === 1
      if (!isHidden) rows.push(node)
      node = !isHidden && this.isOpen(node) ? node + 1 : at(tree.subtreeEnd, node)
    }
    return rows
  }

  #toggledIn(tree: Tree): ReadonlySet<number> {
    const found = new Set<number>()
    if (this.#toggledKeys.size === 0) return found
    for (let node = 0; node < tree.count; node++)
      if (hasChildrenIn(tree, node) && this.#toggledKeys.has(rowKey(tree, node))) found.add(node)
    return found
  }
}

function hasChildrenIn(tree: Tree, node: number): boolean {
  return at(tree.subtreeEnd, node) > node + 1
}

/** Stays the same while the run grows. In some views several nodes, one below the other, stand for one span. */
export function rowKey(tree: Tree, node: number): string {
  return `${at(tree.depth, node)} ${keyOf(tree, node)}`
}

export interface Places {
  /** By node: which of its parent's children it is, from 1. */
  readonly position: Int32Array
  /** By node: how many children its parent has. */
  readonly siblings: Int32Array
}

export function placesIn(tree: Tree): Places {
  const children = new Int32Array(tree.count)
  const position = new Int32Array(tree.count).fill(1)
  for (let node = 1; node < tree.count; node++) {
    const parent = at(tree.parent, node)
    children[parent] = at(children, parent) + 1
    position[node] = at(children, parent)
  }
  const siblings = Int32Array.from(tree.parent, (parent) => (parent < 0 ? 1 : at(children, parent)))
  return { position, siblings }
}
