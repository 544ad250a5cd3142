// The verdict of the gate for a terminal and the log of a CI job: the verdict, then each limit that is not fine with its reasons.

import type { LimitCheck } from '../model/comparison'
import { limitValueText, scopeText } from '../model/limit-text'
import { formatPlural } from '../model/quantity'
import { type CheckReport, headline, nounOf, placeOf, reasons, valueText } from './check-report'
import { oneLine } from './markdown-words'

const ORDER = ['over', 'indeterminate', 'stale', 'near', 'fine'] as const

export function checkText(report: CheckReport): string {
  const { results, file, problems, runs } = report
  const isTold = ({ verdict, isWorse }: LimitCheck) => verdict !== 'fine' || isWorse
  const told = ORDER.flatMap((verdict) => results.filter((each) => each.verdict === verdict && isTold(each)))
  const others = results.length - told.length
  const width = Math.max(...told.map(({ verdict }) => verdict.length), 'fine'.length)
  return [
    `${headline(report)} (${formatPlural(runs, 'run')}, ${oneLine(file)})`,
    ...problems.map(({ line, column, message }) =>
      oneLine(`${file}:${line}:${column}: not read: ${message}`),
    ),
    ...told.flatMap((result, index) => limitLines(file, result, { width, hasMoney: isFirst(told, index) })),
    ...(told.length > 0 && others > 0
      ? [`${'fine'.padEnd(width)}  ${formatPlural(others, 'other limit')}`]
      : []),
  ].join('\n')
}

/** The same calls cost more under each of their limits; that is said once. */
function isFirst(told: readonly LimitCheck[], index: number): boolean {
  const agentOf = ({ scope }: LimitCheck) => ('agent' in scope ? scope.agent : undefined)
  const own = told[index]
  const agent = own && agentOf(own)
  return agent === undefined || told.findIndex((each) => agentOf(each) === agent && each.cost) === index
}

interface LineOptions {
  readonly width: number
  readonly hasMoney: boolean
}

function limitLines(file: string, result: LimitCheck, { width, hasMoney }: LineOptions): string[] {
  const { verdict, scope, limit } = result
  const fields = [
    verdict.padEnd(width),
    scopeText(scope),
    limit,
    valueOfAllowed(result),
    placeOf(file, result),
  ]
  const indent = ' '.repeat(width + 2)
  return [
    fields.map(oneLine).join('  '),
    ...reasons(result, hasMoney).map((reason) => `${indent}${oneLine(reason)}`),
  ]
}

/** `p95 7,350 of 6,000 (42 invocations)`. */
function valueOfAllowed(result: LimitCheck): string {
  const { limit, allowed, n, percentile, scope } = result
  const many = formatPlural(n, nounOf(scope.kind))
  if (typeof allowed !== 'number') return `${allowed.join(', ')} (${many})`
  const wanted = `${limit === 'cacheHitRatio' ? 'at least ' : ''}${limitValueText(limit, allowed)}`
  return `${percentile ?? 'largest'} ${valueText(result)} of ${wanted} (${many})`
}
