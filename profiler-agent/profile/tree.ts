// The tree that a picture shows, whatever the view: nodes with a label and a kind, and which spans and parts of prompts they stand for.
// Kept as columns (one typed array a property), so that a million nodes stay cheap to build, to walk and to draw.

import { at, PART_KINDS, type RunColumns, SPAN_KINDS } from './columns'
import type { Count, Unit } from './measures'

/** What a node is; `kind` of a tree is an index into it. Span kinds first, so that a span's kind is its node's. */
export const NODE_KINDS = [...SPAN_KINDS, ...PART_KINDS, 'rest', 'function', 'group'] as const
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
}

/** Grows the columns of a tree while it is built, in depth-first order. */
export class TreeBuilder {
  readonly #parent: number[] = []
  readonly #kind: number[] = []
  readonly #label: number[] = []
  readonly #span: number[] = []
  readonly #part: number[] = []
  readonly nodeOf: Int32Array

  constructor(
    readonly columns: RunColumns,
    readonly labels: readonly string[],
  ) {
    this.nodeOf = new Int32Array(columns.count).fill(-1)
  }

  /** Adds a node below `parent` (which must have been added and still be open: nothing after it but its subtree). */
  add(parent: number, kind: number, label: number, span = -1, part = NO_PART): number {
    this.#parent.push(parent)
    this.#kind.push(kind)
    this.#label.push(label)
    this.#span.push(span)
    this.#part.push(part)
    return this.#parent.length - 1
  }

  finish(): Tree {
    const { columns, labels, nodeOf } = this
    const parent = Int32Array.from(this.#parent)
    return {
      columns,
      count: parent.length,
      parent,
      ...shapeOf(parent),
      kind: Uint8Array.from(this.#kind),
      label: Int32Array.from(this.#label),
      labels,
      span: Int32Array.from(this.#span),
      part: Int32Array.from(this.#part),
      nodeOf,
    }
  }
}

/** Depths and ends of subtrees out of the parents alone. */
export function shapeOf(parent: Int32Array) {
  const count = parent.length
  const depth = new Int32Array(count)
  const subtreeEnd = Int32Array.from({ length: count }, (_, node) => node + 1)
  for (let node = 1; node < count; node++) depth[node] = at(depth, at(parent, node)) + 1
  for (let node = count - 1; node > 0; node--) {
    const above = at(parent, node)
    subtreeEnd[above] = Math.max(at(subtreeEnd, above), at(subtreeEnd, node))
  }
  return { depth, subtreeEnd }
}

export function kindOf(tree: Tree, node: number): NodeKind {
  return NODE_KINDS[at(tree.kind, node)] ?? 'other'
}

export function labelOf(tree: Tree, node: number): string {
  return tree.labels[at(tree.label, node)] ?? ''
}
