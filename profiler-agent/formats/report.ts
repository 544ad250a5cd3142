// Cost by agent, step, model, line, day …: groups the model calls of runs and sums each group, and writes the sums as text, Markdown, CSV or JSON.

import Table from 'cli-table3'
import { formatUsd } from '../model/money'
import { formatCount, formatShare } from '../model/quantity'
import type { Run, Span, TotalCost, Totals } from '../model/span'
import { cacheShareOf, isCall, totalsOf } from '../model/totals'
import type { Usage } from '../model/usage'

export const REPORT_SCHEMA = 'costflame.report/1'

export interface ReportRow {
  /** Value by key; `null` where the calls carry none. */
  readonly key: Readonly<Record<string, string | null>>
  readonly runs: number
  readonly calls: number
  readonly unpricedCalls: number
  readonly usage: Usage
  readonly cost: TotalCost | null
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA
  readonly by: readonly string[]
  /** Most expensive first. */
  readonly rows: readonly ReportRow[]
  readonly totals: Omit<ReportRow, 'key'>
}

type KeyOf = (span: Span, run: Run) => string | undefined

const KEYS: Readonly<Record<string, KeyOf>> = {
  agent: (span) => span.agent,
  step: (span) => span.step,
  model: (span) => span.modelCall?.responseModel ?? span.modelCall?.requestModel,
  intent: (span) => span.intent,
  tenant: (span) => span.tenant,
  version: (span) => span.agentVersion,
  callsite: ({ callSite }) => callSite && `${callSite.file}:${callSite.line}`,
  day: (span) => localDay(new Date(span.startTime)),
  week: (span) => localDay(monday(new Date(span.startTime))),
  session: (span) => span.session,
}

export const REPORT_KEYS = [...Object.keys(KEYS), 'tag.NAME']

/** How to read a key off a call; `undefined` for a key that nobody knows. */
function keyOf(name: string): KeyOf | undefined {
  if (name.startsWith('tag.')) return (span, run) => span.tags?.[name.slice(4)] ?? run.tags[name.slice(4)]
  return Object.hasOwn(KEYS, name) ? KEYS[name] : undefined
}

export function isReportKey(name: string): boolean {
  return keyOf(name) !== undefined
}

/** Sums the model calls of these runs by the given keys. Every key must be one that `isReportKey` accepts. */
export function buildReport(runs: readonly Run[], by: readonly string[]): Report {
  const calls = runs.flatMap((run) => run.spans.filter(isCall).map((span) => ({ run, span })))
  const values = ({ run, span }: (typeof calls)[number]) => by.map((name) => keyOf(name)?.(span, run) ?? null)
  const groups = Map.groupBy(calls, (call) => JSON.stringify(values(call)))
  const rows = [...groups.values()].map((group) => {
    const [first] = group
    const key = Object.fromEntries(
      by.map((name, index) => [name, first ? (values(first)[index] ?? null) : null]),
    )
    return {
      key,
      ...sumsOf(new Set(group.map((call) => call.run.id)).size, totalsOf(group.map((call) => call.span))),
    }
  })
  return {
    schema: REPORT_SCHEMA,
    by,
    rows: rows.sort((left, right) => (right.cost?.picoUsd ?? -1) - (left.cost?.picoUsd ?? -1)),
    totals: sumsOf(runs.length, totalsOf(calls.map((call) => call.span))),
  }
}

function sumsOf(runs: number, { calls, unpricedCalls, usage, cost }: Totals): Omit<ReportRow, 'key'> {
  return { runs, calls, unpricedCalls, usage, cost }
}

const NUMBERS = ['runs', 'calls', 'input', 'cached', 'output', 'cost']

/** A table for the terminal. */
export function reportText(report: Report): string {
  const table = new Table({
    head: [...report.by, ...NUMBERS],
    colAligns: [...report.by.map(() => 'left' as const), ...NUMBERS.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  table.push(...report.rows.map((row) => [...labels(report, row), ...cells(row)]))
  const total = [...report.by.map((_, index) => (index === 0 ? 'total' : '')), ...cells(report.totals)]
  if (report.rows.length > 1) table.push(total)
  return [table.toString(), ...unpricedNote(report), ...apiEquivalentNote(report)].join('\n')
}

export function reportMarkdown(report: Report): string {
  const line = (values: readonly string[]) =>
    `| ${values.map((value) => value.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`
  return [
    line([...report.by, ...NUMBERS]),
    line([...report.by.map(() => '---'), ...NUMBERS.map(() => '--:')]),
    ...report.rows.map((row) => line([...labels(report, row), ...cells(row)])),
    line([...report.by.map((_, index) => (index === 0 ? '**total**' : '')), ...cells(report.totals)]),
    ...[...unpricedNote(report), ...apiEquivalentNote(report)].map((note) => `\n${note}`),
  ].join('\n')
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
    usage.outputTokens,
    cost?.picoUsd,
  ])
  return [head, ...rows].map((row) => row.map(csvField).join(',')).join('\n')
}

/** Fields with a comma, quote or line break are quoted; one that a spreadsheet would run as a formula is made text. */
function csvField(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '')
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function labels(report: Report, row: ReportRow): string[] {
  return report.by.map((name) => row.key[name] ?? '–')
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

function localDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function monday(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - ((date.getDay() + 6) % 7))
}
