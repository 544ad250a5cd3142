// The tree that a picture shows, whatever the view: nodes with a label and a kind, and which spans and parts of prompts they stand for.
// Kept as columns (one typed array a property), so that a million nodes stay cheap to build, to walk and to draw.

import { at, PART_KINDS, type RunColumns, SPAN_KINDS } from './columns'
import type { Count, Unit } from './measures'

/** What a node is; `kind` of a tree is an index into it. Span kinds first, so that a span's kind is its node's. */
export const NODE_KINDS = [...SPAN_KINDS, ...PART_KINDS, 'rest', 'function', 'group', 'toolTime'] as const
export type NodeKind = (typeof NODE_KINDS)[number]

/** `part` of a node that is no part of a prompt. */
export const NO_PART = -1
/** `part` of the leaf that carries what a call costs beyond its parts, or beside the calls below it. */
export const REST_OF_CALL = -2

export function kindIndex(kind: NodeKind): number {
  return NODE_KINDS.indexOf(kind)
}

/**
 * Nodes in depth-first order, parents before their children; node 0 is the whole picture.
 * The subtree of node `i` is the nodes `i` to `subtreeEnd[i]` (exclusive).
 * Each span's own cost, tokens and time lie at the one node `nodeOf[span]` (or, cut up, at its parts), so that in every view
 * the values of the whole picture are those of the run, and children add up to their parents.
 */
export interface Tree {
  readonly columns: RunColumns
  readonly count: number
  /** Index of the parent node; −1 for node 0. */
  readonly parent: Int32Array
  readonly depth: Int32Array
  readonly subtreeEnd: Int32Array
  /** Index into NODE_KINDS. */
  readonly kind: Uint8Array
  /** Index into `labels`. */
  readonly label: Int32Array
  readonly labels: readonly string[]
  /** The span that the node stands for, of several the most expensive one; −1 where there is none. */
  readonly span: Int32Array
  /** Index into the parts of `columns`, or NO_PART, or REST_OF_CALL. */
  readonly part: Int32Array
  /** By span: the node where its own values lie; −1 for a span that the view leaves out. */
  readonly nodeOf: Int32Array
  /** What each node brings in itself (NaN: not known), of a tree made out of another one: then that counts, and not `nodeOf`. */
  readonly own?: (measure: Unit | Count) => Float64Array
  /** By node of kind `toolTime`: a time that no span tells of. */
  readonly gaps?: ReadonlyMap<number, Gap>
}

/** Derived: nobody measured it. Milliseconds, `start` after the start of the run. */
export interface Gap {
  readonly start: number
  readonly duration: number
}

/** Nodes that a builder has room for at first, beside those of the spans. */
const FIRST_ROOM = 64

/** Grows the columns of a tree while it is built, in depth-first order. */
export class TreeBuilder {
  #count = 0
  #parent: Int32Array
  #kind: Uint8Array
  #label: Int32Array
  #span: Int32Array
  #part: Int32Array
  readonly nodeOf: Int32Array

  constructor(
    readonly columns: RunColumns,
    readonly labels: readonly string[],
  ) {
    const room = columns.count + (columns.parts?.count ?? 0) + FIRST_ROOM
    this.nodeOf = new Int32Array(columns.count).fill(-1)
    this.#parent = new Int32Array(room)
    this.#kind = new Uint8Array(room)
    this.#label = new Int32Array(room)
    this.#span = new Int32Array(room)
    this.#part = new Int32Array(room)
  }

  /** Adds a node below `parent` (which must have been added and still be open: nothing after it but its subtree). */
  add(parent: number, kind: number, label: number, span = -1, part = NO_PART): number {
    if (this.#count === this.#parent.length) this.#grow()
    const node = this.#count++
    this.#parent[node] = parent
    this.#kind[node] = kind
    this.#label[node] = label
    this.#span[node] = span
    this.#part[node] = part
    return node
  }

  finish(): Tree {
    const { columns, labels, nodeOf } = this
    const count = this.#count
    const parent = this.#parent.slice(0, count)
    return {
      columns,
      count,
      parent,
      ...shapeOf(parent),
      kind: this.#kind.slice(0, count),
      label: this.#label.slice(0, count),
      labels,
      span: this.#span.slice(0, count),
      part: this.#part.slice(0, count),
      nodeOf,
    }
  }

  #grow() {
    this.#parent = twice(this.#parent)
    this.#label = twice(this.#label)
    this.#span = twice(this.#span)
    this.#part = twice(this.#part)
    const kind = new Uint8Array(this.#parent.length)
    kind.set(this.#kind)
    this.#kind = kind
  }
}

function twice(column: Int32Array): Int32Array {
  const larger = new Int32Array(column.length * 2)
  larger.set(column)
  return larger
}

/** Depths and ends of subtrees out of the parents alone. */
export function shapeOf(parent: Int32Array) {
  const count = parent.length
  const depth = new Int32Array(count)
  const subtreeEnd = new Int32Array(count)
  for (let node = 0; node < count; node++) {
    const above = parent[node] ?? -1
    if (above >= 0) depth[node] = (depth[above] ?? 0) + 1
    subtreeEnd[node] = node + 1
  }
  for (let node = count - 1; node > 0; node--) {
    const above = parent[node] ?? -1
    const end = subtreeEnd[node] ?? 0
    if (end > (subtreeEnd[above] ?? 0)) subtreeEnd[above] = end
  }
  return { depth, subtreeEnd }
}

export function kindOf(tree: Tree, node: number): NodeKind {
  return NODE_KINDS[at(tree.kind, node)] ?? 'other'
}

export function labelOf(tree: Tree, node: number): string {
  return tree.labels[at(tree.label, node)] ?? ''
}
