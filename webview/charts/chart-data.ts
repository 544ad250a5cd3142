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
import { t } from '../words'

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
  /** What a position is in full, where its label is only a number. */
  readonly names?: readonly string[]
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

const knownCalls = new WeakMap<RunColumns, Int32Array>()

/** Calls that count, in the order in which they began. */
function callsInOrder(columns: RunColumns): Int32Array {
  const known = knownCalls.get(columns)
  if (known !== undefined) return known
  const { count, flags, start } = columns
  let found = 0
  const all = new Int32Array(count)
  for (let span = 0; span < count; span++) if (((flags[span] ?? 0) & Flag.counted) !== 0) all[found++] = span
  const calls = all.subarray(0, found).sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || a - b)
  knownCalls.set(columns, calls)
  return calls
}

interface Group {
  readonly label: string
  readonly calls: Int32Array
}

/** Consecutive calls that share a position. */
function groupsOf(calls: Int32Array): { readonly groups: readonly Group[]; readonly size: number } {
  const size = Math.max(1, Math.ceil(calls.length / MOST_POSITIONS))
  const groups = Array.from({ length: Math.ceil(calls.length / size) }, (_, index) => {
    const first = index * size
    const last = Math.min(calls.length, first + size)
    return { label: size === 1 ? `${first + 1}` : `${first + 1}–${last}`, calls: calls.subarray(first, last) }
  })
  return { groups, size }
}

function groupNote(size: number): { readonly note?: string } {
  return size === 1 ? {} : { note: t('Sums of {0} calls each.', size) }
}

/** Call 12 is `12 · answer · support-desk`: with the step and the agent that made it. */
function namesOf(columns: RunColumns, groups: readonly Group[]): readonly string[] {
  return groups.map(({ label, calls }) => {
    const [first = -1, ...others] = calls
    if (first < 0 || others.length > 0) return label
    const step = columns.strings[at(columns.step, first)]
    const agent = columns.strings[at(columns.agent, first)]
    return [label, step, agent].filter(Boolean).join(' · ')
  })
}

function withoutPartsNote({ partsFollow }: RunColumns): string {
  return partsFollow === true
    ? t('What it is made of is being counted.')
    : t('The run is too large to say here what it is made of: select a call.')
}

/** The tokens of each request by what they are: where the context grows. */
export function contextByCall(columns: RunColumns, kindWord: (kind: NodeKind) => string): ChartData {
  const { groups, size } = groupsOf(callsInOrder(columns))
  const byKind = PART_KINDS.map(() => groups.map(() => 0))
  const rest: number[] = groups.map(() => 0)
  const positionOf = new Int32Array(columns.count).fill(-1)
  for (const [position, { calls }] of groups.entries())
    for (const span of calls) {
      positionOf[span] = position
      rest[position] = at(rest, position) + inputTokens(columns, span)
    }
  addParts(columns, positionOf, byKind, rest)
  const all: Series[] = PART_KINDS.map((kind, index) => ({
    key: kind,
    name: kindWord(kind),
    values: byKind[index] ?? [],
  }))
  all.push({
    key: 'rest',
    name: columns.parts === undefined ? t('input') : t('not in the parts'),
    values: rest,
  })
  return {
    labels: groups.map(({ label }) => label),
    names: namesOf(columns, groups),
    spans: groups.map(({ calls }) => costliest(columns, calls)),
    series: all.filter(({ values }) => values.some((value) => (value ?? 0) > 0)),
    unit: 'tokens',
    ...(columns.parts === undefined ? { note: withoutPartsNote(columns) } : groupNote(size)),
  }
}

const OUTPUT = PART_KINDS.indexOf('output')

/** Moves the tokens of parts from the rest of a position to their kind; parts that claim more than the request had are left out. */
function addParts(
  { parts }: RunColumns,
  positionOf: Int32Array,
  byKind: readonly number[][],
  rest: number[],
) {
  if (parts === undefined) return
  const { span, kind, tokens } = parts
  for (let part = 0; part < parts.count; part++) {
    const position = at(positionOf, at(span, part))
    const values = byKind[at(kind, part)]
    if (position < 0 || values === undefined || at(kind, part) === OUTPUT) continue
    const share = Math.min(at(tokens, part), at(rest, position))
    values[position] = at(values, position) + share
    rest[position] = at(rest, position) - share
  }
}

function inputTokens(
  { uncachedTokens, cacheReadTokens, cacheWriteTokens }: RunColumns,
  span: number,
): number {
  return (
    Math.max(0, at(uncachedTokens, span)) +
    Math.max(0, at(cacheReadTokens, span)) +
    Math.max(0, at(cacheWriteTokens, span))
  )
}

/** What of each request was read from a cache, written to one, and neither. */
export function cacheByCall(columns: RunColumns): ChartData {
  const { groups, size } = groupsOf(callsInOrder(columns))
  const series = (key: SeriesKey, name: string, bucket: Int32Array): Series => ({
    key,
    name,
    values: groups.map(({ calls }) => sumOfKnown(calls, bucket)),
  })
  return {
    labels: groups.map(({ label }) => label),
    names: namesOf(columns, groups),
    spans: groups.map(({ calls }) => costliest(columns, calls)),
    series: [
      series('read', t('read from the cache'), columns.cacheReadTokens),
      series('write', t('written to the cache'), columns.cacheWriteTokens),
      series('fresh', 'neither', columns.uncachedTokens),
    ],
    unit: 'tokens',
    ...groupNote(size),
  }
}

function sumOfKnown(calls: Int32Array, bucket: Int32Array): number | null {
  let sum = -1
  for (const span of calls) if (at(bucket, span) >= 0) sum = Math.max(0, sum) + at(bucket, span)
  return sum < 0 ? null : sum
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
    names: namesOf(columns, groups),
    spans: groups.map(({ calls: group }) => costliest(columns, group)),
    series: [{ key: 'cost', name: t('cost so far'), values }],
    unit: 'cost',
    ...(unpriced === 0
      ? {}
      : {
          note:
            unpriced === 1
              ? t('1 call has no price and is not in it.')
              : t('{0} calls have no price and are not in it.', unpriced),
        }),
  }
}

/** Things beyond these are one bar. */
const MOST_BARS = 8

export type CostKey = 'model' | 'agent' | 'intent'

/** Cost by model, agent or intent, the largest first; the bars add up to the run. */
export function costBy(columns: RunColumns, key: CostKey): ChartData {
  const cost = new Map<number, { picoUsd: number; span: number }>()
  for (const span of callsInOrder(columns)) {
    const text = at(columns[key], span)
    const own = knownCost(columns, span)
    const sum = cost.get(text)
    if (sum === undefined) cost.set(text, { picoUsd: own, span })
    else {
      sum.picoUsd += own
      if (own > knownCost(columns, sum.span)) sum.span = span
    }
  }
  const sorted = [...cost].sort(([, a], [, b]) => b.picoUsd - a.picoUsd)
  const shown = sorted.length > MOST_BARS + 1 ? sorted.slice(0, MOST_BARS) : sorted
  const others = sorted.slice(shown.length).reduce((sum, [, { picoUsd }]) => sum + picoUsd, 0)
  const rest = sorted.length - shown.length
  return {
    labels: [
      ...shown.map(([text]) => columns.strings[text] || t('no {0}', key)),
      ...(rest === 0 ? [] : [t('{0} others', rest)]),
    ],
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

function costliest(columns: RunColumns, calls: Int32Array): number {
  let best = -1
  for (const span of calls) if (best === -1 || weightOf(columns, span) > weightOf(columns, best)) best = span
  return best
}

/** Where nothing has a price, the one with the most tokens. */
function weightOf(columns: RunColumns, span: number): number {
  return knownCost(columns, span) || tokensOfSpan(columns, span) * 1e-9 || 0
}
