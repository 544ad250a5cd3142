// Parts of a difference in cost as JSON: whole pico-dollars, and dollars as a convenience.

import type { DeltaParts, MeanDelta, Significance } from '../model/comparison'
import { type PicoUsd, usdOf } from '../model/money'

export interface MoneyJson {
  readonly picoUsd: PicoUsd
  readonly usd: number
}

/** Negative where something costs less. */
export function moneyJson(picoUsd: PicoUsd): MoneyJson {
  return { picoUsd, usd: usdOf(picoUsd) }
}

/** `change + price + noise` is the difference; what is in `change` adds up to it. */
export function partsJson({ price, noise, ...change }: DeltaParts) {
  const { calls, tokensPerCall, cacheMix, modelMix } = change
  return {
    change: {
      ...moneyJson(calls + tokensPerCall + cacheMix + modelMix),
      calls: moneyJson(calls),
      tokensPerCall: moneyJson(tokensPerCall),
      cacheMix: moneyJson(cacheMix),
      modelMix: moneyJson(modelMix),
    },
    price: moneyJson(price),
    noise: noise === null ? null : moneyJson(noise),
  }
}

export function meanJson({ base, head, delta, parts }: MeanDelta) {
  return {
    base: moneyJson(base),
    head: moneyJson(head),
    delta: moneyJson(delta),
    parts: partsJson(parts),
  }
}

export function significanceJson(significance: Significance | null) {
  if (significance === null) return null
  const { p, isSignificant, interval } = significance
  return { test: 'welch-t', p, isSignificant, interval: interval.map(moneyJson) }
}
