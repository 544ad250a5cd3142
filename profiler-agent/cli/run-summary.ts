// The few lines that a profiled command leaves on stderr when it is over.

import { relative } from 'node:path'
import { formatUsd } from '../model/money'
import { formatCompact, formatPlural, formatShare } from '../model/quantity'
import type { Run, Totals } from '../model/span'
import { apiEquivalentText, cacheShareOf } from '../model/totals'
import { RunView } from '../run-view'
import { readRuns } from '../store/reader'
import { openStore } from '../store/store'
import { loadTokenizer } from '../tokens/tokenizer'
import { gapsOf, whyNothingWasCaptured } from './capture-gaps'
import { outcomeLines, outcomesOf } from './earlier-run'
import type { Io } from './io'
import { recordLeftCalls } from './left-calls'
import { dataFolder } from './places'

/** Reads the run back from the store, so that the summary says what was kept. */
export async function runSummary(io: Io, data: string, runId: string): Promise<string> {
  await recordLeftCalls(io, data)
  const store = openStore(data, { readOnly: true })
  try {
    const run = await new RunView(store, () => loadTokenizer(io.assets)).run(runId, { segments: 'none' })
    if (run && run.totals.attempts + refusedCalls(run) > 0)
      return summaryText(run, outcomeLines(await outcomesOf(io, store, run)), reportCommand(io, data))
    const nested =
      run &&
      readRuns(store, 10).find((other) => other.id !== runId && other.startedAt >= Date.parse(run.startTime))
    return nested
      ? `costflame: no call of its own; run ${nested.id} was recorded meanwhile`
      : whyNothingWasCaptured(run ?? undefined)
          .map(told)
          .join('\n')
  } finally {
    store.close()
  }
}

/** How to see the run: with the data folder where it is not the one that would be found here. */
function reportCommand(io: Io, data: string): string {
  return data === dataFolder(io, undefined)
    ? 'costflame report'
    : `costflame report --data ${relative(io.cwd, data) || '.'}`
}

function summaryText(run: Run, outcomes: readonly string[], report: string): string {
  const { totals } = run
  const isBilled = run.spans.some((span) => span.modelCall?.billed)
  const refused = refusedCalls(run)
  const facts = [
    formatPlural(totals.calls, 'call'),
    ...(refused > 0 ? [`${refused} refused by a budget`] : []),
    ...(isBilled ? billedFacts(totals) : ['nothing billed']),
  ]
  return [
    `costflame: ${facts.join(' · ')}`,
    ...(totals.errors > 0
      ? [`costflame: ${formatPlural(totals.errors, 'attempt')} failed${firstError(run)}`]
      : []),
    ...(totals.unpricedCalls > 0
      ? [`costflame: ${formatPlural(totals.unpricedCalls, 'call')} without a price, not in the cost`]
      : []),
    ...run.findings.map(
      (finding) => `costflame: ${placeOf(finding.location)}${finding.message} [${finding.rule}]`,
    ),
    ...[...outcomes, ...gapsOf(run)].map(told),
    `costflame: run ${run.id}; see it with: ${report}`,
  ].join('\n')
}

function refusedCalls({ spans }: Run): number {
  return spans.filter(({ status }) => status === 'blocked').length
}

function told(line: string): string {
  return `costflame: ${line}`
}

function billedFacts(totals: Totals): string[] {
  const { inputTokens, outputTokens } = totals.usage
  const share = cacheShareOf(totals)
  return [
    inputTokens === null ? 'input unknown' : `${formatCompact(inputTokens)} tokens in`,
    ...(share === null ? [] : [`${formatShare(share)} cached`]),
    outputTokens === null ? 'output unknown' : `${formatCompact(outputTokens)} out`,
    `${totals.cost?.atLeast ? 'at least ' : ''}${formatUsd(totals.cost?.picoUsd ?? null)}${totals.cost ? apiEquivalentText(totals.cost) : ''}`,
  ]
}

/** What went wrong first, in the words of the provider or of the proxy. */
function firstError({ spans }: Run): string {
  const failed = spans.find((span) => span.modelCall && span.status === 'error')
  const message = failed?.attributes['error.message'] ?? failed?.modelCall?.error?.message
  return message === undefined ? '' : `; the first: ${message}`
}

function placeOf(location: Run['findings'][number]['location']): string {
  return location ? `${location.file}:${location.line}:${location.column}: ` : ''
}
