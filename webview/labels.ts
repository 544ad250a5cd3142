// The words for the nodes of a run's tree: names, kinds, values. Text only; who shows it sets it as text, never as markup.

import { formatUsd } from '../profiler-agent/model/money'
import { formatCount, formatDuration } from '../profiler-agent/model/quantity'
import { at, Flag, hasFlag, PART_KINDS, SPAN_KINDS, spanId } from '../profiler-agent/profile/columns'
import { sumsOf, type Unit } from '../profiler-agent/profile/measures'
import { isPart } from '../profiler-agent/profile/span-tree'
import {
  kindOf,
  labelOf,
  NO_PART,
  type NodeKind,
  REST_OF_CALL,
  type Tree,
} from '../profiler-agent/profile/tree'
import { t } from './words'

const KIND_WORDS: Readonly<Record<NodeKind, string>> = {
  run: t('run'),
  agent: t('agent'),
  step: t('step'),
  chat: t('model call'),
  embeddings: t('embeddings call'),
  rerank: t('rerank call'),
  tool: t('tool'),
  retrieval: t('retrieval'),
  other: t('other'),
  system: t('system prompt'),
  tool_def: t('tool definition'),
  user: t('user message'),
  assistant: t('earlier reply'),
  reasoning: t('reasoning'),
  tool_call: t('tool call'),
  tool_result: t('tool result'),
  media: t('image, audio or file'),
  overhead: t('message overhead'),
  hidden: t('hidden by the provider'),
  output: t('reply'),
  rest: t('not in the prompt parts'),
  function: t('function'),
  group: t('group'),
  toolTime: t('time of tools, derived'),
}

export function kindWord(kind: NodeKind): string {
  return KIND_WORDS[kind] ?? kind
}

/** Turn round what follows: `gnp.exe` would read as `exe.png`. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g

/** What a box says: a span's name, a tool's name, or what the part of the prompt is. */
export function nameOf(tree: Tree, node: number): string {
  const part = at(tree.part, node)
  if (part === REST_OF_CALL) return t('rest of the call')
  const label = labelOf(tree, node).replace(DIRECTIONS, '')
  if (part === NO_PART) return label
  const kind = kindOf(tree, node)
  return label === kind ? kindWord(kind) : label
}

/** Stays the same while the run grows, unlike the node's index. */
export function keyOf(tree: Tree, node: number): string {
  const id = spanId(tree.columns, at(tree.span, node))
  const part = at(tree.part, node)
  if (part === NO_PART) return kindOf(tree, node) === 'toolTime' ? `${id}#tools` : id
  const path = at(tree.columns.parts?.path ?? [], part)
  return `${id}#${part === REST_OF_CALL ? 'rest' : (tree.columns.strings[path] ?? part)}`
}

/** Value of a node in a unit for people; `≈` marks estimates, `≥` lower bounds. */
export function valueText(tree: Tree, node: number, unit: Unit): string {
  const value = at(sumsOf(tree, unit), node)
  if (unit === 'time') return isPart(tree, node) ? '–' : formatDuration(value || 0)
  if (unit === 'cost') return costText(tree, node)
  if (Number.isNaN(value)) return '–'
  if (unit === 'avoidable') return estimateMark(tree, node) + formatUsd(value)
  const isLower = at(sumsOf(tree, 'unknownTokens'), node) > 0
  return `${isLower ? '≥ ' : estimateMark(tree, node)}${formatCount(value)}`
}

/** Cost of a node for people; of what a budget refused or a replay answered alone, what that avoided. */
export function costText(tree: Tree, node: number): string {
  const picoUsd = at(sumsOf(tree, 'cost'), node)
  const unpriced = at(sumsOf(tree, 'unpricedCalls'), node)
  if (!Number.isNaN(picoUsd)) {
    const isLower = unpriced > 0 || at(sumsOf(tree, 'atLeast'), node) > 0
    return `${isLower ? '≥ ' : estimateMark(tree, node)}${formatUsd(picoUsd)}`
  }
  if (unpriced > 0 || isUnpricedPart(tree, node)) return t('no price')
  const avoided = at(sumsOf(tree, 'avoided'), node)
  return avoided > 0 ? t('avoided ≈ {0}', formatUsd(avoided)) : unbilledText(tree, node)
}

/** What nobody bills costs nothing, which is known: a failed call, and whatever made such calls alone. */
function unbilledText(tree: Tree, node: number): string {
  if (isOneSpan(tree, node) && hasFlag(tree.columns, at(tree.span, node), Flag.call)) return t('not billed')
  return at(sumsOf(tree, 'calls'), node) > 0 || node === 0 ? '$0' : '–'
}

function isUnpricedPart(tree: Tree, node: number): boolean {
  return isPart(tree, node) && hasFlag(tree.columns, at(tree.span, node), Flag.unpriced)
}

export function tokensText(tree: Tree, node: number): string {
  return valueText(tree, node, 'tokens')
}

/** Time on the clock of a span; of what stands for several, their work. `≈` where nobody measured it. */
export function durationText(tree: Tree, node: number): string {
  if (isPart(tree, node)) return '–'
  const span = at(tree.span, node)
  if (isOneSpan(tree, node))
    return `${hasFlag(tree.columns, span, Flag.derived) ? '≈ ' : ''}${formatDuration(at(tree.columns.duration, span))}`
  const work = tree.gaps?.get(node)?.duration ?? at(sumsOf(tree, 'time'), node)
  if (!(work > 0)) return '–'
  return `${tree.gaps?.has(node) ? '≈ ' : ''}${formatDuration(work)}`
}

const spansAt = new WeakMap<Tree, Int32Array>()

/** Whether a node is one span, and not what several add up to (which has no status and no model of its own). */
export function isOneSpan(tree: Tree, node: number): boolean {
  if (at(tree.kind, node) >= SPAN_KINDS.length) return false
  const counts = spansAt.get(tree) ?? countSpans(tree)
  spansAt.set(tree, counts)
  const span = at(tree.span, node)
  return span >= 0 && at(tree.nodeOf, span) === node && at(counts, node) === 1
}

function countSpans({ count, nodeOf }: Tree): Int32Array {
  const counts = new Int32Array(count)
  for (const node of nodeOf) if (node >= 0) counts[node] = at(counts, node) + 1
  return counts
}

const FIRST_PART_KIND = SPAN_KINDS.length
const LAST_PART_KIND = FIRST_PART_KIND + PART_KINDS.length

/** Parts, and what groups them, are shares of exact totals; calls whose tokens we counted are estimates too. */
function estimateMark(tree: Tree, node: number): string {
  const kind = at(tree.kind, node)
  const isShare = isPart(tree, node) || (kind >= FIRST_PART_KIND && kind < LAST_PART_KIND)
  return isShare || at(sumsOf(tree, 'estimated'), node) > 0 ? '≈ ' : ''
}

/** An amount in a unit, whatever it is of; what is not known is a dash. */
export function amountText(unit: Unit, value: number): string {
  if (Number.isNaN(value)) return '–'
  if (unit === 'time') return formatDuration(value)
  return unit === 'cost' || unit === 'avoidable' ? formatUsd(value) : formatCount(value)
}
