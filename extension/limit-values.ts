// Values of limits as text in their unit, and how far a limit is used up. Knows no VS Code.

import { derivedLimit } from '../profiler-agent/budgets/file/derived-limit'
import type { LimitUse, NumericLimit, Percentile } from '../profiler-agent/model/budget'
import { formatUsd, picoOfUsd } from '../profiler-agent/model/money'
import { formatCount, formatDuration, formatShare } from '../profiler-agent/model/quantity'

export type LimitUnit = 'usd' | 'tokens' | 'milliseconds' | 'share' | 'count'

export function unitOf(limit: NumericLimit): LimitUnit {
  if (limit.startsWith('costUsd')) return 'usd'
  if (limit === 'durationMs') return 'milliseconds'
  if (limit === 'cacheHitRatio') return 'share'
  return limit.includes('Tokens') || limit === 'contextGrowthPerStep' ? 'tokens' : 'count'
}

/** `$0.05`, `4,100`, `3.2 s`, `72 %`. */
export function formatValue(limit: NumericLimit, value: number): string {
  switch (unitOf(limit)) {
    case 'usd':
      return formatUsd(picoOfUsd(value))
    case 'milliseconds':
      return formatDuration(value)
    case 'share':
      return formatShare(value)
    default:
      return formatCount(value)
  }
}

/** The one limit that values have to stay above. */
export function isFloor(limit: NumericLimit): boolean {
  return limit === 'cacheHitRatio'
}

/** What the gate holds against the limit: a percentile, of runs and days the largest; `undefined` where nothing is known. */
export function judgedValue(use: LimitUse, percentile: Percentile): number | undefined {
  return isOfMany(use) ? use.percentiles?.[percentile] : use.worst
}

/** Limits of runs and days hold for each of them. */
export function isOfMany({ scope }: Pick<LimitUse, 'scope'>): boolean {
  return scope.kind !== 'run' && scope.kind !== 'day'
}

/** That value as `68 %` of the limit, above it never as 100 %; `undefined` where there is none, or the limit is 0. */
export function usedShare(use: LimitUse, percentile: Percentile): string | undefined {
  const value = judgedValue(use, percentile)
  if (value === undefined || use.allowed === 0) return undefined
  const share = value / use.allowed
  return share > 1 ? `${formatCount(Math.max(101, Math.round(share * 100)))} %` : formatShare(share)
}

/** Part by which a limit is above what was seen: that of derived limits. */
export const USUAL_HEADROOM = 0.2

/** A limit that a value would have kept, with the usual headroom, by the rule of derived limits; a floor is below the value. */
export function limitFor(limit: NumericLimit, value: number): number {
  if (isFloor(limit)) return Math.floor(value * (1 - USUAL_HEADROOM) * 100) / 100
  return derivedLimit(limit, value, USUAL_HEADROOM)
}

/** The same text for the same limit of the same scope (a `BudgetScope`), wherever it comes from. */
export function limitKey(scope: object, limit: string): string {
  const names = Object.entries(scope).sort(([left], [right]) => (left < right ? -1 : 1))
  return JSON.stringify([limit, ...names])
}

/** The newest of the last ones that is over, else the one with the highest value. */
export function worstOf({ last }: Pick<LimitUse, 'last'>): LimitUse['last'][number] | undefined {
  const over = last.find(({ isOver }) => isOver)
  return over ?? [...last].sort((left, right) => (right.value ?? -1) - (left.value ?? -1))[0]
}
