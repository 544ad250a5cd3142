// What limit a measured percentile yields, and which limits of a file are such ones. Hand-made limits are all others.

import type { Budget, BudgetScope, NumericLimit } from '../../model/budget'

/** What is derived for each kind of scope; runs and days have no limits but hand-made ones. */
export const DERIVED_LIMITS: Readonly<Record<BudgetScope['kind'], readonly NumericLimit[]>> = {
  agent: ['costUsd', 'totalTokens'],
  step: ['inputTokens'],
  workflow: ['costUsd', 'totalTokens', 'agents'],
  run: [],
  day: [],
}

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
export function isDerived({ scope, limits, baseline }: Budget, name: NumericLimit): boolean {
  const measured = baseline?.values[name]
  if (!baseline || !measured || !DERIVED_LIMITS[scope.kind].includes(name)) return false
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
