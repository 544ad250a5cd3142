// The tree of what prompts and replies are made of: kind → tool or text → the calls that carried it, over the whole run.

import type { PromptShare } from '../model/run-questions'
import { at, PART_KINDS, type RunColumns, SPAN_KINDS } from './columns'
import { ownValues } from './measures'
import { Labels, NodeGroups } from './node-groups'
import { dearestParts, OwnNames, promptGroup, restGroup, seenAt } from './prompt-groups'
import { shareTree } from './prompt-share-tree'
import { allNodes, regroup } from './regroup'
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
  return (shares && shareTree(ofSpans, shares)) ?? partTree(ofSpans)
}

function partTree(source: Tree): Tree {
  const { columns } = source
  const labels = new Labels(source.labels)
  const groups = new NodeGroups(at(source.kind, 0), at(source.label, 0))
  const parts = partsOfTexts(source)
  const texts = new TextGroups(columns, groups, labels)
  const [costs, tokens] = [ownValues(source, 'cost'), ownValues(source, 'tokens')]
  const group = new Int32Array(source.count)
  for (let node = 1; node < group.length; node++) {
    const part = source.part[node] ?? NO_PART
    const span = source.span[node] ?? 0
    if (part < 0) {
      const isWorth = (costs[node] || 0) > 0 || (tokens[node] || 0) > 0
      if (isWorth)
        group[node] = groups.child(restGroup(groups, labels), at(columns.kind, span), at(columns.name, span))
      continue
    }
    const kind = at(columns.parts?.kind ?? [], part)
    const key = textKey(columns, part)
    const text = texts.group(kind, key, part, span)
    const isOnly = parts.get(key * PART_KINDS.length + kind) === 1
    group[node] = isOnly ? text : groups.add(text, at(source.kind, node), at(columns.name, span))
  }
  const tree = regroup(source, groups, labels.finish(), allNodes(group))
  return { ...tree, nodeOf: dearestParts(columns, leavesOfParts(tree)) }
}

/** The leaf of each part, of a text in one call the text's own. */
function leavesOfParts({ columns, part, subtreeEnd }: Tree): (part: number) => number {
  const leaves = new Int32Array(columns.parts?.count ?? 0).fill(-1)
  for (let node = 0; node < part.length; node++) {
    const own = part[node] ?? NO_PART
    if (own >= 0 && subtreeEnd[node] === node + 1) leaves[own] = node
  }
  return (own) => leaves[own] ?? -1
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
    const group = this.groups.add(ofKind, SPAN_KINDS.length + kind, this.#label(ofKind, part, span))
    this.#known.set(place, group)
    return group
  }

  #label(ofKind: number, part: number, span: number): number {
    const { parts, strings } = this.columns
    const name = at(parts?.name ?? [], part)
    if (name > 0) return name
    const path = strings[at(parts?.path ?? [], part)] ?? ''
    return this.labels.index(this.#names.next(ofKind, seenAt(this.columns, span, path)))
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
