// A report as a table for the terminal, Markdown and CSV. Sums nothing.

import Table from 'cli-table3'
import type { Finding } from '../model/finding'
import { formatUsd } from '../model/money'
import { formatCount, formatPlural, formatShare } from '../model/quantity'
import { cacheShareOf } from '../model/totals'
import { cacheWriteTotal } from '../model/usage'
import { csvLines } from './csv-lines'
import type { Report, ReportRow } from './report'

/** Where calls carry no such label. */
const NONE = '(none)'
const NUMBERS = ['runs', 'calls', 'input', 'cached', 'output', 'cost']

/** How many of the reported runs have a finding of a violated limit, by rule; most first. */
export type ViolatedLimits = readonly (readonly [rule: string, runs: number])[]

/** What stands in the findings of runs, one list for each. */
export function violatedLimits(runs: readonly (readonly Finding[])[]): ViolatedLimits {
  const counts = new Map<string, number>()
  for (const findings of runs) {
    const violated = findings.filter(
      ({ rule, severity }) => rule.startsWith('budget/') && severity !== 'info',
    )
    for (const rule of new Set(violated.map((finding) => finding.rule)))
      counts.set(rule, (counts.get(rule) ?? 0) + 1)
  }
  return [...counts].sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
}

/** A table for the terminal. */
export function reportText(report: Report, violated: ViolatedLimits = []): string {
  const table = new Table({
    head: [...report.by, ...NUMBERS],
    colAligns: [...report.by.map(() => 'left' as const), ...NUMBERS.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  table.push(...report.rows.map((row) => [...labels(report, row).map(shown), ...cells(row)]))
  const total = [...report.by.map((_, index) => (index === 0 ? 'total' : '')), ...cells(report.totals)]
  if (report.rows.length > 1) table.push(total)
  return [
    table.toString(),
    ...unpricedNote(report),
    ...apiEquivalentNote(report),
    ...violatedNote(violated),
  ].join('\n')
}

export function reportMarkdown(report: Report, violated: ViolatedLimits = []): string {
  const line = (values: readonly string[]) =>
    `| ${values.map((value) => value.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`
  return [
    line([...report.by, ...NUMBERS]),
    line([...report.by.map(() => '---'), ...NUMBERS.map(() => '--:')]),
    ...report.rows.map((row) => line([...labels(report, row), ...cells(row)])),
    line([...report.by.map((_, index) => (index === 0 ? '**total**' : '')), ...cells(report.totals)]),
    ...[...unpricedNote(report), ...apiEquivalentNote(report), ...violatedNote(violated)].map(
      (note) => `\n${note}`,
    ),
  ].join('\n')
}

/** `limits exceeded: budget/totalTokens in 3 runs`. */
function violatedNote(violated: ViolatedLimits): string[] {
  if (violated.length === 0) return []
  const rules = violated.map(([rule, runs]) => `${rule} in ${formatPlural(runs, 'run')}`)
  return [`limits exceeded: ${rules.join(', ')}; see: costflame findings`]
}

/** Numbers as they are (tokens, pico-dollars); unknown is an empty field. */
export function reportCsv(report: Report): string {
  const head = [
    ...report.by,
    'runs',
    'calls',
    'unpricedCalls',
    'inputTokens',
    'uncachedInputTokens',
    'cacheReadTokens',
    'cacheWriteTokens',
    'outputTokens',
    'picoUsd',
  ]
  const rows = report.rows.map(({ key, runs, calls, unpricedCalls, usage, cost }) => [
    ...report.by.map((name) => key[name]),
    runs,
    calls,
    unpricedCalls,
    usage.inputTokens,
    usage.uncachedInputTokens,
    usage.cacheReadTokens,
    cacheWriteTotal(usage),
    usage.outputTokens,
    cost?.picoUsd,
  ])
  return csvLines([head, ...rows]).join('\n')
}

function labels(report: Report, row: ReportRow): string[] {
  return report.by.map((name) => row.key[name] ?? NONE)
}

/** A path of a hundred characters would tear the table apart. */
const MAX_LABEL_WIDTH = 48

/** Both ends of a long name, and nothing that a terminal would obey: a run file may come from anybody. */
function shown(label: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  const plain = label.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
  if (plain.length <= MAX_LABEL_WIDTH) return plain
  return `${plain.slice(0, MAX_LABEL_WIDTH / 2 - 1)}…${plain.slice(-MAX_LABEL_WIDTH / 2)}`
}

function cells({ runs, calls, usage, cost }: Omit<ReportRow, 'key'>): string[] {
  const share = cacheShareOf({ usage })
  return [
    formatCount(runs),
    formatCount(calls),
    usage.inputTokens === null ? 'unknown' : formatCount(usage.inputTokens),
    share === null ? 'unknown' : formatShare(share),
    usage.outputTokens === null ? 'unknown' : formatCount(usage.outputTokens),
    `${cost?.atLeast ? '≥ ' : ''}${formatUsd(cost?.picoUsd ?? null)}`,
  ]
}

function unpricedNote({ totals }: Report): string[] {
  if (totals.unpricedCalls === 0) return []
  return [
    `${formatCount(totals.unpricedCalls)} of ${formatCount(totals.calls)} calls have no price and are not in the cost.`,
  ]
}

function apiEquivalentNote({ totals }: Report): string[] {
  const part = totals.cost?.apiEquivalentPicoUsd ?? 0
  if (part === 0) return []
  return [
    `${formatUsd(part)} of the cost is API-equivalent: what the API would charge for calls that a subscription pays for.`,
  ]
}
