// Nodes that are known by kind and label among the children of their parent: what a view adds up instead of showing every span.

import { at, type RunColumns } from './columns'
import { NO_PART, shapeOf, type Tree } from './tree'

/** Where a group is found is a number made of parent, key and kind; these leave room for 67 million groups. */
const MOST_KEYS = 2 ** 22
const MOST_KINDS = 32

/** Labels of a tree: those of the run and others, each kept once. */
export class Labels {
  readonly #added = new Map<string, number>()
  readonly #count: number

  constructor(readonly first: readonly string[]) {
    this.#count = first.length
  }

  index(text: string): number {
    const known = this.#added.get(text)
    if (known !== undefined) return known
    const index = this.#count + this.#added.size
    this.#added.set(text, index)
    return index
  }

  finish(): readonly string[] {
    return [...this.first, ...this.#added.keys()]
  }
}

/** Group 0 is the whole picture. A group is added after its parent, in any other order. */
export class NodeGroups {
  readonly #parent: number[] = [-1]
  readonly #kind: number[]
  readonly #label: number[]
  readonly #known = new Map<number, number>()

  constructor(kind: number, label: number) {
    this.#kind = [kind]
    this.#label = [label]
  }

  get count(): number {
    return this.#parent.length
  }

  /** The child of a group with this kind and key (a number below MOST_KEYS; its label unless it says more); made when there is none yet. */
  child(parent: number, kind: number, label: number, key = label): number {
    const place = (parent * MOST_KEYS + key) * MOST_KINDS + kind
    const known = this.#known.get(place)
    if (known !== undefined) return known
    const group = this.add(parent, kind, label)
    this.#known.set(place, group)
    return group
  }

  /** A child of its own, whatever its kind and label. */
  add(parent: number, kind: number, label: number): number {
    this.#parent.push(parent)
    this.#kind.push(kind)
    this.#label.push(label)
    return this.#parent.length - 1
  }

  /**
   * The groups in depth-first order, siblings by weight, heaviest first. `weight` is what each group brings in itself.
   * `node[group]` is where a group came to lie.
   */
  layOut(weight: Float64Array) {
    const { order, node } = depthFirstOf(this.#parent, weight)
    const parent = Int32Array.from(order, (group) => node[this.#parent[group] ?? -1] ?? -1)
    return {
      node,
      columns: {
        count: order.length,
        parent,
        ...shapeOf(parent),
        kind: Uint8Array.from(order, (group) => this.#kind[group] ?? 0),
        label: Int32Array.from(order, (group) => this.#label[group] ?? 0),
      },
    }
  }
}

function depthFirstOf(parents: readonly number[], weight: Float64Array) {
  const sums = Float64Array.from(weight, (value) => value || 0)
  const children: number[][] = parents.map(() => [])
  for (let group = parents.length - 1; group > 0; group--) {
    const parent = parents[group] ?? 0
    sums[parent] = at(sums, parent) + at(sums, group)
    children[parent]?.push(group)
  }
  const node = new Int32Array(parents.length).fill(-1)
  const order: number[] = []
  const pending = [0]
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    node[group] = order.push(group) - 1
    // The lightest is pushed first, the heaviest taken first; of equals the one that was added first.
    const below = children[group] ?? []
    below.sort((a, b) => at(sums, a) - at(sums, b) || b - a)
    for (const child of below) pending.push(child)
  }
  return { order, node }
}

/** What a tree of groups takes over: by span, the group where its own values lie, −1 where the view leaves it out. */
export function treeOfSpans(
  columns: RunColumns,
  labels: readonly string[],
  groups: NodeGroups,
  groupOf: Int32Array,
): Tree {
  const weight = new Float64Array(groups.count)
  for (const [span, group] of groupOf.entries())
    if (group >= 0) weight[group] = at(weight, group) + (at(columns.picoUsd, span) || 0)
  const { node, columns: shape } = groups.layOut(weight)
  const nodeOf = Int32Array.from(groupOf, (group) => (group < 0 ? -1 : at(node, group)))
  return {
    columns,
    labels,
    nodeOf,
    ...shape,
    span: costliestSpans(columns, shape.parent, nodeOf),
    part: new Int32Array(shape.count).fill(NO_PART),
  }
}

/** By node, the most expensive of the spans in it and below it; the first of those that cost nothing. */
function costliestSpans(columns: RunColumns, parent: Int32Array, nodeOf: Int32Array): Int32Array {
  const span = new Int32Array(parent.length).fill(-1)
  const offer = (node: number, other: number) => {
    const known = at(span, node)
    if (other >= 0 && (known < 0 || costOf(columns, other) > costOf(columns, known))) span[node] = other
  }
  for (let own = 0; own < columns.count; own++) if (at(nodeOf, own) >= 0) offer(at(nodeOf, own), own)
  for (let node = parent.length - 1; node > 0; node--) offer(at(parent, node), at(span, node))
  // The whole picture stands for the run.
  if (span.length > 0) span[0] = 0
  return span
}

function costOf(columns: RunColumns, span: number): number {
  return at(columns.picoUsd, span) || 0
}
