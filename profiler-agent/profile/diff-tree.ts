// Two runs, or sets of runs, as one tree: what stands at the same place in both is one node with two values.

import { at, SPAN_KINDS } from './columns'
import { ownValues, sumsOf, type Unit } from './measures'
import { Labels, NodeGroups } from './node-groups'
import { type Profile, tiled } from './profile'
import { allNodes, placed, type Taken } from './regroup'
import { isPart } from './span-tree'
import { NO_PART, type Tree } from './tree'

const RUN = SPAN_KINDS.indexOf('run')

/** Two trees of one shape: node `i` is the same place in both. Their roots have the values of the runs, so base + delta = head in every node. */
export interface DiffTree {
  readonly base: Tree
  /** `part` of what is gone is the base's, so that both trees say of each node what it is. */
  readonly head: Tree
  /** By node, 1 where that side has something at the place. */
  readonly inBase: Uint8Array
  readonly inHead: Uint8Array
}

/** `unknown`: it is there on both sides, and of one of them nobody knows the value. */
export type Change = 'appeared' | 'vanished' | 'grew' | 'shrank' | 'same' | 'unknown'

export interface NodeDelta {
  readonly change: Change
  /** NaN: not known; 0 where it is not there, or nothing there was billed. */
  readonly base: number
  readonly head: number
  /** Head less base; NaN where one of them is not known. */
  readonly delta: number
}

/**
 * Places are the same when kind and label are, from the root on; spans that stand for runs are one place, so that sets of runs
 * compare like single ones. Both trees must be of the same view.
 */
export function diffTree(base: Tree, head: Tree): DiffTree {
  const labels = new Labels([])
  const groups = new NodeGroups(RUN, labels.index(rootLabel(base, head)))
  const takenHead = joined(head, labels, groups)
  const takenBase = joined(base, labels, groups)
  const weight = new Float64Array(groups.count)
  addCosts(weight, base, takenBase)
  addCosts(weight, head, takenHead)
  const shape = { ...groups.layOut(weight), labels: labels.finish() }
  const inHead = presence(takenHead, shape.node)
  const [before, after] = [placed(base, takenBase, shape), placed(head, takenHead, shape)]
  const part = after.part.map((own, node) => (at(inHead, node) === 1 ? own : at(before.part, node)))
  return { base: before, head: { ...after, part }, inBase: presence(takenBase, shape.node), inHead }
}

function addCosts(weight: Float64Array, tree: Tree, { group }: Taken) {
  const costs = ownValues(tree, 'cost')
  for (let node = 0; node < costs.length; node++)
    weight[group[node] ?? 0] = (weight[group[node] ?? 0] ?? 0) + (costs[node] || 0)
}

function rootLabel(base: Tree, head: Tree): string {
  const [before = '', after = ''] = [base, head].map((tree) => tree.labels[at(tree.label, 0)])
  return before === after ? after : `${before} → ${after}`
}

function joined(tree: Tree, labels: Labels, groups: NodeGroups): Taken {
  const { parent, kind, part, label } = tree
  const group = new Int32Array(tree.count)
  const labelOf = new Int32Array(tree.labels.length).fill(-1)
  for (let node = 1; node < tree.count; node++) {
    const above = group[parent[node] ?? 0] ?? 0
    const own = label[node] ?? 0
    const isRun = kind[node] === RUN && part[node] === NO_PART
    if (!isRun && (labelOf[own] ?? -1) < 0) labelOf[own] = labels.index(tree.labels[own] ?? '')
    group[node] = isRun ? above : groups.child(above, kind[node] ?? 0, labelOf[own] ?? 0)
  }
  return allNodes(group)
}

function presence({ group }: Taken, node: Int32Array): Uint8Array {
  const present = new Uint8Array(node.length)
  for (let index = 0; index < group.length; index++) present[at(node, at(group, index))] = 1
  return present
}

export function deltaOf(diff: DiffTree, node: number, unit: Unit): NodeDelta {
  const isIn = { base: at(diff.inBase, node) === 1, head: at(diff.inHead, node) === 1 }
  const base = isIn.base ? valueIn(diff.base, node, unit) : 0
  const head = isIn.head ? valueIn(diff.head, node, unit) : 0
  const delta = head - base
  return { change: changeOf(isIn, delta), base, head, delta }
}

/** What nobody bills costs nothing: a tool, a call that failed. A call without a price, or of which nobody knows the tokens, is not known. */
function valueIn(tree: Tree, node: number, unit: Unit): number {
  const value = at(sumsOf(tree, unit), node)
  const unknown = at(sumsOf(tree, unit === 'cost' ? 'unpricedCalls' : 'unknownTokens'), node)
  return Number.isNaN(value) && !(unknown > 0) && !isPart(tree, node) ? 0 : value
}

function changeOf(isIn: { readonly base: boolean; readonly head: boolean }, delta: number): Change {
  if (!isIn.base) return 'appeared'
  if (!isIn.head) return 'vanished'
  if (Number.isNaN(delta)) return 'unknown'
  if (delta === 0) return 'same'
  return delta > 0 ? 'grew' : 'shrank'
}

/**
 * A picture of both sides: each node is as wide as the larger of what it brings in on either side and what is below it, so that
 * what vanished has its place too. Children tile their parents.
 */
export function diffProfile(diff: DiffTree, unit: Unit): Profile {
  const tree = diff.head
  const [base, head] = [ownValues(diff.base, unit), ownValues(tree, unit)]
  const weight = Float64Array.from(head, (value, node) => Math.max(0, value || 0, at(base, node) || 0))
  for (let node = tree.count - 1; node > 0; node--)
    weight[at(tree.parent, node)] = at(weight, at(tree.parent, node)) + at(weight, node)
  return tiled(tree, unit, weight)
}
