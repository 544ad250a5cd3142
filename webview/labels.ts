// The words for the nodes of a run's tree: names, kinds, values. Text only; who shows it sets it as text, never as markup.

import { formatUsd } from '../profiler-agent/model/money'
import { formatCompact, formatCount, formatDuration } from '../profiler-agent/model/quantity'
import type { ModelCall, Segment, SegmentKind, Span, SpanKind } from '../profiler-agent/model/span'
import type { ProfileUnit } from '../profiler-agent/profile/profile'
import { at, REST_OF_CALL, type RunTree } from '../profiler-agent/profile/tree'

export type NodeKind = SpanKind | SegmentKind | 'rest'

const KIND_WORDS: Readonly<Record<NodeKind, string>> = {
  run: 'run',
  agent: 'agent',
  step: 'step',
  chat: 'model call',
  embeddings: 'embeddings call',
  rerank: 'rerank call',
  tool: 'tool',
  retrieval: 'retrieval',
  other: 'other',
  system: 'system prompt',
  tool_def: 'tool definition',
  user: 'user message',
  assistant: 'earlier reply',
  reasoning: 'reasoning',
  tool_call: 'tool call',
  tool_result: 'tool result',
  media: 'image, audio or file',
  overhead: 'message overhead',
  hidden: 'hidden by the provider',
  output: 'reply',
  rest: 'not in the prompt parts',
}

export function spanOf(tree: RunTree, node: number): Span | undefined {
  return tree.run.spans[at(tree.span, node)]
}

export function segmentOf(tree: RunTree, node: number): Segment | undefined {
  return spanOf(tree, node)?.modelCall?.segments[at(tree.segment, node)]
}

export function kindOf(tree: RunTree, node: number): NodeKind {
  if (at(tree.segment, node) === REST_OF_CALL) return 'rest'
  return segmentOf(tree, node)?.kind ?? spanOf(tree, node)?.kind ?? 'run'
}

export function kindWord(kind: NodeKind): string {
  return KIND_WORDS[kind] ?? kind
}

/** What a box says: a span's name, a tool's name, or what the part of the prompt is. */
export function nameOf(tree: RunTree, node: number): string {
  const segment = segmentOf(tree, node)
  if (segment !== undefined) return segment.name ?? kindWord(segment.kind)
  if (at(tree.segment, node) === REST_OF_CALL) return restName(spanOf(tree, node)?.modelCall)
  return spanOf(tree, node)?.name ?? tree.run.name
}

function restName(call: ModelCall | undefined): string {
  return (call?.cost?.byBucket.units ?? 0) > 0 ? 'searches and other units' : 'rest of the call'
}

/** Stays the same while the run grows, unlike the node's index. */
export function keyOf(tree: RunTree, node: number): string {
  const part = at(tree.segment, node)
  const id = spanOf(tree, node)?.id ?? ''
  return part < 0 && part !== REST_OF_CALL ? id : `${id}#${part}`
}

/** Cost of a node for people; parts of a prompt are marked as the estimates they are. */
export function costText(tree: RunTree, node: number): string {
  const picoUsd = at(tree.picoUsd, node)
  if (!Number.isNaN(picoUsd)) return estimateMark(tree, node) + formatUsd(picoUsd)
  return at(tree.unpricedCalls, node) > 0 || isUnpricedPart(tree, node) ? 'no price' : '–'
}

function isUnpricedPart(tree: RunTree, node: number): boolean {
  const call = spanOf(tree, node)?.modelCall
  return call?.billed === true && call.cost === null
}

export function tokensText(tree: RunTree, node: number): string {
  const tokens = at(tree.tokens, node)
  return Number.isNaN(tokens) ? '–' : estimateMark(tree, node) + formatCount(tokens)
}

export function durationText(tree: RunTree, node: number): string {
  const span = segmentOf(tree, node) === undefined ? spanOf(tree, node) : undefined
  if (span !== undefined) return formatDuration(span.durationMs)
  return node === 0 ? formatDuration(runDuration(tree)) : '–'
}

function runDuration({ run }: RunTree): number {
  const ends = run.spans.map((span) => Date.parse(span.endTime))
  const end = run.endTime === undefined ? ends.reduce((a, b) => Math.max(a, b), 0) : Date.parse(run.endTime)
  return Math.max(0, end - Date.parse(run.startTime)) || 0
}

function estimateMark(tree: RunTree, node: number): string {
  return segmentOf(tree, node) === undefined ? '' : '≈ '
}

/** A value on the axis. */
export function axisText(unit: ProfileUnit, value: number): string {
  if (unit === 'cost')
    return formatUsd(Math.round(value))
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
  return unit === 'time' ? formatDuration(value) : formatCompact(value)
}
