// What got worse, as one table for a comment on a pull request. Nothing got worse: nothing is said.

import type { LimitCheck } from '../model/comparison'
import { limitValueText, scopeText } from '../model/limit-text'
import { formatPlural } from '../model/quantity'
import { type CheckReport, nounOf, placeOf, valueText } from './check-report'
import { code, escaped, markdownTable, oneLine } from './markdown-words'
import { costSentence } from './parts-text'

/** Empty where no limit is exceeded and nothing grew beyond its spread. */
export function checkMarkdown({ results, file }: CheckReport): string {
  const worse = results
    .filter(({ isWorse }) => isWorse)
    .sort((left, right) => Number(right.verdict === 'over') - Number(left.verdict === 'over'))
  if (worse.length === 0) return ''
  const over = worse.filter(({ verdict }) => verdict === 'over').length
  const doubtful = results.filter(({ verdict }) => verdict === 'indeterminate').length
  return [
    `### Costflame: ${over > 0 ? `${formatPlural(over, 'limit')} exceeded` : 'more expensive, within the limits'}`,
    markdownTable(
      HEAD,
      worse.map((result) => row(file, result)),
      [2, 3, 4],
    ),
    ...(doubtful > 0
      ? [`${formatPlural(doubtful, 'other limit')} could not be judged; the log says why.`]
      : []),
  ].join('\n\n')
}

const HEAD = ['', 'limit', 'before', 'now', 'allowed', 'why', 'what it costs more']
const ICONS: Readonly<Partial<Record<LimitCheck['verdict'], string>>> = { over: '🛑 over', near: '⚠️ near' }

function row(file: string, result: LimitCheck): string[] {
  const { verdict, scope, limit, allowed, baseline, percentile, why, cost } = result
  const now = `${percentile ? `${percentile} ` : ''}${valueText(result)}`
  return [
    ICONS[verdict] ?? '📈 worse',
    `${escaped(oneLine(scopeText(scope)))}<br>${code(limit)}<br>${code(placeOf(file, result))}`,
    baseline === undefined ? '' : limitValueText(limit, baseline),
    escaped(oneLine(now)),
    typeof allowed === 'number' ? limitValueText(limit, allowed) : escaped(allowed.join(', ')),
    why.map((sentence) => escaped(oneLine(sentence))).join('<br>'),
    escaped(oneLine(costSentence(cost, nounOf(scope.kind)) ?? '')),
  ]
}
