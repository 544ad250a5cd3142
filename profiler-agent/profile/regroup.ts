// Makes a tree out of another one: its nodes in other groups, with the same values, so that the whole stays what it was.

import { at } from './columns'
import { type Count, ownValues, sumsOf, type Unit } from './measures'
import type { NodeGroups } from './node-groups'
import { NO_PART, type Tree } from './tree'

/** Which nodes of a tree are taken over, and by index the group that each goes to; several may go to one. */
export interface Taken {
  readonly node: ArrayLike<number>
  readonly group: ArrayLike<number>
  /** True: with all that is below the node; false: what the node brings in itself. */
  readonly whole: boolean
}

/** `nodeOf`, `span` and `part` are those of what was taken: of several, the most expensive one. */
export function regroup(source: Tree, groups: NodeGroups, labels: readonly string[], taken: Taken): Tree {
  const costs = valuesOf(source, taken, 'cost')
  const weight = added(groups.count, taken.group, costs)
  return placed(source, taken, { ...groups.layOut(weight), labels })
}

/** What `NodeGroups.layOut` gives, and the labels. */
export type Shape = ReturnType<NodeGroups['layOut']> & { readonly labels: readonly string[] }

/** The same for a shape that is known already: two trees that are compared have one. */
export function placed(source: Tree, taken: Taken, { node, columns: shape, labels }: Shape): Tree {
  const target = Int32Array.from(taken.group, (group) => node[group] ?? -1)
  return {
    columns: source.columns,
    labels,
    ...shape,
    ...costliest(source, taken, target, shape.parent),
    nodeOf: nodesOfSpans(source, taken, target),
    own: (measure) => added(shape.count, target, valuesOf(source, taken, measure)),
  }
}

/** By index of what is taken. */
function valuesOf(source: Tree, { node, whole }: Taken, measure: Unit | Count): Float64Array {
  const values = whole ? sumsOf(source, measure) : ownValues(source, measure)
  return Float64Array.from(node, (from) => values[from] ?? Number.NaN)
}

/** Sums by target; NaN where nothing is known. */
function added(count: number, target: ArrayLike<number>, values: Float64Array): Float64Array {
  const sums = new Float64Array(count).fill(Number.NaN)
  for (const [index, value] of values.entries()) {
    const to = at(target, index)
    if (to < 0 || Number.isNaN(value)) continue
    const before = at(sums, to)
    sums[to] = Number.isNaN(before) ? value : before + value
  }
  return sums
}

/** A span whose own values are not among what was taken has no node; nor has any where subtrees were taken as one. */
function nodesOfSpans(source: Tree, taken: Taken, target: Int32Array): Int32Array {
  if (taken.whole) return new Int32Array(source.nodeOf.length).fill(-1)
  const to = new Int32Array(source.count).fill(-1)
  for (let index = 0; index < taken.node.length; index++) to[at(taken.node, index)] = at(target, index)
  return Int32Array.from(source.nodeOf, (node) => (node < 0 ? -1 : at(to, node)))
}

/** By node, span and part of the most expensive node that went there; of a node that took nothing, those of its costliest child. */
function costliest(source: Tree, taken: Taken, target: Int32Array, parent: Int32Array) {
  const sums = sumsOf(source, 'cost')
  const best = new Int32Array(parent.length).fill(-1)
  const offer = (node: number, from: number) => {
    const known = at(best, node)
    if (node >= 0 && from >= 0 && (known < 0 || (at(sums, from) || 0) > (at(sums, known) || 0)))
      best[node] = from
  }
  for (const [index, node] of target.entries()) offer(node, at(taken.node, index))
  const part = Int32Array.from(best, (from) => (from < 0 ? NO_PART : at(source.part, from)))
  for (let node = parent.length - 1; node > 0; node--) offer(at(parent, node), at(best, node))
  return { span: Int32Array.from(best, (from) => (from < 0 ? -1 : at(source.span, from))), part }
}
