// What a span and all below it come to, straight out of the columns, so that it is there before anybody has answered. Pure.

import { Flag, type RunColumns, tokensOfSpan } from '../../profiler-agent/profile/columns'

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
  while (end < columns.count && (columns.parent[end] ?? -1) >= span) end++
  return end
}

/** Goes through everything below a span, for the run through a million: columns are read directly. */
export function sumsOfSpan(columns: RunColumns, span: number): SpanSums {
  const end = endOfSpan(columns, span)
  const seen = new Uint8Array(columns.count)
  let [calls, flags, unpricedCalls, avoidablePicoUsd] = [0, 0, 0, 0]
  let [picoUsd, tokens, avoidedPicoUsd] = [Number.NaN, Number.NaN, Number.NaN]
  for (let below = span; below < end; below++) {
    const own = columns.flags[below] ?? 0
    flags |= own
    picoUsd = plus(picoUsd, columns.picoUsd[below] ?? Number.NaN)
    avoidedPicoUsd = plus(avoidedPicoUsd, columns.avoidedPicoUsd[below] ?? Number.NaN)
    avoidablePicoUsd += columns.avoidablePicoUsd[below] ?? 0
    if ((own & Flag.call) === 0) continue
    tokens = plus(tokens, tokensOfSpan(columns, below))
    if ((own & Flag.unpriced) !== 0) unpricedCalls++
    const logical = columns.logical[below] ?? 0
    if ((own & Flag.counted) === 0 || seen[logical] === 1) continue
    seen[logical] = 1
    calls++
  }
  return {
    ...{ picoUsd, tokens, calls, unpricedCalls, avoidablePicoUsd, avoidedPicoUsd },
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
