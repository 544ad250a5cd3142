// What widths can be measured in, and the values of a tree's nodes in each: own values at the leaves, sums above them.

import { at, Flag, hasFlag, PART_CACHES, PART_KINDS, type RunColumns, tokensOfSpan } from './columns'
import { NO_PART, REST_OF_CALL, type Tree } from './tree'
import { ownTimes } from './work-time'

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
export type Count = 'calls' | 'unpricedCalls' | 'estimated' | 'atLeast' | 'avoided'

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
  const sums = ownValues(tree, measure)
  for (let node = tree.count - 1; node > 0; node--) {
    const value = at(sums, node)
    if (Number.isNaN(value)) continue
    const parent = at(tree.parent, node)
    const above = at(sums, parent)
    sums[parent] = Number.isNaN(above) ? value : above + value
  }
  ofTree.set(measure, sums)
  return sums
}

/** What each node brings in itself, its children aside. */
export function ownValues(tree: Tree, measure: Unit | Count): Float64Array {
  if (tree.own !== undefined) return tree.own(measure)
  const own = new Float64Array(tree.count).fill(Number.NaN)
  const ofSpans = valuesOfSpans(tree.columns, measure)
  for (let span = 0; span < tree.columns.count; span++) addTo(own, at(tree.nodeOf, span), at(ofSpans, span))
  if (isCutUp(measure)) moveToParts(tree, measure, own)
  return own
}

function addTo(own: Float64Array, node: number, value: number) {
  if (node < 0 || Number.isNaN(value)) return
  const before = at(own, node)
  own[node] = Number.isNaN(before) ? value : before + value
}

function valuesOfSpans(columns: RunColumns, measure: Unit | Count): ArrayLike<number> {
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
      return spans(columns, (span) => tokensOfSpan(columns, span))
    case 'uncachedTokens':
      return unknownAsNaN(columns.uncachedTokens)
    case 'cacheWriteTokens':
      return unknownAsNaN(columns.cacheWriteTokens)
    case 'calls':
      return firstAttempts(columns)
    case 'unpricedCalls':
      return flagged(columns, Flag.unpriced)
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

function unknownAsNaN(tokens: Int32Array): Float64Array {
  return Float64Array.from(tokens, (count) => (count < 0 ? Number.NaN : count))
}

function flagged(columns: RunColumns, flag: number): Float64Array {
  return spans(columns, (span) => (hasFlag(columns, span, flag) ? 1 : 0))
}

/** A retry is the same call as its first attempt, and counted where that one stands. */
function firstAttempts(columns: RunColumns): Float64Array {
  const seen = new Set<number>()
  return spans(columns, (span) => {
    if (!hasFlag(columns, span, Flag.counted) || seen.has(at(columns.logical, span))) return 0
    seen.add(at(columns.logical, span))
    return 1
  })
}

type PartMeasure = 'cost' | 'tokens' | 'uncachedTokens' | 'cacheWriteTokens'

function isCutUp(measure: Unit | Count): measure is PartMeasure {
  return ['cost', 'tokens', 'uncachedTokens', 'cacheWriteTokens'].includes(measure)
}

/** The value of a call that has parts lies at them, and what they leave over at its rest, else at the call itself. */
function moveToParts(tree: Tree, measure: PartMeasure, own: Float64Array) {
  for (let node = 0; node < tree.count; node++) {
    const part = at(tree.part, node)
    if (part === NO_PART) continue
    const call = at(tree.parent, node)
    const left = at(own, call)
    if (part === REST_OF_CALL) {
      own[node] = left
      own[call] = Number.isNaN(left) ? left : 0
      continue
    }
    const value = valueOfPart(tree.columns, part, measure)
    own[node] = Math.min(value, Number.isNaN(left) ? 0 : left)
    if (Number.isNaN(value) || Number.isNaN(left)) own[node] = Number.NaN
    else own[call] = left - at(own, node)
  }
}

const OUTPUT = PART_KINDS.indexOf('output')
const [READ, WRITE] = [PART_CACHES.indexOf('read'), PART_CACHES.indexOf('write')]

function valueOfPart({ parts }: RunColumns, part: number, measure: PartMeasure): number {
  if (parts === undefined) return Number.NaN
  if (measure === 'cost') return at(parts.picoUsd, part)
  const tokens = at(parts.tokens, part)
  if (measure === 'tokens') return tokens
  const cache = at(parts.cache, part)
  if (measure === 'cacheWriteTokens') return cache === WRITE ? tokens : 0
  return cache === READ || cache === WRITE || at(parts.kind, part) === OUTPUT ? 0 : tokens
}
