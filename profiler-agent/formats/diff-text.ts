// What changed between two sets of runs, for a terminal and as Markdown: the means of one invocation, so that sets of any size compare.

import Table from 'cli-table3'
import type { ComparedRow, Comparison, SideSums, SideTotals } from '../model/comparison'
import { signedUsd } from '../model/limit-text'
import { formatUsd } from '../model/money'
import { formatCount, formatPlural } from '../model/quantity'
import { type DiffReport, isCostKnown } from './diff-json'
import { code, escaped, markdownTable, oneLine } from './markdown-words'
import { changeDetails, changeOf } from './parts-text'

export function diffText(report: DiffReport): string {
  const { comparison } = report
  return [
    headline(report),
    ...partLines(comparison).map(([name, text]) => `  ${name.padEnd(LONGEST)}  ${text}`),
    ...facts(report.comparison),
    ...KINDS.flatMap((by) => {
      const shown = rowsShown(comparison, by)
      return shown.length === 0
        ? []
        : ['', textTable(comparison, by, shown), ...leftOut(comparison, by, shown)]
    }),
  ].join('\n')
}

export function diffMarkdown(report: DiffReport): string {
  const { comparison } = report
  const lines = partLines(comparison).map(([name, text]) => `- ${name}: ${text}`)
  return [
    `### Costflame: ${escaped(headline(report))}`,
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    ...facts(comparison).map(escaped),
    ...KINDS.flatMap((by) => {
      const shown = rowsShown(comparison, by)
      return shown.length === 0
        ? []
        : [markdownRows(comparison, by, shown), ...leftOut(comparison, by, shown)]
    }),
  ].join('\n\n')
}

const KINDS = ['agent', 'step', 'callsite'] as const
const TITLES = { agent: 'agent', step: 'step', callsite: 'call site' } as const

/** `main → latest: an invocation costs $0.0021 → $0.0027: +$0.0006 (+25 %)`. */
function headline({ comparison, baseName, headName }: DiffReport): string {
  const { base, head, perInvocation } = comparison
  const { delta } = perInvocation
  const cost = between(costText(base, perInvocation.base), costText(head, perInvocation.head))
  const isKnown = isCostKnown(base) && isCostKnown(head)
  const difference = isKnown
    ? `${signedUsd(delta)}${percentText(delta, perInvocation.base)}`
    : 'the difference is unknown'
  return oneLine(`${baseName} → ${headName}: an invocation costs ${cost}: ${difference}`)
}

/** `$0.0021`, `≥ $0.0021` where calls have no price, `no price` where none has one. */
function costText(side: SideSums & Partial<SideTotals>, picoUsd: number): string {
  if (!isCostKnown(side)) return formatUsd(null)
  return `${side.atLeast === true || side.unpricedCalls > 0 ? '≥ ' : ''}${formatUsd(picoUsd)}`
}

function percentText(delta: number, base: number): string {
  if (base === 0 || delta === 0) return ''
  const percent = (delta / base) * 100
  const digits = Math.abs(percent) < 10 ? 1 : 0
  return ` (${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(digits)} %)`
}

const LONGEST = 'your change'.length

/** None where the cost of a side is unknown. */
function partLines({ base, head, perInvocation }: Comparison): (readonly [string, string])[] {
  if (!isCostKnown(base) || !isCostKnown(head)) return []
  const { parts } = perInvocation
  const { price, noise } = parts
  const inside = changeDetails(parts, signedUsd)
  return [
    [
      'your change',
      [signedUsd(changeOf(parts)), ...(inside.length > 0 ? [inside.join(', ')] : [])].join(': '),
    ],
    ['prices', signedUsd(price)],
    ['noise', noise === null ? noSpreadText(base, head) : signedUsd(noise)],
  ]
}

function noSpreadText(...sides: readonly SideTotals[]): string {
  const isUnpriced = sides.some(({ unpricedCalls }) => unpricedCalls > 0)
  return `unknown: ${isUnpriced ? 'not every call has a price' : 'one invocation on each side has no spread'}`
}

function facts({ base, head, significance, warnings }: Comparison): string[] {
  return [
    ...(significance && isCostKnown(base) && isCostKnown(head) ? [spreadText(significance)] : []),
    `base: ${sideText(base)}; head: ${sideText(head)}`,
    ...warnings.map((warning) => oneLine(`careful: ${warning}`)),
  ]
}

function spreadText({ isSignificant, p, interval }: NonNullable<Comparison['significance']>): string {
  const [low, high] = interval.map(signedUsd)
  const claim = isSignificant ? 'more than the spread explains' : 'no more than the spread explains'
  return `${claim}: p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}, ${low} to ${high} an invocation at the head's prices (95 %)`
}

function sideText(side: SideTotals): string {
  const { invocations, calls, picoUsd } = side
  return `${formatPlural(invocations, 'invocation')} with ${formatPlural(calls, 'call')} for ${costText(side, picoUsd)}`
}

const MOST_ROWS = 12

function rowsShown({ rows }: Comparison, by: ComparedRow['by']): readonly ComparedRow[] {
  const own = rows.filter((row) => row.by === by)
  // Without steps or lines they say no more than the rows above them.
  const isTold = by !== 'agent' && own.every(({ key }) => (by === 'step' ? key.step : key.file) === undefined)
  return isTold ? [] : own.slice(0, MOST_ROWS)
}

function leftOut({ rows }: Comparison, by: ComparedRow['by'], shown: readonly ComparedRow[]): string[] {
  const left = rows.filter((row) => row.by === by).length - shown.length
  return left > 0 ? [`and ${formatCount(left)} more with smaller differences`] : []
}

/** All of one invocation, on average. */
const NUMBERS = ['calls', 'tokens', 'cost', 'difference', 'your change', 'prices', 'noise'] as const

function textTable(comparison: Comparison, by: ComparedRow['by'], rows: readonly ComparedRow[]): string {
  const table = new Table({
    head: [TITLES[by], ...NUMBERS],
    colAligns: ['left', ...NUMBERS.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  table.push(...rows.map((row) => [shortened(rowName(row)), ...cells(comparison, row)]))
  return table.toString()
}

function markdownRows(comparison: Comparison, by: ComparedRow['by'], rows: readonly ComparedRow[]): string {
  const cellsOf = (row: ComparedRow) => [code(rowName(row)), ...cells(comparison, row)]
  return markdownTable(
    [TITLES[by], ...NUMBERS],
    rows.map(cellsOf),
    NUMBERS.map((_, index) => index + 1),
  )
}

function rowName({ by, key }: ComparedRow): string {
  const { agent = '(no agent)', step, file, lines = [] } = key
  const place = file === undefined ? '(no line)' : `${file}:${lines.join(',')}`
  const parts = [by === 'callsite' ? place : undefined, agent, by === 'agent' ? undefined : step]
  return parts.filter((part) => part !== undefined).join(' / ')
}

const MAX_NAME = 64

function shortened(name: string): string {
  const plain = oneLine(name)
  return plain.length <= MAX_NAME
    ? plain
    : `${plain.slice(0, MAX_NAME / 2 - 1)}…${plain.slice(-MAX_NAME / 2)}`
}

function cells(comparison: Comparison, { base, head, perInvocation }: ComparedRow): string[] {
  const { delta, parts } = perInvocation
  const mean = (of: (side: ComparedRow['base']) => number) =>
    between(meanText(of(base), comparison.base.invocations), meanText(of(head), comparison.head.invocations))
  return [
    mean(({ calls }) => calls),
    mean(({ inputTokens, outputTokens }) => inputTokens + outputTokens),
    between(costText(base, perInvocation.base), costText(head, perInvocation.head)),
    ...(isCostKnown(base) && isCostKnown(head)
      ? [delta, changeOf(parts), parts.price, parts.noise].map((part) =>
          part === null ? '?' : signedUsd(part),
        )
      : ['?', '?', '?', '?']),
  ]
}

function between(before: string, after: string): string {
  return before === after ? after : `${before} → ${after}`
}

/** `3`, `2.4`, `1,204`. */
function meanText(sum: number, n: number): string {
  const mean = n === 0 ? 0 : sum / n
  return mean < 100 && !Number.isInteger(mean) ? mean.toFixed(1) : formatCount(mean)
}
