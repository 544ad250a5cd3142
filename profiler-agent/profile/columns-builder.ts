// Fills the columns of a run, span by span, wherever they come from: a saved run or the rows of a store.

import { AVOIDED_ATTRIBUTE, isApiEquivalent } from '../model/billing'
import type { Frame, ModelCall, Segment, Span } from '../model/span'
import { type CountedModelCall, hasModelCall, isCall } from '../model/totals'
import { cacheWriteTotal } from '../model/usage'
import { avoidableCosts } from './avoidable'
import {
  Flag,
  PART_CACHES,
  PART_KINDS,
  type PartColumns,
  type RunColumns,
  type RunHead,
  SPAN_KINDS,
  SPAN_STATUSES,
} from './columns'
import type { TreeOrder } from './span-order'
import { FrameTable, packTexts, StringTable } from './text-tables'

/** A million parts are about 50 MB. */
const MOST_PARTS = 1_000_000

/** What columns hold of a span. Times are milliseconds, `start` after the start of the run. */
export interface ColumnSpan
  extends Pick<Span, 'id' | 'kind' | 'name' | 'status' | 'attributes' | 'parentBasis' | 'callSite'>,
    Pick<Span, 'agent' | 'step' | 'intent'> {
  readonly start: number
  readonly durationMs: number
  readonly modelCall?: ColumnCall
}

export type ColumnCall = CountedModelCall &
  Pick<ModelCall, 'provider' | 'requestModel' | 'responseModel' | 'stream'>

export class ColumnsBuilder {
  readonly #strings = new StringTable()
  readonly #frames = new FrameTable(this.#strings)
  /** By call site: many calls have the same one. */
  readonly #stacks = new Map<Span['callSite'], number>([[undefined, -1]])
  readonly #logicalIds = new Map<string, number>()
  readonly #ids: string[]
  readonly #columns: GrowingColumns

  constructor(
    readonly head: RunHead,
    readonly order: Pick<TreeOrder, 'count' | 'parent'>,
  ) {
    this.#columns = emptyColumns(order.count)
    this.#columns.parent.set(order.parent)
    this.#ids = new Array<string>(order.count).fill('')
  }

  /** `index`: its place in the order. */
  set(index: number, span: ColumnSpan) {
    const columns = this.#columns
    const strings = this.#strings
    this.#ids[index] = span.id
    columns.kind[index] = Math.max(0, SPAN_KINDS.indexOf(span.kind))
    columns.status[index] = Math.max(0, SPAN_STATUSES.indexOf(span.status))
    columns.name[index] = strings.index(span.name)
    columns.agent[index] = strings.index(span.agent)
    columns.step[index] = strings.index(span.step)
    columns.intent[index] = strings.index(span.intent)
    columns.start[index] = span.start
    columns.duration[index] = Math.max(0, span.durationMs)
    columns.stack[index] = this.#stackOf(span.callSite)
    if (isDerivedTool(span)) columns.flags[index] = Flag.derived
    const avoided = span.attributes[AVOIDED_ATTRIBUTE]
    if (typeof avoided === 'number') columns.avoidedPicoUsd[index] = avoided
    if (hasModelCall(span)) this.#setCall(index, span)
  }

  /** `segments` of a span by its index; without them the columns have no parts. */
  finish(segments?: (index: number) => readonly Segment[]): RunColumns {
    const { head, order } = this
    if (order.count > 0 && this.#ids[0] === '') this.#setRun()
    this.#setAvoidable()
    const parts = segments && partsOf(order.count, segments, this.#strings)
    const frames = this.#frames.finish()
    const id = packTexts(this.#ids)
    const strings = this.#strings.finish()
    return { head, count: order.count, ...this.#columns, id, frames, parts, strings }
  }

  #setCall(index: number, span: ColumnSpan & { readonly modelCall: ColumnCall }) {
    const columns = this.#columns
    const call = span.modelCall
    columns.logical[index] = this.#logicalOf(call.attempt.logicalId)
    columns.model[index] = this.#strings.index(call.responseModel || call.requestModel)
    columns.provider[index] = this.#strings.index(call.provider)
    columns.flags[index] = flagsOf(span)
    columns.picoUsd[index] = call.cost?.picoUsd ?? Number.NaN
    columns.uncachedTokens[index] = call.usage.uncachedInputTokens ?? -1
    columns.cacheReadTokens[index] = call.usage.cacheReadTokens ?? -1
    columns.cacheWriteTokens[index] = cacheWriteTotal(call.usage) ?? -1
    columns.outputTokens[index] = call.usage.outputTokens ?? -1
  }

  #stackOf(callSite: Span['callSite']): number {
    const known = this.#stacks.get(callSite) ?? this.#frames.add(outermostFirst(callSite))
    this.#stacks.set(callSite, known)
    return known
  }

  #logicalOf(id: string): number {
    const known = this.#logicalIds.get(id) ?? this.#logicalIds.size
    this.#logicalIds.set(id, known)
    return known
  }

  /** No span tells how long the run worked: it is from the first start to the last end in it, and as it says itself where nothing is in it. */
  #setRun() {
    const { head, order } = this
    const { start, duration, name } = this.#columns
    name[0] = this.#strings.index(head.name)
    const own = Date.parse(head.endTime ?? '') - Date.parse(head.startTime)
    let first = order.count > 1 ? Number.POSITIVE_INFINITY : 0
    let last = order.count > 1 ? Number.NEGATIVE_INFINITY : Math.max(0, own) || 0
    for (let span = 1; span < order.count; span++) {
      const from = start[span] ?? 0
      first = Math.min(first, from)
      last = Math.max(last, from + (duration[span] ?? 0))
    }
    start[0] = first
    duration[0] = last - first
  }

  #setAvoidable() {
    const { picoUsd, avoidablePicoUsd } = this.#columns
    const named = new Set(this.head.findings.flatMap(({ saving, spanIds }) => (saving ? spanIds : [])))
    if (named.size === 0) return
    const places = new Map<string, number>()
    for (const [index, id] of this.#ids.entries()) if (named.has(id)) places.set(id, index)
    const costs = new Map([...places].map(([id, index]) => [id, picoUsd[index] || 0]))
    for (const [id, saved] of avoidableCosts(this.head.findings, costs))
      avoidablePicoUsd[places.get(id) ?? 0] = saved
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

type GrowingColumns = ReturnType<typeof emptyColumns>

function isDerivedTool({ kind, parentBasis }: ColumnSpan): boolean {
  return parentBasis === 'traffic' && (kind === 'tool' || kind === 'retrieval')
}

function flagsOf(span: ColumnSpan & { readonly modelCall: ColumnCall }): number {
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

function outermostFirst(callSite: Span['callSite']): readonly Frame[] {
  if (callSite === undefined) return []
  return callSite.stack.length === 0 ? [callSite] : [...callSite.stack].reverse()
}

/** Parts of the calls, by index of the span; `undefined` where they are more than a page is sent at once. */
export function partsOf(
  spans: number,
  segments: (span: number) => readonly Segment[],
  strings: StringTable,
): PartColumns | undefined {
  let count = 0
  for (let span = 0; span < spans; span++) count += segments(span).length
  if (count > MOST_PARTS) return undefined
  const parts = emptyParts(count)
  let part = 0
  for (let span = 0; span < spans; span++)
    for (const segment of segments(span)) setPart(parts, part++, span, segment, strings)
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
