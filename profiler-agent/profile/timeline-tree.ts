// The tree of the timeline: the spans, and the time of tools between two calls where no span tells of it.

import { Flag, hasFlag, PART_CACHES, PART_KINDS, type RunColumns, SPAN_KINDS } from './columns'
import { type Gap, kindIndex, type Tree, TreeBuilder } from './tree'

const GAP_LABEL = 'tool time'

/**
 * One node a span, in the order of the columns, without parts of prompts: they have no time. Where a request brings results of tools
 * that no span tells of, a node of kind `toolTime` stands before it, from the end of what was there before: its span is that request.
 */
export function timelineTree(columns: RunColumns): Tree {
  const builder = new TreeBuilder(columns, [...columns.strings, GAP_LABEL])
  const gaps = new Map<number, Gap>()
  const found = gapsOf(columns)
  const { nodeOf } = builder
  for (let span = 0; span < columns.count; span++) {
    const parent = columns.parent[span] ?? -1
    const above = parent === -1 ? -1 : (nodeOf[parent] ?? -1)
    const gap = found.get(span)
    if (gap !== undefined)
      gaps.set(builder.add(above, kindIndex('toolTime'), columns.strings.length, gap.span), gap)
    nodeOf[span] = builder.add(above, columns.kind[span] ?? 0, columns.name[span] ?? 0, span)
  }
  return { ...builder.finish(), gaps }
}

const TOOLS = [SPAN_KINDS.indexOf('tool'), SPAN_KINDS.indexOf('retrieval')]

/** By the span that stands behind the gap. */
function gapsOf(columns: RunColumns): Map<number, Gap & { readonly span: number }> {
  const gaps = new Map<number, Gap & { readonly span: number }>()
  const bringing = callsWithResults(columns)
  if (bringing.size === 0) return gaps
  const { count, parent, start, kind, logical } = columns
  const ends = subtreeEnds(columns)
  const firstCalls = firstCallsIn(columns)
  /** By parent: when its children so far are over. */
  const over = new Float64Array(count).fill(Number.NaN)
  let lastCall = -1
  for (let span = 1; span < count; span++) {
    const above = parent[span] ?? 0
    const from = over[above] ?? Number.NaN
    const call = firstCalls[span] ?? -1
    const isRetry = logical[call] === logical[lastCall]
    if (lastCall > above && !isRetry && bringing.has(call) && (start[span] ?? 0) > from)
      gaps.set(span, { start: from, duration: (start[span] ?? 0) - from, span: call })
    if (!((ends[span] ?? 0) <= from)) over[above] = ends[span] ?? 0
    if (hasFlag(columns, span, Flag.call)) lastCall = span
    // What a tool took is known: what comes behind it is something else.
    else if (TOOLS.includes(kind[span] ?? 0)) lastCall = -1
  }
  return gaps
}

/** By span: itself, or the first call of the agent or step that it is; −1 where that begins with something else. */
function firstCallsIn(columns: RunColumns): Int32Array {
  const { count, parent } = columns
  const first = new Int32Array(count).fill(-1)
  for (let span = count - 1; span >= 0; span--) {
    if (hasFlag(columns, span, Flag.call)) first[span] = span
    else if (parent[span + 1] === span) first[span] = first[span + 1] ?? -1
  }
  return first
}

function subtreeEnds({ count, parent, start, duration }: RunColumns): Float64Array {
  const ends = start.map((from, span) => from + (duration[span] ?? 0))
  for (let span = count - 1; span > 0; span--) {
    const above = parent[span] ?? 0
    ends[above] = Math.max(ends[above] ?? 0, ends[span] ?? 0)
  }
  return ends
}

const RESULT = PART_KINDS.indexOf('tool_result')
const SAID: readonly number[] = (['assistant', 'tool_call', 'reasoning'] as const).map((kind) =>
  PART_KINDS.indexOf(kind),
)
/** Of the reply; all that is in a prompt is read, written or fresh. */
const NONE = PART_CACHES.indexOf('none')

/** Calls whose request ends with results of tools, behind the model's last word in it. */
function callsWithResults({ parts }: RunColumns): Set<number> {
  const calls = new Set<number>()
  if (parts === undefined) return calls
  for (let part = 0; part < parts.count; part++) {
    if (parts.cache[part] === NONE) continue
    const kind = parts.kind[part] ?? 0
    if (kind === RESULT) calls.add(parts.span[part] ?? -1)
    else if (SAID.includes(kind)) calls.delete(parts.span[part] ?? -1)
  }
  return calls
}
