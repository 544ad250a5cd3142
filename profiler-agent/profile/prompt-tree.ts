// The tree of what prompts and replies are made of: kind → tool or text → the calls that carried it, over the whole run.

import type { PromptShare } from '../model/run-questions'
import { at, PART_KINDS, type RunColumns, SPAN_KINDS } from './columns'
import { ownValues } from './measures'
import { Labels, NodeGroups } from './node-groups'
import { OwnNames, placeWords, promptGroup, RestGroups } from './prompt-groups'
import { shareTree } from './prompt-share-tree'
import { regroup } from './regroup'
import { spanTree } from './span-tree'
import type { Tree } from './tree'

/**
 * With the `shares` of the run's texts one node a text; without them, or where they are of another moment of a run that goes on,
 * the parts that the columns hold (in which old messages of a conversation may be one) and the calls that carried them.
 * Either way the whole has the values of the run in every unit; what no part accounts for has a node of its own.
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
  const texts = new TextNames(columns, labels)
  const rest = new RestGroups(groups, labels)
  const [costs, tokens] = [ownValues(source, 'cost'), ownValues(source, 'tokens')]
  const group = Int32Array.from(source.part, (part, node) => {
    if (node === 0) return 0
    const span = at(source.span, node)
    if (part < 0)
      return at(costs, node) > 0 || at(tokens, node) > 0 ? rest.ofCalls(columns, span) : rest.whole
    const kind = at(columns.parts?.kind ?? [], part)
    const ofKind = promptGroup(kind, groups, labels)
    const key = textKey(columns, part)
    const text = groups.child(ofKind, SPAN_KINDS.length + kind, texts.label(ofKind, part, span, key), key)
    const isOnly = parts.get(key * PART_KINDS.length + kind) === 1
    return isOnly ? text : groups.add(text, at(source.kind, node), at(columns.name, span))
  })
  const node = Int32Array.from(group, (_, index) => index)
  return regroup(source, groups, labels.finish(), { node, group, whole: false })
}

/** Tools go by their name; other texts by where they stand, and in which step or agent they were first seen. */
class TextNames {
  readonly #known = new Map<string, number>()
  readonly #names = new OwnNames()

  constructor(
    readonly columns: RunColumns,
    readonly labels: Labels,
  ) {}

  /** Index of a label; `key` tells texts of one group apart. */
  label(group: number, part: number, span: number, key: number): number {
    const { parts, strings, step, agent } = this.columns
    const name = at(parts?.name ?? [], part)
    if (name > 0) return name
    const known = this.#known.get(`${group} ${key}`)
    if (known !== undefined) return known
    const where = strings[at(step, span)] || strings[at(agent, span)] || ''
    const place = placeWords(strings[at(parts?.path ?? [], part)] ?? '')
    const label = this.labels.index(this.#names.next(group, where === '' ? place : `${place}, ${where}`))
    this.#known.set(`${group} ${key}`, label)
    return label
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
