// Runs as a table, one line a span, for spreadsheets and data frames. Only model calls have tokens and cost: a column sums to the run's total.

import type { Run, Span } from '../model/span'
import { cacheWriteTotal } from '../model/usage'
import { type CsvValue, csvLines } from './csv-lines'

type Column = readonly [name: string, value: (span: Span, run: Run) => CsvValue]

const COLUMNS: readonly Column[] = [
  ['run', (_, run) => run.id],
  ['span', (span) => span.id],
  ['parent', (span) => span.parentId],
  ['kind', (span) => span.kind],
  ['name', (span) => span.name],
  ['status', (span) => span.status],
  ['startTime', (span) => span.startTime],
  ['durationMs', (span) => span.durationMs],
  ['timeToFirstTokenMs', (span) => span.modelCall?.timeToFirstTokenMs],
  ['agent', (span) => span.agent],
  ['agentVersion', (span) => span.agentVersion],
  ['step', (span) => span.step],
  ['intent', (span) => span.intent],
  ['tenant', (span) => span.tenant],
  ['session', (span) => span.session],
  ['outcome', (span) => span.outcome?.status],
  ['file', (span) => span.callSite?.file],
  ['line', (span) => span.callSite?.line],
  ['function', (span) => span.callSite?.function],
  ['provider', (span) => span.modelCall?.provider],
  ['model', (span) => span.modelCall?.responseModel ?? span.modelCall?.requestModel],
  ['attempt', (span) => span.modelCall?.attempt.number],
  ['httpStatus', (span) => span.modelCall?.httpStatus],
  ['billed', (span) => span.modelCall?.billed],
  ['usageOrigin', (span) => span.modelCall?.usage.origin],
  ['inputTokens', (span) => span.modelCall?.usage.inputTokens],
  ['uncachedInputTokens', (span) => span.modelCall?.usage.uncachedInputTokens],
  ['cacheReadTokens', (span) => span.modelCall?.usage.cacheReadTokens],
  ['cacheWriteTokens', written],
  ['outputTokens', (span) => span.modelCall?.usage.outputTokens],
  ['reasoningTokens', (span) => span.modelCall?.usage.reasoningTokens],
  ['picoUsd', (span) => span.modelCall?.cost?.picoUsd],
  ['usd', (span) => (span.modelCall?.cost ? usdText(span.modelCall.cost.picoUsd) : undefined)],
  ['atLeast', (span) => (span.modelCall?.cost ? span.modelCall.cost.atLeast === true : undefined)],
  ['priceSource', (span) => span.modelCall?.cost?.source],
  ['unpricedReason', (span) => span.modelCall?.unpricedReason],
]

/** With a head line; ends in a line break. */
export function csvExport(runs: readonly Run[]): string {
  const rows = runs.flatMap((run) =>
    run.spans.map((span) => COLUMNS.map(([, valueIn]) => valueIn(span, run))),
  )
  return `${csvLines([COLUMNS.map(([name]) => name), ...rows]).join('\n')}\n`
}

function written({ modelCall }: Span): number | null | undefined {
  return modelCall === undefined ? undefined : cacheWriteTotal(modelCall.usage)
}

/** Dollars to the pico-dollar: a binary fraction would not add up. */
function usdText(picoUsd: number): string {
  const digits = String(picoUsd).padStart(13, '0')
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, '')
}
