// The tree of what prompts and replies are made of: kind → tool or text → the calls that carried it, over the whole run.

import type { PromptShare } from '../model/run-questions'
import { at, PART_KINDS, type RunColumns, SPAN_KINDS } from './columns'
import { ownValues } from './measures'
import { Labels, NodeGroups } from './node-groups'
import { dearestParts, OwnNames, promptGroup, restGroup, seenAt } from './prompt-groups'
import { shareTree } from './prompt-share-tree'
import { allNodes, placed, shapeOfGroups } from './regroup'
import { spanTree } from './span-tree'
import { NO_PART, type Tree } from './tree'

/**
 * With the `shares` of the run's texts one node a text; without them, or where they are of another moment of a run that goes on,
 * the parts that the columns hold (in which old messages of a conversation may be one) and the calls that carried them.
 * Either way the whole has the values of the run in every unit: tokens and cost that are in no part have a node of their own, and what
 * texts do not have (time, what could be avoided) lies at the whole. A span stands at its dearest text.
 */
export function promptTree(columns: RunColumns, shares?: readonly PromptShare[]): Tree {
  const ofSpans = spanTree(columns)
  const tree = shares && shareTree(ofSpans, shares)
  return tree ?? partTree(ofSpans, (labels, groups) => textsAndCalls(ofSpans, labels, groups))
}

/** For comparisons: kind → tool, or the step or agent that sent or got such parts. Texts differ from run to run. */
export function promptPlaces(columns: RunColumns): Tree {
  return partTree(spanTree(columns), (labels, groups) => {
    const { parts, strings, step, agent, name } = columns
    return (part, span) => {
      const kind = at(parts?.kind ?? [], part)
      const label = at(parts?.name ?? [], part) || at(step, span) || at(agent, span) || at(name, span)
      const ofKind = promptGroup(kind, groups, labels)
      return groups.child(ofKind, SPAN_KINDS.length + kind, labels.index(strings[label] ?? ''))
    }
  })
}

/** With more parts the calls that carried a text have no nodes of their own: nobody could tell so many boxes apart. */
const MOST_LEAVES = 20_000

function textsAndCalls(source: Tree, labels: Labels, groups: NodeGroups): GroupOfPart {
  const { columns } = source
  const texts = new TextGroups(columns, groups, labels)
  const hasLeaves = (columns.parts?.count ?? 0) <= MOST_LEAVES
  const counts = hasLeaves ? partsOfTexts(source) : new Map<number, number>()
  return (part, span) => {
    const kind = at(columns.parts?.kind ?? [], part)
    const key = textKey(columns, part)
    const text = texts.group(kind, key, part, span)
    const isOnly = !hasLeaves || counts.get(key * PART_KINDS.length + kind) === 1
    return isOnly ? text : groups.add(text, SPAN_KINDS.length + kind, at(columns.name, span))
  }
}

type GroupOfPart = (part: number, span: number) => number

function partTree(source: Tree, grouping: (labels: Labels, groups: NodeGroups) => GroupOfPart): Tree {
  const { columns } = source
  const labels = new Labels(source.labels)
  const groups = new NodeGroups(at(source.kind, 0), at(source.label, 0))
  const groupOf = grouping(labels, groups)
  const [costs, tokens] = [ownValues(source, 'cost'), ownValues(source, 'tokens')]
  const group = new Int32Array(source.count)
  const groupOfPart = new Int32Array(columns.parts?.count ?? 0).fill(-1)
  for (let node = 1; node < group.length; node++) {
    const part = source.part[node] ?? NO_PART
    const span = source.span[node] ?? 0
    if (part >= 0) {
      group[node] = groupOf(part, span)
      groupOfPart[part] = group[node] ?? -1
    } else if ((costs[node] || 0) > 0 || (tokens[node] || 0) > 0)
      group[node] = groups.child(restGroup(groups, labels), at(columns.kind, span), at(columns.name, span))
  }
  const taken = allNodes(group)
  const shape = shapeOfGroups(source, groups, labels.finish(), taken)
  const nodeOf = dearestParts(columns, (part) => shape.node[groupOfPart[part] ?? -1] ?? -1)
  return { ...placed(source, taken, shape), nodeOf }
}

/** The group of each text. Tools go by their name; other texts by where they stand, and in which step or agent they were first seen. */
class TextGroups {
  readonly #known = new Map<number, number>()
  readonly #names = new OwnNames()

  constructor(
    readonly columns: RunColumns,
    readonly groups: NodeGroups,
    readonly labels: Labels,
  ) {}

  /** `key` tells texts of one kind apart; `part` and `span` are where it is seen now. */
  group(kind: number, key: number, part: number, span: number): number {
    const place = key * PART_KINDS.length + kind
    const known = this.#known.get(place)
    if (known !== undefined) return known
    const ofKind = promptGroup(kind, this.groups, this.labels)
    const group = this.groups.add(ofKind, SPAN_KINDS.length + kind, this.#label(ofKind, kind, part, span))
    this.#known.set(place, group)
    return group
  }

  #label(ofKind: number, kind: number, part: number, span: number): number {
    const { parts, strings } = this.columns
    const name = at(parts?.name ?? [], part)
    if (name > 0) return name
    const path = strings[at(parts?.path ?? [], part)] ?? ''
    return this.labels.index(this.#names.next(ofKind, seenAt(this.columns, span, kind, path)))
  }
}

/** Tools are the same by their name, texts by their hash; what has neither, by its place in the prompt. */
function textKey({ parts }: RunColumns, part: number): number {
  if (parts === undefined) return 0
  return at(parts.name, part) || at(parts.hash, part) || at(parts.path, part)
}

/** How many parts there are of each text and kind. */
function partsOfTexts({ columns, part }: Tree): Map<number, number> {
  const counts = new Map<number, number>()
  for (const own of part) {
    if (own < 0) continue
    const key = textKey(columns, own) * PART_KINDS.length + at(columns.parts?.kind ?? [], own)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}
