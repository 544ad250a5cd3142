// The verdict of the gate for a terminal and the log of a CI job: what is wrong first, a line each.

import type { LimitCheck } from '../model/comparison'
import { scopeText } from '../model/limit-text'
import { formatPlural } from '../model/quantity'
import { type CheckReport, headline, valueSentence } from './check-report'
import { oneLine } from './markdown-words'

const ORDER = ['over', 'indeterminate', 'stale', 'near'] as const

/** Places stand in front of each line, as compilers write them, so that terminals and editors make links of them. */
export function checkText(report: CheckReport): string {
  const { results, file, problems, runs } = report
  const told = ORDER.flatMap((verdict) => results.filter((result) => result.verdict === verdict))
  const fine = results.length - told.length
  return [
    `${headline(report)} (${formatPlural(runs, 'run')}, ${oneLine(file)})`,
    ...problems.map(
      ({ line, column, message }) => `${oneLine(file)}:${line}:${column}: not read: ${oneLine(message)}`,
    ),
    ...told.map((result) => limitLine(file, result)),
    ...(told.length > 0 && fine > 0 ? [`fine: ${formatPlural(fine, 'other limit')}`] : []),
  ].join('\n')
}

function limitLine(file: string, result: LimitCheck): string {
  const { position, verdict, scope, limit, why } = result
  const place = `${file}:${position.line}:${position.column}`
  return oneLine(
    [`${place}: ${verdict}: ${scopeText(scope)}: ${limit}: ${valueSentence(result)}`, ...why].join('; '),
  )
}
