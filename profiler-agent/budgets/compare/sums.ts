// Sums over compared calls, and over the parts of differences.

import type {
  ComparedCall,
  ComparedSet,
  DeltaParts,
  MeanDelta,
  SideSums,
  SideTotals,
} from '../../model/comparison'
import type { PicoUsd } from '../../model/money'
import { inputOf } from './compared-calls'

export function sideOf(calls: readonly ComparedCall[]): SideSums {
  const sum = (of: (call: ComparedCall) => number) => calls.reduce((total, call) => total + of(call), 0)
  return {
    calls: calls.length,
    unpricedCalls: calls.filter(({ cost }) => cost === null).length,
    inputTokens: sum(({ tokens }) => inputOf(tokens)),
    outputTokens: sum(({ tokens }) => tokens.output),
    picoUsd: sum(({ cost }) => cost?.picoUsd ?? 0),
  }
}

export function totalsOfSet({ units }: ComparedSet): SideTotals {
  const calls = units.flatMap((unit) => unit.calls)
  return {
    invocations: units.length,
    ...sideOf(calls),
    atLeast: calls.some(({ cost }) => cost?.atLeast === true),
  }
}

/** Noise that is not known in one of them is not known of all: it is the same for every part of a difference. */
export function addParts(parts: readonly DeltaParts[]): DeltaParts {
  const sum = (of: (each: DeltaParts) => number) => parts.reduce((total, each) => total + of(each), 0)
  return {
    calls: sum((each) => each.calls),
    tokensPerCall: sum((each) => each.tokensPerCall),
    cacheMix: sum((each) => each.cacheMix),
    modelMix: sum((each) => each.modelMix),
    price: sum((each) => each.price),
    noise: parts.some(({ noise }) => noise === null) ? null : sum((each) => each.noise ?? 0),
  }
}

/**
 * A difference of many invocations as that of one, from the mean cost on each side. `parts` are those of `n`, the head's.
 * Rounding goes to `tokensPerCall`, or to noise where nothing is but noise.
 */
export function meanDelta([base, head]: readonly [number, number], parts: DeltaParts, n: number): MeanDelta {
  const delta = Math.round(head) - Math.round(base)
  const one = (part: number) => Math.round(part / Math.max(1, n))
  const { calls, cacheMix, modelMix, price } = parts
  const known = { calls: one(calls), cacheMix: one(cacheMix), modelMix: one(modelMix), price: one(price) }
  const left = delta - known.calls - known.cacheMix - known.modelMix - known.price
  const isNoise = parts.noise !== null && parts.noise !== 0 && changeOf(parts) === 0
  const noise = parts.noise === null ? null : isNoise ? left : one(parts.noise)
  return {
    base: Math.round(base),
    head: Math.round(head),
    delta,
    parts: { ...known, tokensPerCall: left - (noise ?? 0), noise },
  }
}

/** What the user changed: everything but prices and noise. */
export function changeOf(parts: DeltaParts): PicoUsd {
  return parts.calls + parts.tokensPerCall + parts.cacheMix + parts.modelMix
}
