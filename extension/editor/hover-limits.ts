// The limits that hold for the calls of a line, and how the run stands to them. Markdown; knows no VS Code.

import type { BudgetScope, LimitUse } from '../../profiler-agent/model/budget'
import { formatValue, isFloor } from '../limit-values'
import { commandLink, markdownText } from '../markdown-text'
import type { Words } from './lens-text'

/** Nothing where no limit holds. */
export function limitLines(limits: readonly LimitUse[], words: Words): string | undefined {
  if (limits.length === 0) return undefined
  const open = commandLink(words.t('Budget'), 'costflame.openBudgets', [])
  return [`${open}:`, ...limits.map((use) => limitLine(use, words))].join('  \n')
}

function limitLine(use: LimitUse, words: Words): string {
  const { t } = words
  const { limit, allowed, worst, scope } = use
  const isOver = use.last.some((each) => each.isOver)
  const value = worst === undefined ? t('not known') : formatValue(limit, worst)
  const bound = formatValue(limit, allowed)
  const of = isFloor(limit) ? t('{0}, at least {1}', value, bound) : t('{0} of {1}', value, bound)
  const text = `${scopeText(scope, words)}: ${limit} ${of}`
  if (isOver) return `$(error) ${markdownText(text)} **${t('over the limit')}**`
  return `${worst === undefined ? '$(question)' : use.verdict === 'near' ? '$(warning)' : '$(pass)'} ${markdownText(text)}`
}

function scopeText(scope: BudgetScope, { t }: Words): string {
  switch (scope.kind) {
    case 'agent':
      return scope.intent === undefined ? scope.agent : t('{0} with intent {1}', scope.agent, scope.intent)
    case 'step':
      return t('step {0} of {1}', scope.step, scope.agent)
    case 'workflow':
      return t('{0} with all that it starts', scope.rootAgent)
    case 'run':
      return t('this run')
    case 'day':
      return t('today')
    default:
      return scope satisfies never
  }
}
