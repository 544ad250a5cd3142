// Money as whole pico-dollars (10⁻¹² USD), so that parts add up to wholes exactly, and how it reads. No prices.

import { groupThousands } from './quantity'

/** Whole pico-dollars; below 2⁵³ (about 9,007 USD) per value. A price in µUSD per million tokens is PicoUsd per token. */
export type PicoUsd = number

const PICO_PER_USD = 1e12

/** Dollars as a convenience for readers; never add these up, add PicoUsd. */
export function usdOf(picoUsd: PicoUsd): number {
  return picoUsd / PICO_PER_USD
}

/** Pico-dollars per token of a price given in USD per million tokens; rounds away the noise of decimal fractions. */
export function picoPerToken(usdPerMillionTokens: number): PicoUsd {
  return Math.round(usdPerMillionTokens * 1e6)
}

/** Pico-dollars of an amount in USD. */
export function picoOfUsd(usd: number): PicoUsd {
  return Math.round(usd * PICO_PER_USD)
}

/** Digits that count in an amount below a dollar. */
const SIGNIFICANT_DIGITS = 4
/** From here on an amount with four digits after the point would read `1.0000`. */
const ABOUT_ONE_USD: PicoUsd = 999_950_000_000

/**
 * Text of an amount for people: `$1.25` from a dollar on, below it as many digits as show the first four that count (`$0.002602`),
 * and at least cents (`$0.10`). Amounts are never negative. `null` is unknown and never reads as zero: `no price`.
 */
export function formatUsd(picoUsd: PicoUsd | null): string {
  if (picoUsd === null) return 'no price'
  if (picoUsd === 0) return '$0'
  if (picoUsd >= ABOUT_ONE_USD) return `$${groupThousands(usdOf(picoUsd).toFixed(2))}`
  const leadingZeros = 12 - String(picoUsd).length
  const decimals = Math.min(12, leadingZeros + SIGNIFICANT_DIGITS)
  return `$${usdOf(picoUsd)
    .toFixed(decimals)
    .replace(/(\.\d\d\d*?)0+$/, '$1')}`
}
