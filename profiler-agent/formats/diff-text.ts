// What changed between two sets of runs, for a terminal and as Markdown.

import Table from 'cli-table3'
import type { ComparedRow, DeltaParts, SideTotals } from '../model/comparison'
import { signedUsd } from '../model/limit-text'
import { formatUsd } from '../model/money'
import { formatCount, formatPlural } from '../model/quantity'
import { type DiffReport, perInvocation } from './diff-json'
import { code, escaped, markdownTable, oneLine } from './markdown-words'

export function diffText(report: DiffReport): string {
  const { rows } = report.comparison
  return [
    ...sentences(report),
    ...KINDS.flatMap((by) => {
      const shown = rowsShown(rows, by)
      return shown.length === 0 ? [] : ['', textTable(TITLES[by], shown), ...leftOut(rows, by, shown)]
    }),
  ].join('\n')
}

export function diffMarkdown(report: DiffReport): string {
  const { rows } = report.comparison
  const [headline = '', ...others] = sentences(report)
  return [
    `### Costflame: ${escaped(oneLine(headline))}`,
    ...others.map((sentence) => escaped(oneLine(sentence))),
    ...KINDS.flatMap((by) => {
      const shown = rowsShown(rows, by)
      return shown.length === 0 ? [] : [markdownRows(TITLES[by], shown), ...leftOut(rows, by, shown)]
    }),
  ].join('\n\n')
}

const KINDS = ['agent', 'step', 'callsite'] as const
const TITLES = { agent: 'agent', step: 'step', callsite: 'call site' } as const

function sentences({ comparison, baseName, headName }: DiffReport): string[] {
  const { base, head, delta, parts, significance, warnings } = comparison
  const one = perInvocation(head) - perInvocation(base)
  return [
    `${baseName} → ${headName}: ${signedUsd(one)} an invocation${percentText(one, perInvocation(base))}`,
    `an invocation: ${formatUsd(perInvocation(base))} → ${formatUsd(perInvocation(head))}`,
    `in all: ${sideText(base)} → ${sideText(head)}: ${signedUsd(delta)}`,
    `  your change  ${changeText(parts)}`,
    `  prices       ${signedUsd(parts.price)}`,
    `  noise        ${parts.noise === null ? 'unknown: one invocation on each side has no spread' : signedUsd(parts.noise)}`,
    ...(significance
      ? [
          `${significance.isSignificant ? 'more than the spread explains' : 'the spread explains it'}: p = ${probabilityText(significance.p)}, at the head's prices an invocation changes by ${signedUsd(significance.interval[0])} to ${signedUsd(significance.interval[1])} (95 %)`,
        ]
      : []),
    ...warnings.map((warning) => `careful: ${warning}`),
  ]
}

function percentText(delta: number, base: number): string {
  if (base === 0 || delta === 0) return ''
  const percent = (delta / base) * 100
  const digits = Math.abs(percent) < 10 ? 1 : 0
  return ` (${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(digits)} %)`
}

function sideText({ picoUsd, invocations, calls, atLeast, unpricedCalls }: SideTotals): string {
  const least = atLeast || unpricedCalls > 0 ? '≥ ' : ''
  return `${least}${formatUsd(picoUsd)} for ${formatPlural(invocations, 'invocation')} with ${formatPlural(calls, 'call')}`
}

function changeText(parts: DeltaParts): string {
  const { invocations, calls, tokensPerCall, cacheMix, modelMix } = parts
  const named = [
    ['invocations', invocations],
    ['calls', calls],
    ['tokens per call', tokensPerCall],
    ['cache mix', cacheMix],
    ['model mix', modelMix],
  ] as const
  const sum = named.reduce((total, [, part]) => total + part, 0)
  const inside = named.filter(([, part]) => part !== 0).map(([name, part]) => `${name} ${signedUsd(part)}`)
  return `${signedUsd(sum)}${inside.length > 0 ? `: ${inside.join(', ')}` : ''}`
}

function probabilityText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}

const MOST_ROWS = 12

function rowsShown(rows: readonly ComparedRow[], by: ComparedRow['by']): readonly ComparedRow[] {
  const own = rows.filter((row) => row.by === by)
  // Rows that say no more than those above them.
  const isTold = by !== 'agent' && own.every(({ key }) => (by === 'step' ? key.step : key.file) === undefined)
  return isTold ? [] : own.slice(0, MOST_ROWS)
}

function leftOut(
  rows: readonly ComparedRow[],
  by: ComparedRow['by'],
  shown: readonly ComparedRow[],
): string[] {
  const left = rows.filter((row) => row.by === by).length - shown.length
  return left > 0 ? [`and ${formatCount(left)} more with smaller differences`] : []
}

const NUMBERS = ['calls', 'tokens', 'cost', 'difference', 'your change', 'prices', 'noise'] as const

function textTable(title: string, rows: readonly ComparedRow[]): string {
  const table = new Table({
    head: [title, ...NUMBERS],
    colAligns: ['left', ...NUMBERS.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  table.push(...rows.map((row) => [shortened(rowName(row)), ...cells(row)]))
  return table.toString()
}

function markdownRows(title: string, rows: readonly ComparedRow[]): string {
  const numbers = NUMBERS.map((_, index) => index + 1)
  return markdownTable(
    [title, ...NUMBERS],
    rows.map((row) => [code(rowName(row)), ...cells(row)]),
    numbers,
  )
}

function rowName({ by, key }: ComparedRow): string {
  const { agent = '(no agent)', step, file, lines = [] } = key
  const steps = by === 'agent' ? [] : [step].filter((name) => name !== undefined)
  const place = file === undefined ? '(no line)' : `${file}:${lines.join(',')}`
  return [...(by === 'callsite' ? [place] : []), agent, ...steps].join(' / ')
}

const MAX_NAME = 48

function shortened(name: string): string {
  const plain = oneLine(name)
  return plain.length <= MAX_NAME
    ? plain
    : `${plain.slice(0, MAX_NAME / 2 - 1)}…${plain.slice(-MAX_NAME / 2)}`
}

function cells({ base, head, delta, parts }: ComparedRow): string[] {
  const { price, noise, ...change } = parts
  const sum = Object.values(change).reduce((total, part) => total + part, 0)
  const tokens = (side: ComparedRow['base']) => side.inputTokens + side.outputTokens
  const between = (before: string, after: string) => (before === after ? after : `${before} → ${after}`)
  return [
    between(formatCount(base.calls), formatCount(head.calls)),
    between(formatCount(tokens(base)), formatCount(tokens(head))),
    between(formatUsd(base.picoUsd), formatUsd(head.picoUsd)),
    ...[delta, sum, price].map(signedUsd),
    noise === null ? '?' : signedUsd(noise),
  ]
}
