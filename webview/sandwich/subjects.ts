// What a sandwich can stand around: agents, steps, tools, models, prompt parts and the user's own functions, with their sums. Pure.

import { at, SPAN_KINDS } from '../../profiler-agent/profile/columns'
import type { Unit } from '../../profiler-agent/profile/measures'
import { type Subject, type SubjectSums, subjectsOf } from '../../profiler-agent/profile/sandwich'
import { kindIndex, NO_PART, NODE_KINDS, type Tree } from '../../profiler-agent/profile/tree'
import { nameOf } from '../labels'
import type { Selection } from '../selection'

/** A subject and the tree that it is one of. */
export interface PlacedSubject extends Subject {
  readonly tree: Tree
}

export interface ListedSubject extends SubjectSums, PlacedSubject {
  readonly name: string
}

const RUN = SPAN_KINDS.indexOf('run')
const AGENT = SPAN_KINDS.indexOf('agent')
const FUNCTION = kindIndex('function')

/** `spans` is the tree with a node for each span, `stack` the one of functions. The heaviest first. */
export function listSubjects(spans: Tree, stack: Tree, unit: Unit): readonly ListedSubject[] {
  const ofSpans = subjectsOf(spans, unit).filter(({ kind }) => kind !== RUN)
  const functions = subjectsOf(stack, unit).filter(({ kind }) => kind === FUNCTION)
  const listed = [
    ...ofSpans.map((subject) => ({ ...subject, tree: spans, name: nameOf(spans, subject.node) })),
    ...functions.map((subject) => ({ ...subject, tree: stack, name: nameOf(stack, subject.node) })),
  ]
  return listed.sort((a, b) => (b.total || 0) - (a.total || 0))
}

/** `undefined` where the run has nothing of that kind and label (any more). */
export function subjectWith(
  listed: readonly ListedSubject[],
  kept: { readonly kind: string; readonly label: string } | undefined,
): ListedSubject | undefined {
  if (kept === undefined) return undefined
  return listed.find(
    ({ kind, label, tree }) => NODE_KINDS[kind] === kept.kind && tree.labels[label] === kept.label,
  )
}

/** What the page's selection is one of; for the run itself the heaviest agent, else whatever is heaviest. */
export function subjectOfSelection(
  listed: readonly ListedSubject[],
  spans: Tree,
  { span, part }: Selection,
): ListedSubject | undefined {
  const heaviest = listed.find(({ kind }) => kind === AGENT) ?? listed[0]
  if (span === 0) return heaviest
  const node = nodeOfPart(spans, span, part)
  const [kind, label] = [at(spans.kind, node), at(spans.label, node)]
  return listed.find((one) => one.tree === spans && one.kind === kind && one.label === label) ?? heaviest
}

function nodeOfPart(spans: Tree, span: number, part: number): number {
  const node = at(spans.nodeOf, span)
  if (part === NO_PART) return node
  for (let child = node + 1; child < at(spans.subtreeEnd, node); child++)
    if (at(spans.part, child) === part) return child
  return node
}
