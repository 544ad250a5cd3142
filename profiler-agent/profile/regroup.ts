// Makes a tree out of another one: its nodes in other groups, with the same values, so that the whole stays what it was.

import { at } from './columns'
import { type Count, ownValues, sumsOf, type Unit } from './measures'
import type { NodeGroups } from './node-groups'
import { NO_PART, type Tree } from './tree'

/** Which nodes of a tree are taken over, and by index the group that each goes to; several may go to one. */
export interface Taken {
  readonly node: Int32Array
  readonly group: Int32Array
  /** True: with all that is below the node; false: what the node brings in itself. */
  readonly whole: boolean
}

/** `nodeOf`, `span` and `part` are those of what was taken: of several, the most expensive one. */
export function regroup(source: Tree, groups: NodeGroups, labels: readonly string[], taken: Taken): Tree {
  return placed(source, taken, shapeOfGroups(source, groups, labels, taken))
}

/** Siblings lie in the order of their costs. */
export function shapeOfGroups(
  source: Tree,
  groups: NodeGroups,
  labels: readonly string[],
  taken: Taken,
): Shape {
  const weight = added(groups.count, taken.group, valuesOf(source, taken, 'cost'))
  return { ...groups.layOut(weight), labels }
}

/** What `NodeGroups.layOut` gives, and the labels. */
export type Shape = ReturnType<NodeGroups['layOut']> & { readonly labels: readonly string[] }

/** The same for a shape that is known already: two trees that are compared have one. */
export function placed(source: Tree, taken: Taken, { node, columns: shape, labels }: Shape): Tree {
  const target = new Int32Array(taken.group.length)
  for (let index = 0; index < target.length; index++) target[index] = node[taken.group[index] ?? -1] ?? -1
  return {
    columns: source.columns,
    labels,
    ...shape,
    ...costliest(source, taken, target, shape.parent),
    nodeOf: nodesOfSpans(source, taken, target),
    own: (measure) => added(shape.count, target, valuesOf(source, taken, measure)),
  }
}

/** Everything that a tree has, each node where `group` says. */
export function allNodes(group: Int32Array): Taken {
  const node = new Int32Array(group.length)
  for (let index = 0; index < node.length; index++) node[index] = index
  return { node, group, whole: false }
}

// Loops over typed arrays, because these are as long as a run: their own methods take ten times as long.

/** By index of what is taken. */
function valuesOf(source: Tree, { node, whole }: Taken, measure: Unit | Count): Float64Array {
  const values = whole ? sumsOf(source, measure) : ownValues(source, measure)
  const taken = new Float64Array(node.length)
  for (let index = 0; index < taken.length; index++) taken[index] = values[node[index] ?? -1] ?? Number.NaN
  return taken
}

/** Sums by target; NaN where nothing is known. */
function added(count: number, target: Int32Array, values: Float64Array): Float64Array {
  const sums = new Float64Array(count).fill(Number.NaN)
  for (let index = 0; index < values.length; index++) {
    const to = target[index] ?? -1
    const value = values[index] ?? Number.NaN
    if (to < 0 || Number.isNaN(value)) continue
    const before = sums[to] ?? Number.NaN
    sums[to] = Number.isNaN(before) ? value : before + value
  }
  return sums
}

/** A span whose own values are not among what was taken has no node; nor has any where subtrees were taken as one. */
function nodesOfSpans(source: Tree, taken: Taken, target: Int32Array): Int32Array {
  const nodes = new Int32Array(source.nodeOf.length).fill(-1)
  if (taken.whole) return nodes
  const to = new Int32Array(source.count).fill(-1)
  for (let index = 0; index < target.length; index++) to[taken.node[index] ?? -1] = target[index] ?? -1
  for (let span = 0; span < nodes.length; span++) nodes[span] = to[source.nodeOf[span] ?? -1] ?? -1
  return nodes
}

/** By node, span and part of the most expensive node that went there; of a node that took nothing, the span of its costliest child. */
function costliest(source: Tree, taken: Taken, target: Int32Array, parent: Int32Array) {
  const sums = sumsOf(source, 'cost')
  const best = new Int32Array(parent.length).fill(-1)
  const offer = (node: number, from: number) => {
    if (node < 0 || from < 0) return
    const known = best[node] ?? -1
    if (known < 0 || (sums[from] || 0) > (sums[known] || 0)) best[node] = from
  }
  for (let index = 0; index < target.length; index++) offer(target[index] ?? -1, taken.node[index] ?? -1)
  const part = best.map((from) => (from < 0 ? NO_PART : at(source.part, from)))
  for (let node = parent.length - 1; node > 0; node--) offer(at(parent, node), at(best, node))
  return { span: best.map((from) => (from < 0 ? -1 : at(source.span, from))), part }
}
