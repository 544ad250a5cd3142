// What the charts show, out of the columns of a run: labels, series and the span behind each value. No DOM, no Chart.js.
// Long runs are shown in groups of consecutive calls whose values are sums, so that a chart adds up to the run however many calls it has.

import {
  at,
  Flag,
  hasFlag,
  PART_KINDS,
  type RunColumns,
  tokensOfSpan,
} from '../../profiler-agent/profile/columns'
import type { NodeKind } from '../../profiler-agent/profile/tree'

export type SeriesKey = NodeKind | 'read' | 'write' | 'fresh' | 'cost' | 'p50' | 'p95'

export interface Series {
  readonly key: SeriesKey
  readonly name: string
  /** By position; `null` where nothing is known. */
  readonly values: readonly (number | null)[]
}

export interface ChartData {
  /** By position along the axis of things. */
  readonly labels: readonly string[]
  /** The span to select for each position, of several the most expensive one; −1 for none. */
  readonly spans: readonly number[]
  readonly series: readonly Series[]
  /** What one value is. */
  readonly unit: 'tokens' | 'cost'
  /** Said below the title: what is left out, or that calls are grouped. */
  readonly note?: string
}

/** Columns that fit side by side in a chart with room for each. */
const MOST_POSITIONS = 160

/** Calls that count, in the order in which they began. */
export function callsInOrder(columns: RunColumns): number[] {
  const calls: number[] = []
  for (let span = 0; span < columns.count; span++) if (hasFlag(columns, span, Flag.counted)) calls.push(span)
  return calls.sort((a, b) => at(columns.start, a) - at(columns.start, b) || a - b)
}

interface Group {
  readonly label: string
  readonly calls: readonly number[]
}

/** Consecutive calls that share a position. */
function groupsOf(calls: readonly number[]): { readonly groups: readonly Group[]; readonly size: number } {
  const size = Math.max(1, Math.ceil(calls.length / MOST_POSITIONS))
  const groups = Array.from({ length: Math.ceil(calls.length / size) }, (_, index) => {
    const first = index * size
    const last = Math.min(calls.length, first + size)
    return { label: size === 1 ? `${first + 1}` : `${first + 1}–${last}`, calls: calls.slice(first, last) }
  })
  return { groups, size }
}

function groupNote(size: number): { readonly note?: string } {
  return size === 1 ? {} : { note: `Sums of ${size} calls each.` }
}

/** The tokens of each request by what they are: where the context grows. */
export function contextByCall(columns: RunColumns, kindWord: (kind: NodeKind) => string): ChartData {
  const { groups, size } = groupsOf(callsInOrder(columns))
  const byKind = PART_KINDS.map(() => groups.map(() => 0))
  const rest = groups.map(() => 0)
  const partsOfSpan = inputPartsOf(columns)
  for (const [position, { calls }] of groups.entries())
    for (const span of calls) {
      const input = inputTokens(columns, span)
      let left = input
      for (const part of partsOfSpan(span)) {
        const tokens = at(columns.parts?.tokens ?? [], part)
        const values = byKind[at(columns.parts?.kind ?? [], part)]
        if (values !== undefined) values[position] = (values[position] ?? 0) + tokens
        left -= tokens
      }
      rest[position] = (rest[position] ?? 0) + Math.max(0, left)
    }
  const all: Series[] = PART_KINDS.map((kind, index) => ({
    key: kind,
    name: kindWord(kind),
    values: byKind[index] ?? [],
  }))
  all.push({ key: 'rest', name: columns.parts === undefined ? 'input' : 'not in the parts', values: rest })
  return {
    labels: groups.map(({ label }) => label),
    spans: groups.map(({ calls }) => costliest(columns, calls)),
    series: all.filter(({ values }) => values.some((value) => (value ?? 0) > 0)),
    unit: 'tokens',
    ...groupNote(size),
  }
}

/** Positions of the parts of a span's prompt among the parts, found in one walk over all of them. */
function inputPartsOf({ parts, count }: RunColumns): (span: number) => number[] {
  if (parts === undefined) return () => []
  const first = new Int32Array(count + 1).fill(-1)
  for (let part = parts.count - 1; part >= 0; part--) first[at(parts.span, part)] = part
  const output = PART_KINDS.indexOf('output')
  return (span) => {
    const found: number[] = []
    let part = at(first, span)
    if (part < 0) return found
    for (; part < parts.count && at(parts.span, part) === span; part++)
      if (at(parts.kind, part) !== output) found.push(part)
    return found
  }
}

function inputTokens(columns: RunColumns, span: number): number {
  return [columns.uncachedTokens, columns.cacheReadTokens, columns.cacheWriteTokens].reduce(
    (sum, bucket) => sum + Math.max(0, at(bucket, span)),
    0,
  )
}

/** What of each request was read from a cache, written to one, and neither. */
export function cacheByCall(columns: RunColumns): ChartData {
  const { groups, size } = groupsOf(callsInOrder(columns))
  const series = (key: SeriesKey, name: string, bucket: Int32Array): Series => ({
    key,
    name,
    values: groups.map(({ calls }) => sumOfKnown(calls.map((span) => at(bucket, span)))),
  })
  return {
    labels: groups.map(({ label }) => label),
    spans: groups.map(({ calls }) => costliest(columns, calls)),
    series: [
      series('read', 'read from the cache', columns.cacheReadTokens),
      series('write', 'written to the cache', columns.cacheWriteTokens),
      series('fresh', 'neither', columns.uncachedTokens),
    ],
    unit: 'tokens',
    ...groupNote(size),
  }
}

function sumOfKnown(tokens: readonly number[]): number | null {
  const known = tokens.filter((count) => count >= 0)
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0)
}

/** What the run had cost after each call. */
export function costSoFar(columns: RunColumns): ChartData {
  const calls = callsInOrder(columns)
  const { groups } = groupsOf(calls)
  let sum = 0
  let unpriced = 0
  const values = groups.map(({ calls: group }) => {
    for (const span of group) {
      sum += knownCost(columns, span)
      if (hasFlag(columns, span, Flag.unpriced)) unpriced++
    }
    return sum
  })
  return {
    labels: groups.map(({ label }) => label.replace(/^.*–/, '')),
    spans: groups.map(({ calls: group }) => costliest(columns, group)),
    series: [{ key: 'cost', name: 'cost so far', values }],
    unit: 'cost',
    ...(unpriced === 0
      ? {}
      : {
          note: `${unpriced === 1 ? '1 call has no price and is' : `${unpriced} calls have no price and are`} not in it.`,
        }),
  }
}

/** Things beyond these are one bar. */
const MOST_BARS = 8

export type CostKey = 'model' | 'agent' | 'intent'

/** Cost by model, agent or intent, the largest first; the bars add up to the run. */
export function costBy(columns: RunColumns, key: CostKey): ChartData {
  const cost = new Map<string, { picoUsd: number; span: number }>()
  for (const span of callsInOrder(columns)) {
    const name = columns.strings[at(columns[key], span)] || (key === 'intent' ? 'no intent' : `no ${key}`)
    const before = cost.get(name) ?? { picoUsd: 0, span }
    const own = knownCost(columns, span)
    const top = own > knownCost(columns, before.span) ? span : before.span
    cost.set(name, { picoUsd: before.picoUsd + own, span: top })
  }
  const sorted = [...cost].sort(([, a], [, b]) => b.picoUsd - a.picoUsd)
  const shown = sorted.length > MOST_BARS + 1 ? sorted.slice(0, MOST_BARS) : sorted
  const others = sorted.slice(shown.length).reduce((sum, [, { picoUsd }]) => sum + picoUsd, 0)
  const rest = sorted.length - shown.length
  return {
    labels: [...shown.map(([name]) => name), ...(rest === 0 ? [] : [`${rest} others`])],
    spans: [...shown.map(([, { span }]) => span), ...(rest === 0 ? [] : [-1])],
    series: [
      {
        key: 'cost',
        name: 'cost',
        values: [...shown.map(([, { picoUsd }]) => picoUsd), ...(rest === 0 ? [] : [others])],
      },
    ],
    unit: 'cost',
  }
}

function knownCost(columns: RunColumns, span: number): number {
  return at(columns.picoUsd, span) || 0
}

function costliest(columns: RunColumns, calls: readonly number[]): number {
  const weigh = (span: number) => knownCost(columns, span) || tokensOfSpan(columns, span) * 1e-9 || 0
  return calls.reduce((best, span) => (best === -1 || weigh(span) > weigh(best) ? span : best), -1)
}
