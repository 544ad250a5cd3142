// What calls one agent, tool, function or model, and what that calls in turn, over the whole run: two trees that meet in the chosen name.

import { at } from './columns'
import { ownValues, sumsOf, type Unit } from './measures'
import { NodeGroups } from './node-groups'
import { regroup } from './regroup'
import type { Tree } from './tree'

/** All nodes of one kind and label. */
export interface Subject {
  /** Index into NODE_KINDS. */
  readonly kind: number
  /** Index into the labels of the tree. */
  readonly label: number
}

/** A line of the list to choose from. */
export interface SubjectSums extends Subject {
  /** Of its nodes that stand in no other node of the same subject: what calls itself counts once. */
  readonly total: number
  /** Without what is below. */
  readonly self: number
  readonly nodes: number
  /** The most expensive of its nodes in this unit. */
  readonly node: number
}

export interface Sandwich {
  readonly subject: Subject
  /** Root is the subject, its children what calls it, theirs what calls those. */
  readonly callers: Tree
  /** Root is the subject, below it what it calls. Both trees have the subject's total at the root. */
  readonly callees: Tree
}

const MOST_KINDS = 64

function keyAt(tree: Tree, node: number): number {
  return at(tree.label, node) * MOST_KINDS + at(tree.kind, node)
}

/** Every subject of a tree but the whole, the heaviest first. NaN: nothing of it is known. */
export function subjectsOf(tree: Tree, unit: Unit): SubjectSums[] {
  const sums = sumsOf(tree, unit)
  const own = ownValues(tree, unit)
  const found = new Map<number, Mutable<SubjectSums> & { end: number }>()
  for (let node = 1; node < tree.count; node++) {
    const key = keyAt(tree, node)
    let subject = found.get(key)
    if (subject === undefined) {
      subject = { kind: at(tree.kind, node), label: at(tree.label, node), ...NOTHING, node }
      found.set(key, subject)
    }
    subject.nodes++
    subject.self = plus(subject.self, at(own, node))
    if (node < subject.end) continue
    subject.end = at(tree.subtreeEnd, node)
    subject.total = plus(subject.total, at(sums, node))
    if ((at(sums, node) || 0) > (at(sums, subject.node) || 0)) subject.node = node
  }
  return [...found.values()]
    .map(({ end: _, ...subject }) => subject)
    .sort((a, b) => (b.total || 0) - (a.total || 0) || b.nodes - a.nodes)
}

const NOTHING = { total: Number.NaN, self: Number.NaN, nodes: 0, end: 0 }

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

function plus(sum: number, value: number): number {
  if (Number.isNaN(value)) return sum
  return Number.isNaN(sum) ? value : sum + value
}

export function sandwichOf(tree: Tree, subject: Subject): Sandwich {
  const roots = outermost(tree, subject)
  return { subject, callers: callersOf(tree, subject, roots), callees: calleesOf(tree, subject, roots) }
}

/** Nodes of the subject that stand in no other one of it. */
function outermost(tree: Tree, { kind, label }: Subject): number[] {
  const roots: number[] = []
  for (let node = 0; node < tree.count; ) {
    const isRoot = at(tree.kind, node) === kind && at(tree.label, node) === label
    if (isRoot) roots.push(node)
    node = isRoot ? at(tree.subtreeEnd, node) : node + 1
  }
  return roots
}

function calleesOf(tree: Tree, { kind, label }: Subject, roots: readonly number[]): Tree {
  const groups = new NodeGroups(kind, label)
  const taken: number[] = []
  const group: number[] = []
  const groupOf = new Int32Array(tree.count)
  for (const root of roots)
    for (let node = root; node < at(tree.subtreeEnd, root); node++) {
      const above = at(groupOf, at(tree.parent, node))
      groupOf[node] = node === root ? 0 : groups.child(above, at(tree.kind, node), at(tree.label, node))
      taken.push(node)
      group.push(at(groupOf, node))
    }
  const nodes = { node: Int32Array.from(taken), group: Int32Array.from(group), whole: false }
  return regroup(tree, groups, tree.labels, nodes)
}

/** What the subject costs lies where a chain of callers ends: at the whole. */
function callersOf(tree: Tree, { kind, label }: Subject, roots: readonly number[]): Tree {
  const groups = new NodeGroups(kind, label)
  const group = roots.map((root) => {
    let last = 0
    for (let node = at(tree.parent, root); node >= 0; node = at(tree.parent, node))
      last = groups.child(last, at(tree.kind, node), at(tree.label, node))
    return last
  })
  const nodes = { node: Int32Array.from(roots), group: Int32Array.from(group), whole: true }
  return regroup(tree, groups, tree.labels, nodes)
}
