// Which budgets do anything to a call, as far as can be told before anything is counted.

import type { Budget, NumericLimit } from '../../model/budget'
import type { Attribution } from '../../model/exchange'
import { CONTENT_LIMITS, isMoney } from './limit-check'

/** Whether a budget can stop or change a call. */
export function acts({ onExceed, clampOutput, limits, models }: Budget): boolean {
  if (onExceed !== 'warn') return models !== undefined || Object.keys(limits).length > 0
  return clampOutput && limits.outputTokensPerCall !== undefined
}

/** False only where the program itself says that another agent makes the call. */
export function mayConcern({ scope }: Budget, { agent }: Attribution): boolean {
  return (scope.kind !== 'agent' && scope.kind !== 'step') || agent === undefined || agent === scope.agent
}

export function hasContentLimit({ onExceed, limits }: Budget): boolean {
  return onExceed !== 'warn' && CONTENT_LIMITS.some((name) => limits[name] !== undefined)
}

export function hasMoneyLimit({ onExceed, limits }: Budget): boolean {
  return onExceed !== 'warn' && (Object.keys(limits) as NumericLimit[]).some(isMoney)
}
