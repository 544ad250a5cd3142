// The first row of the view by prompt segment: a node for each kind of part, and one for what no part accounts for.

import type { SegmentKind } from '../model/span'
import { at, PART_KINDS, type RunColumns, SPAN_KINDS } from './columns'
import type { Labels, NodeGroups } from './node-groups'
import { NOT_IN_PARTS } from './prompt-shares'
import { kindIndex } from './tree'

const WORDS: Readonly<Record<SegmentKind, string>> = {
  system: 'system prompts',
  tool_def: 'tool definitions',
  user: 'user messages',
  assistant: 'earlier replies',
  reasoning: 'reasoning',
  tool_call: 'tool calls',
  tool_result: 'tool results',
  retrieval: 'retrieved texts',
  media: 'images, audio and files',
  overhead: 'message overhead',
  hidden: 'hidden by the provider',
  output: 'replies',
}

/** Group of a kind of part: index into PART_KINDS. */
export function promptGroup(kind: number, groups: NodeGroups, labels: Labels): number {
  const word = PART_KINDS[kind]
  return groups.child(0, SPAN_KINDS.length + kind, labels.index(word === undefined ? 'other' : WORDS[word]))
}

/** What is in no part (time, what could be avoided, what parts leave over). Calls that bring in tokens or cost there have groups of their own. */
export class RestGroups {
  readonly whole: number

  constructor(
    readonly groups: NodeGroups,
    labels: Labels,
  ) {
    this.whole = groups.child(0, kindIndex('rest'), labels.index(NOT_IN_PARTS))
  }

  /** All calls of a kind and name together. */
  ofCalls({ kind, name }: RunColumns, span: number): number {
    return this.groups.child(this.whole, at(kind, span), at(name, span))
  }
}

/** Where a text stands, in words: `message 11`, `messages 1–42`, `reply`; the path itself where it is of another shape. */
export function placeWords(path: string): string {
  const range = /^[a-z]+\[(\d+)\.\.(\d+)\]/i.exec(path)
  if (range !== null) return `messages ${Number(range[1]) + 1}–${Number(range[2]) + 1}`
  const one = /^(?:messages|input|contents|chat_history|turns)\[(\d+)\]/.exec(path)
  if (one !== null) return `message ${Number(one[1]) + 1}`
  const tool = /^tools\[(\d+)\]/.exec(path)
  if (tool !== null) return `tool ${Number(tool[1]) + 1}`
  if (/^output/.test(path)) return 'reply'
  return /^system/.test(path) ? 'system prompt' : path
}

/** Names that are given once each within their group: the second `reply` is `reply (2)`. */
export class OwnNames {
  readonly #given = new Map<string, number>()

  next(group: number, name: string): string {
    const key = `${group} ${name}`
    const count = (this.#given.get(key) ?? 0) + 1
    this.#given.set(key, count)
    return count === 1 ? name : `${name} (${count})`
  }
}
