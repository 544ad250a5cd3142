// What a span and all below it come to, straight out of the columns, so that it is there before anybody has answered. Pure.

import { at, Flag, hasFlag, type RunColumns, tokensOfSpan } from '../../profiler-agent/profile/columns'

/** Money in pico-dollars; NaN is unknown, which is not the same as 0. */
export interface SpanSums {
  readonly picoUsd: number
  readonly tokens: number
  /** Logical calls: the attempts of one count once. */
  readonly calls: number
  readonly unpricedCalls: number
  readonly avoidablePicoUsd: number
  /** What refused and replayed calls would have cost. */
  readonly avoidedPicoUsd: number
  /** The cost is a lower bound. */
  readonly isAtLeast: boolean
  /** We counted some of the tokens. */
  readonly isEstimate: boolean
  /** Nobody knows what some of the calls used. */
  readonly isUsageUnknown: boolean
  /** There are calls, and nobody was billed for any of them. */
  readonly isUnbilled: boolean
}

/** Index behind the last span below `span`. */
export function endOfSpan(columns: RunColumns, span: number): number {
  let end = span + 1
  // In depth-first order whatever follows and hangs elsewhere hangs under a span before this one.
  while (end < columns.count && at(columns.parent, end) >= span) end++
  return end
}

export function sumsOfSpan(columns: RunColumns, span: number): SpanSums {
  const end = endOfSpan(columns, span)
  const calls = new Set<number>()
  let flags = 0
  let unpricedCalls = 0
  let picoUsd = Number.NaN
  let tokens = Number.NaN
  let avoidedPicoUsd = Number.NaN
  let avoidablePicoUsd = 0
  for (let below = span; below < end; below++) {
    picoUsd = plus(picoUsd, at(columns.picoUsd, below))
    tokens = plus(tokens, tokensOfSpan(columns, below))
    avoidedPicoUsd = plus(avoidedPicoUsd, at(columns.avoidedPicoUsd, below))
    avoidablePicoUsd += at(columns.avoidablePicoUsd, below)
    flags |= at(columns.flags, below)
    if (hasFlag(columns, below, Flag.unpriced)) unpricedCalls++
    if (hasFlag(columns, below, Flag.counted)) calls.add(at(columns.logical, below))
  }
  return {
    ...{ picoUsd, tokens, calls: calls.size, unpricedCalls, avoidablePicoUsd, avoidedPicoUsd },
    isAtLeast: unpricedCalls > 0 || (flags & Flag.atLeast) !== 0,
    isEstimate: (flags & Flag.estimated) !== 0,
    isUsageUnknown: (flags & Flag.unknownUsage) !== 0,
    isUnbilled: (flags & Flag.call) !== 0 && (flags & Flag.billed) === 0,
  }
}

function plus(sum: number, value: number): number {
  if (Number.isNaN(value)) return sum
  return Number.isNaN(sum) ? value : sum + value
}
