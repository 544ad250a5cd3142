// Money as whole pico-dollars (10⁻¹² USD), so that parts add up to wholes exactly. No prices, no formatting.

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

/**
 * Text of an amount for people: cents and more with two decimals (`$1.25`), less with enough digits to see it (`$0.00321`).
 * `null` is unknown and never reads as zero: `no price`.
 */
export function formatUsd(picoUsd: PicoUsd | null): string {
  if (picoUsd === null) return 'no price'
  const usd = usdOf(picoUsd)
  if (usd === 0) return '$0'
  const size = Math.abs(usd)
  if (size >= 1) return `$${usd.toFixed(2)}`
  if (size >= 0.01) return `$${usd.toFixed(4)}`
  return `$${usd.toPrecision(3).replace(/e.*/, '')}`.includes('e') || size < 1e-6
    ? `$${usd.toExponential(2)}`
    : `$${trimZeros(usd.toFixed(8))}`
}

function trimZeros(decimal: string): string {
  return decimal.replace(/0+$/, '').replace(/\.$/, '')
}
