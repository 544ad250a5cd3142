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

/** Group of what calls cost beyond their parts. */
export function restGroup(groups: NodeGroups, labels: Labels): number {
  return groups.child(0, kindIndex('rest'), labels.index(NOT_IN_PARTS))
}

/** By span the node that stands for it, where texts are shown: that of its dearest part; −1 where there is none. The run is the whole. */
export function dearestParts({ count, parts }: RunColumns, nodeOfPart: (part: number) => number): Int32Array {
  const nodeOf = new Int32Array(count).fill(-1)
  if (parts !== undefined) {
    const dearest = new Float64Array(count).fill(-1)
    const { span: spans, picoUsd } = parts
    for (let part = 0; part < parts.count; part++) {
      const span = spans[part] ?? 0
      const cost = picoUsd[part] || 0
      if (cost <= (dearest[span] ?? 0)) continue
      const node = nodeOfPart(part)
      if (node < 0) continue
      nodeOf[span] = node
      dearest[span] = cost
    }
  }
  nodeOf[0] = 0
  return nodeOf
}

/** Where a text was seen first: `message 11, answer`. `kind` is an index into PART_KINDS. */
export function seenAt(
  { strings, step, agent }: RunColumns,
  span: number,
  kind: number,
  path: string,
): string {
  const where = strings[at(step, span)] || strings[at(agent, span)] || ''
  const place = /^output/.test(path) ? replyWord(PART_KINDS[kind]) : placeWords(path)
  return where === '' ? place : `${place}, ${where}`
}

function replyWord(kind: SegmentKind | undefined): string {
  if (kind === 'reasoning') return 'reasoning'
  return kind === 'tool_call' ? 'tool call' : 'reply'
}

/** Where a text stands in a prompt, in words: `message 11`, `messages 1–42`; the path itself where it is of another shape. */
function placeWords(path: string): string {
  const range = /^[a-z]+\[(\d+)\.\.(\d+)\]/i.exec(path)
  if (range !== null) return `messages ${Number(range[1]) + 1}–${Number(range[2]) + 1}`
  const one = /^(?:messages|input|contents|chat_history|turns)\[(\d+)\]/.exec(path)
  if (one !== null) return `message ${Number(one[1]) + 1}`
  const tool = /^tools\[(\d+)\]/.exec(path)
  if (tool !== null) return `tool ${Number(tool[1]) + 1}`
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
