// What limit a measured percentile yields, and which limits of a file are such ones. Hand-made limits are all others.

import type { Budget, NumericLimit } from '../../model/budget'

/** Fractions of a cent and shares are not whole; everything else is tokens, milliseconds or a count. */
const FRACTIONS: ReadonlySet<NumericLimit> = new Set([
  'costUsd',
  'costUsdPerRun',
  'costUsdPerDay',
  'cacheHitRatio',
])

/** p99 × (1 + headroom), rounded up to two significant digits; 5,000 and 0.2 give 6,000. What is counted is whole. */
export function derivedLimit(limit: NumericLimit, p99: number, headroom: number): number {
  const rounded = roundedUp(p99 * (1 + headroom))
  return FRACTIONS.has(limit) ? rounded : Math.ceil(rounded)
}

/** Whether a limit is what its own baseline yields: then a new measurement may change it. */
export function isDerived({ limits, baseline }: Budget, name: NumericLimit): boolean {
  const measured = baseline?.values[name]
  if (!baseline || !measured) return false
  return limits[name]?.value === derivedLimit(name, measured.p99, baseline.headroom)
}

const DIGITS = 2

function roundedUp(value: number): number {
  // 50 × 1.1 is 55.00000000000001: twelve digits are more than any measurement has.
  const [digits = '0', exponent = '0'] = value.toExponential(11).split('e')
  const shift = DIGITS - 1
  const whole = Math.ceil(Number(`${digits}e${shift}`))
  return Number(`${whole}e${Number(exponent) - shift}`)
}
