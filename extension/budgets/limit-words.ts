// What is said of a limit: what it holds for, how it is used, what happens beyond it. What each means is said by the schema.

import * as vscode from 'vscode'
import type { Budget, BudgetScope, GateRule, LimitUse, Percentile } from '../../profiler-agent/model/budget'
import { formatCount } from '../../profiler-agent/model/quantity'
import { formatValue, isFloor, isOfMany, judgedValue, usedShare } from '../limit-values'

/** What a limit of this scope is held against; names are the user's own and not escaped. */
export function scopeText(scope: BudgetScope): string {
  const { t } = vscode.l10n
  switch (scope.kind) {
    case 'agent':
      return scope.intent === undefined
        ? t('Each invocation of {0}', scope.agent)
        : t('Each invocation of {0} with intent {1}', scope.agent, scope.intent)
    case 'step':
      return t('Each step {0} of {1}', scope.step, scope.agent)
    case 'workflow':
      return t('Each invocation of {0} with all that it starts', scope.rootAgent)
    case 'run':
      return t('Each run')
    case 'day':
      return t('Each day')
    default:
      return scope satisfies never
  }
}

/** `212 invocations`. */
export function countText(scope: BudgetScope, n: number): string {
  const { t } = vscode.l10n
  const count = formatCount(n)
  switch (scope.kind) {
    case 'step':
      return n === 1 ? t('1 step') : t('{0} steps', count)
    case 'run':
      return n === 1 ? t('1 run') : t('{0} runs', count)
    case 'day':
      return n === 1 ? t('1 day') : t('{0} days', count)
    default:
      return n === 1 ? t('1 invocation') : t('{0} invocations', count)
  }
}

/** `p95 4,100 · 68 % of 6,000 · 212 invocations`, above a limit. */
export function useText(use: LimitUse, { percentile, minInvocations }: GateRule): string {
  const { t } = vscode.l10n
  if (use.n === 0) return t('nothing measured yet')
  const count = countText(use.scope, use.n)
  const judged = judgedValue(use, percentile)
  if (judged === undefined) return `${t('not known')} · ${count}`
  const text = formatValue(use.limit, judged)
  const value = isOfMany(use) ? `${percentile} ${text}` : t('largest {0}', text)
  const isFew = use.verdict === 'indeterminate' && use.n < minInvocations
  const few = isFew ? ` · ${t('too few to judge')}` : ''
  return `${value} · ${ofLimit(use, percentile)} · ${count}${few}`
}

function ofLimit(use: LimitUse, percentile: Percentile): string {
  const { t } = vscode.l10n
  const allowed = formatValue(use.limit, use.allowed)
  if (isFloor(use.limit)) return t('at least {0}', allowed)
  const share = usedShare(use, percentile)
  return share === undefined ? t('limit {0}', allowed) : t('{0} of {1}', share, allowed)
}

/** What happens when the limit is exceeded. */
export function reactionText({ onExceed, escalation, clampOutput }: Budget): string {
  const { t } = vscode.l10n
  const clamp = clampOutput ? ` ${t('The cap on the output of a call is lowered to the limit.')}` : ''
  if (onExceed === 'block') return `${t('Calls beyond it are refused.')}${clamp}`
  if (onExceed === 'escalate')
    return `${t('Calls beyond it are refused, and {0} is told.', escalation ?? t('nobody'))}${clamp}`
  return `${t('What is beyond it is reported; no call is refused.')}${clamp}`
}
