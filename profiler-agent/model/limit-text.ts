// Limits, their scopes and their values as text for people.

import type { BudgetScope, LimitName } from './budget'
import { formatUsd, type PicoUsd, picoOfUsd } from './money'
import { formatCount, formatDuration, formatShare } from './quantity'

/** `support-agent`, `support-agent / order-status-lookup`, `support-agent / order-status-lookup / step plan`, `workflow refund`, `each run`, `each day`. */
export function scopeText(scope: BudgetScope): string {
  switch (scope.kind) {
    case 'agent':
      return [scope.agent, scope.intent].filter((name) => name !== undefined).join(' / ')
    case 'step':
      return [scope.agent, scope.intent, `step ${scope.step}`]
        .filter((name) => name !== undefined)
        .join(' / ')
    case 'workflow':
      return `workflow ${scope.workflow}`
    case 'run':
      return 'each run'
    case 'day':
      return 'each day'
    default:
      return scope satisfies never
  }
}

/** In the unit of the limit: `$0.05`, `4,100`, `3.2 s`, `72 %`. */
export function limitValueText(limit: LimitName, value: number): string {
  if (limit.startsWith('costUsd')) return formatUsd(picoOfUsd(value))
  if (limit === 'durationMs') return formatDuration(value)
  return limit === 'cacheHitRatio' ? formatShare(value) : formatCount(value)
}

/** With the two digits that say how much it is about: `+$0.0012`, `−$12.50`, `$0`. */
export function aboutUsd(picoUsd: PicoUsd): string {
  if (picoUsd === 0) return formatUsd(0)
  const size = Math.abs(picoUsd)
  const unit = 10 ** Math.max(0, Math.min(10, Math.floor(Math.log10(size)) - 1))
  return signedUsd(Math.sign(picoUsd) * Math.round(size / unit) * unit)
}

/** `+$0.0012`, `−$0.0012`, `$0`. */
export function signedUsd(picoUsd: PicoUsd): string {
  if (picoUsd === 0) return formatUsd(0)
  return picoUsd < 0 ? `−${formatUsd(-picoUsd)}` : `+${formatUsd(picoUsd)}`
}

/** `+1,200`, `−1,200`, `0`. */
export function signedCount(count: number): string {
  if (Math.round(count) === 0) return '0'
  return count < 0 ? `−${formatCount(-count)}` : `+${formatCount(count)}`
}
