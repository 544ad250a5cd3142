// Turns a run as it is saved and stored (an object a span) into columns.

import { AVOIDED_ATTRIBUTE, isApiEquivalent } from '../model/billing'
import type { Frame, ModelCall, Run, Segment, Span } from '../model/span'
import { hasModelCall, isCall } from '../model/totals'
import { avoidableCosts } from './avoidable'
import {
  Flag,
  PART_CACHES,
  PART_KINDS,
  type PartColumns,
  type RunColumns,
  SPAN_KINDS,
  SPAN_STATUSES,
} from './columns'
import { depthFirst } from './span-order'
import { FrameTable, packTexts, StringTable } from './text-tables'

/** A million parts are about 50 MB. */
const MOST_PARTS = 1_000_000

export function columnsOf(run: Run): RunColumns {
  const { spans, ...head } = run
  const order = depthFirst(spans)
  const strings = new StringTable()
  const frames = new FrameTable(strings)
  const logicalIds = new Map<string, number>()
  const ids: string[] = []
  const columns = emptyColumns(order.length)
  const zero = Date.parse(run.startTime) || 0
  const avoidable = avoidableCosts(run)
  for (const [index, { span: position, parent }] of order.entries()) {
    const span = spans[position]
    columns.parent[index] = parent
    ids.push(span?.id ?? '')
    if (span === undefined) setRun(columns, run, strings)
    else {
      setSpan(columns, index, span, strings, zero)
      columns.stack[index] = frames.add(stackOf(span))
      if (hasModelCall(span)) setCall(columns, index, span, strings, logicalIds)
      columns.avoidablePicoUsd[index] = avoidable.get(span.id) ?? 0
    }
  }
  const parts = partsOf(
    order.map(({ span }) => spans[span]?.modelCall?.segments ?? []),
    strings,
  )
  return {
    head,
    count: order.length,
    ...columns,
    id: packTexts(ids),
    frames: frames.finish(),
    parts,
    strings: strings.finish(),
  }
}

export function emptyColumns(count: number) {
  return {
    parent: new Int32Array(count).fill(-1),
    kind: new Uint8Array(count),
    status: new Uint8Array(count),
    flags: new Uint16Array(count),
    name: new Int32Array(count),
    agent: new Int32Array(count),
    step: new Int32Array(count),
    intent: new Int32Array(count),
    model: new Int32Array(count),
    provider: new Int32Array(count),
    start: new Float64Array(count),
    duration: new Float64Array(count),
    picoUsd: new Float64Array(count).fill(Number.NaN),
    avoidablePicoUsd: new Float64Array(count),
    avoidedPicoUsd: new Float64Array(count).fill(Number.NaN),
    uncachedTokens: new Int32Array(count).fill(-1),
    cacheReadTokens: new Int32Array(count).fill(-1),
    cacheWriteTokens: new Int32Array(count).fill(-1),
    outputTokens: new Int32Array(count).fill(-1),
    logical: new Int32Array(count).fill(-1),
    stack: new Int32Array(count).fill(-1),
  }
}

export type GrowingColumns = ReturnType<typeof emptyColumns>

/** No span tells how long the run worked: it is from the first start to the last end in it, and as it says itself where nothing is in it. */
function setRun(columns: GrowingColumns, run: Run, strings: StringTable) {
  columns.name[0] = strings.index(run.name)
  const zero = Date.parse(run.startTime) || 0
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { startTime, durationMs } of run.spans) {
    const start = Date.parse(startTime) - zero || 0
    first = Math.min(first, start)
    last = Math.max(last, start + Math.max(0, durationMs))
  }
  const isEmpty = run.spans.length === 0
  columns.start[0] = isEmpty ? 0 : first
  columns.duration[0] = isEmpty ? Math.max(0, Date.parse(run.endTime ?? '') - zero) || 0 : last - first
}

function setSpan(columns: GrowingColumns, index: number, span: Span, strings: StringTable, zero: number) {
  columns.kind[index] = Math.max(0, SPAN_KINDS.indexOf(span.kind))
  columns.status[index] = Math.max(0, SPAN_STATUSES.indexOf(span.status))
  columns.name[index] = strings.index(span.name)
  columns.agent[index] = strings.index(span.agent)
  columns.step[index] = strings.index(span.step)
  columns.intent[index] = strings.index(span.intent)
  columns.start[index] = Date.parse(span.startTime) - zero || 0
  // The duration is from a clock that only goes forward; the end time may stand before the start.
  columns.duration[index] = Math.max(0, span.durationMs)
  if (isDerivedTool(span)) columns.flags[index] = Flag.derived
  const avoided = span.attributes[AVOIDED_ATTRIBUTE]
  if (typeof avoided === 'number') columns.avoidedPicoUsd[index] = avoided
}

function isDerivedTool({ kind, parentBasis }: Span): boolean {
  return parentBasis === 'traffic' && (kind === 'tool' || kind === 'retrieval')
}

function setCall(
  columns: GrowingColumns,
  index: number,
  span: Span & { readonly modelCall: ModelCall },
  strings: StringTable,
  logicalIds: Map<string, number>,
) {
  const call = span.modelCall
  const { logicalId } = call.attempt
  if (!logicalIds.has(logicalId)) logicalIds.set(logicalId, logicalIds.size)
  columns.logical[index] = logicalIds.get(logicalId) ?? -1
  columns.model[index] = strings.index(call.responseModel || call.requestModel)
  columns.provider[index] = strings.index(call.provider)
  columns.flags[index] = flagsOf(span)
  columns.picoUsd[index] = call.cost?.picoUsd ?? Number.NaN
  const { usage } = call
  columns.uncachedTokens[index] = usage.uncachedInputTokens ?? -1
  columns.cacheReadTokens[index] = usage.cacheReadTokens ?? -1
  columns.cacheWriteTokens[index] = writtenTokens(call)
  columns.outputTokens[index] = usage.outputTokens ?? -1
}

function writtenTokens({ usage }: ModelCall): number {
  const known = Object.values(usage.cacheWriteTokens).filter((tokens) => tokens !== null)
  return known.length === 0 ? -1 : known.reduce((sum, tokens) => sum + tokens, 0)
}

function flagsOf(span: Span & { readonly modelCall: ModelCall }): number {
  const { billed, cost, usage, attempt, stream } = span.modelCall
  return (
    Flag.call |
    (billed ? Flag.billed : 0) |
    (billed && cost === null ? Flag.unpriced : 0) |
    (cost?.atLeast === true ? Flag.atLeast : 0) |
    (usage.origin === 'estimated' ? Flag.estimated : 0) |
    (billed && usage.origin === 'unknown' ? Flag.unknownUsage : 0) |
    (attempt.number > 1 ? Flag.retry : 0) |
    (stream ? Flag.streamed : 0) |
    (isApiEquivalent(span) ? Flag.apiEquivalent : 0) |
    (isCall(span) ? Flag.counted : 0)
  )
}

/** Outermost first. */
function stackOf({ callSite }: Span): readonly Frame[] {
  if (callSite === undefined) return []
  return callSite.stack.length === 0 ? [callSite] : [...callSite.stack].reverse()
}

/** Parts of the calls, by index of the span; `undefined` where they are more than a page is sent at once. */
export function partsOf(
  segments: readonly (readonly Segment[])[],
  strings: StringTable,
): PartColumns | undefined {
  const count = segments.reduce((sum, list) => sum + list.length, 0)
  if (count > MOST_PARTS) return undefined
  const parts = emptyParts(count)
  let part = 0
  for (const [span, list] of segments.entries())
    for (const segment of list) setPart(parts, part++, span, segment, strings)
  return { count, ...parts }
}

function emptyParts(count: number) {
  return {
    span: new Int32Array(count),
    path: new Int32Array(count),
    kind: new Uint8Array(count),
    name: new Int32Array(count),
    cache: new Uint8Array(count),
    tokens: new Float64Array(count),
    picoUsd: new Float64Array(count),
    hash: new Int32Array(count),
  }
}

function setPart(
  parts: ReturnType<typeof emptyParts>,
  part: number,
  span: number,
  segment: Segment,
  strings: StringTable,
) {
  parts.span[part] = span
  parts.path[part] = strings.index(segment.path)
  parts.kind[part] = Math.max(0, PART_KINDS.indexOf(segment.kind))
  parts.name[part] = strings.index(segment.name)
  parts.cache[part] = Math.max(0, PART_CACHES.indexOf(segment.cache))
  parts.tokens[part] = segment.tokens
  parts.picoUsd[part] = segment.picoUsd ?? Number.NaN
  parts.hash[part] = strings.index(segment.hash)
}
