// Parts of a difference in cost as JSON: whole pico-dollars, and dollars as a convenience.

import type { DeltaParts, Significance } from '../model/comparison'
import { type PicoUsd, usdOf } from '../model/money'

export interface MoneyJson {
  readonly picoUsd: PicoUsd
  readonly usd: number
}

/** Negative where something costs less. */
export function moneyJson(picoUsd: PicoUsd): MoneyJson {
  // No minus before a zero.
  return { picoUsd: picoUsd + 0, usd: usdOf(picoUsd) + 0 }
}

/** `change + price + noise` is the difference; what is in `change` adds up to it. */
export function partsJson({
  price,
  noise,
  invocations,
  calls,
  tokensPerCall,
  cacheMix,
  modelMix,
}: DeltaParts) {
  return {
    change: {
      ...moneyJson(invocations + calls + tokensPerCall + cacheMix + modelMix),
      invocations: moneyJson(invocations),
      calls: moneyJson(calls),
      tokensPerCall: moneyJson(tokensPerCall),
      cacheMix: moneyJson(cacheMix),
      modelMix: moneyJson(modelMix),
    },
    price: moneyJson(price),
    noise: noise === null ? null : moneyJson(noise),
  }
}

export function significanceJson(significance: Significance | null) {
  if (significance === null) return null
  const { p, isSignificant, interval } = significance
  return { test: 'welch-t', p, isSignificant, interval: interval.map(moneyJson) }
}
