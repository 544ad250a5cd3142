// What widths can be measured in, and the values of a tree's nodes in each: own values at the leaves, sums above them.

import { Flag, hasFlag, type RunColumns } from './columns'
import { callValue, PART_MEASURES, type PartMeasure, partValue } from './part-values'
import { NO_PART, REST_OF_CALL, type Tree } from './tree'
import { inGrains, ownTimes } from './work-time'

/**
 * `cost` and `avoidable` in pico-dollars, the tokens in tokens, `time` in milliseconds of work: what ran in parallel
 * counts side by side, so that parts add up, which makes it more than the time on the clock.
 */
export type Unit = 'cost' | 'tokens' | 'uncachedTokens' | 'cacheWriteTokens' | 'time' | 'avoidable'

export const UNITS: readonly Unit[] = [
  'cost',
  'tokens',
  'uncachedTokens',
  'cacheWriteTokens',
  'time',
  'avoidable',
]

/** Counts that are summed over a tree beside the units. */
export type Count = 'calls' | 'unpricedCalls' | 'unknownTokens' | 'estimated' | 'atLeast' | 'avoided'

const known = new WeakMap<Tree, Map<Unit | Count, Float64Array>>()

/**
 * The value of every node: its own and those below it. NaN means that nothing of it is known, which is not the same as 0.
 * Reckoned once for each tree and measure.
 */
export function sumsOf(tree: Tree, measure: Unit | Count): Float64Array {
  const ofTree = known.get(tree) ?? new Map<Unit | Count, Float64Array>()
  known.set(tree, ofTree)
  const done = ofTree.get(measure)
  if (done !== undefined) return done
  const sums = rolledUp(tree, ownValues(tree, measure))
  ofTree.set(measure, sums)
  return sums
}

/** Own values become sums, in the same array. */
export function rolledUp({ parent, count }: Tree, values: Float64Array): Float64Array {
  for (let node = count - 1; node > 0; node--) addTo(values, parent[node] ?? -1, values[node] ?? 0)
  return values
}

/** What each node brings in itself, its children aside. */
export function ownValues(tree: Tree, measure: Unit | Count): Float64Array {
  if (tree.own !== undefined) return tree.own(measure)
  const own = new Float64Array(tree.count).fill(Number.NaN)
  const ofSpans = valuesOfSpans(tree.columns, measure)
  const { nodeOf } = tree
  for (let span = 0; span < nodeOf.length; span++) addTo(own, nodeOf[span] ?? -1, ofSpans[span] ?? 0)
  if (isCutUp(measure)) moveToParts(tree, measure, own)
  if (measure === 'time') moveToGaps(tree, own)
  return own
}

/** What is not known adds nothing. */
function addTo(own: Float64Array, node: number, value: number) {
  if (node < 0 || Number.isNaN(value)) return
  const before = own[node] ?? Number.NaN
  own[node] = Number.isNaN(before) ? value : before + value
}

function valuesOfSpans(columns: RunColumns, measure: Unit | Count): Float64Array {
  switch (measure) {
    case 'cost':
      return columns.picoUsd
    case 'avoidable':
      return columns.avoidablePicoUsd
    case 'avoided':
      return columns.avoidedPicoUsd
    case 'time':
      return ownTimes(columns)
    case 'tokens':
    case 'uncachedTokens':
    case 'cacheWriteTokens':
      return spans(columns, (span) => callValue(columns, span, measure))
    case 'calls':
      return firstAttempts(columns)
    case 'unpricedCalls':
      return flagged(columns, Flag.unpriced)
    case 'unknownTokens':
      return spans(columns, (span) => (isUsageUnknown(columns, span) ? 1 : 0))
    case 'estimated':
      return flagged(columns, Flag.estimated)
    case 'atLeast':
      return flagged(columns, Flag.atLeast)
    default:
      return measure satisfies never
  }
}

function spans(columns: RunColumns, valueAt: (span: number) => number): Float64Array {
  const values = new Float64Array(columns.count)
  for (let span = 0; span < columns.count; span++) values[span] = valueAt(span)
  return values
}

/** A billed call that does not say what went in, or what came out. */
function isUsageUnknown(columns: RunColumns, span: number): boolean {
  if (!hasFlag(columns, span, Flag.billed)) return false
  const { uncachedTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = columns
  const known = (tokens: Int32Array) => (tokens[span] ?? -1) >= 0
  return !known(outputTokens) || !(known(uncachedTokens) || known(cacheReadTokens) || known(cacheWriteTokens))
}

function flagged({ flags }: RunColumns, flag: number): Float64Array {
  const values = new Float64Array(flags.length)
  for (let span = 0; span < flags.length; span++) values[span] = ((flags[span] ?? 0) & flag) === 0 ? 0 : 1
  return values
}

/** A retry is the same call as its first attempt, and counted where that one stands. */
function firstAttempts(columns: RunColumns): Float64Array {
  const { flags, logical } = columns
  const seen = new Uint8Array(columns.count)
  return spans(columns, (span) => {
    const call = logical[span] ?? -1
    if (((flags[span] ?? 0) & Flag.counted) === 0 || seen[call] === 1) return 0
    seen[call] = 1
    return 1
  })
}

function isCutUp(measure: Unit | Count): measure is PartMeasure {
  return PART_MEASURES.some((each) => each === measure)
}

/** The value of a call that has parts lies at them, and what they leave over at its rest. */
function moveToParts({ columns: { parts }, parent, part }: Tree, measure: PartMeasure, own: Float64Array) {
  for (let node = 0; node < own.length; node++) {
    const index = part[node] ?? NO_PART
    if (index === NO_PART) continue
    const call = parent[node] ?? -1
    const left = own[call] ?? Number.NaN
    if (Number.isNaN(left)) continue
    const value = index === REST_OF_CALL || parts === undefined ? left : partValue(parts, index, measure)
    const taken = Math.min(value, left)
    own[node] = taken
    if (!Number.isNaN(taken)) own[call] = left - taken
  }
}

/** The time between two calls is that of the tools in it, and not of the step or agent around them. */
function moveToGaps({ gaps, parent }: Tree, own: Float64Array) {
  for (const [node, { duration }] of gaps ?? []) {
    const above = parent[node] ?? -1
    const taken = Math.min(own[above] ?? 0, inGrains(duration))
    own[node] = taken
    own[above] = (own[above] ?? 0) - taken
  }
}
