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

/** Group of what a span brings in beside parts (time, what could be avoided, what parts leave over): by its kind and name. */
export function restGroup(columns: RunColumns, span: number, groups: NodeGroups, labels: Labels): number {
  const rest = wholeRest(groups, labels)
  return groups.child(rest, at(columns.kind, span), at(columns.name, span))
}

export function wholeRest(groups: NodeGroups, labels: Labels): number {
  return groups.child(0, kindIndex('rest'), labels.index(NOT_IN_PARTS))
}
