// Sums over compared calls, and over the parts of differences.

import type { ComparedCall, ComparedRow, ComparedSet, DeltaParts, SideTotals } from '../../model/comparison'
import type { PicoUsd } from '../../model/money'
import { inputOf } from './compared-calls'

export function sideOf(calls: readonly ComparedCall[]): ComparedRow['base'] {
  const sum = (of: (call: ComparedCall) => number) => calls.reduce((total, call) => total + of(call), 0)
  return {
    calls: calls.length,
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
    unpricedCalls: calls.filter(({ cost }) => cost === null).length,
    atLeast: calls.some(({ cost }) => cost?.atLeast === true),
  }
}

/** Noise that is not known in one of them is not known of all: it is the same for every part of a difference. */
export function addParts(parts: readonly DeltaParts[]): DeltaParts {
  const sum = (of: (each: DeltaParts) => number) => parts.reduce((total, each) => total + of(each), 0)
  return {
    invocations: sum((each) => each.invocations),
    calls: sum((each) => each.calls),
    tokensPerCall: sum((each) => each.tokensPerCall),
    cacheMix: sum((each) => each.cacheMix),
    modelMix: sum((each) => each.modelMix),
    price: sum((each) => each.price),
    noise: parts.some(({ noise }) => noise === null) ? null : sum((each) => each.noise ?? 0),
  }
}

/** What the user changed: everything but prices and noise. */
export function changeOf(parts: DeltaParts): PicoUsd {
  return parts.invocations + parts.calls + parts.tokensPerCall + parts.cacheMix + parts.modelMix
}
