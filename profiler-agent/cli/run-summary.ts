// The few lines that a profiled command leaves on stderr when it is over.

import { formatUsd } from '../model/money'
import { formatCompact, formatPlural, formatShare } from '../model/quantity'
import type { Run } from '../model/span'
import { cacheShareOf } from '../model/totals'
import { RunView } from '../run-view'
import { openStore } from '../store/store'
import { loadTokenizer } from '../tokens/tokenizer'
import type { Io } from './io'

/** Reads the run back from the store, so that the summary says what was kept. */
export async function runSummary(io: Io, data: string, runId: string): Promise<string> {
  const store = openStore(data, { readOnly: true })
  try {
    const run = await new RunView(store, () => loadTokenizer(io.assets)).run(runId, { segments: 'none' })
    return run && run.totals.attempts > 0 ? summaryText(run) : nothingCaptured()
  } finally {
    store.close()
  }
}

function summaryText(run: Run): string {
  const { totals } = run
  const share = cacheShareOf(totals)
  const facts = [
    formatPlural(totals.calls, 'call'),
    totals.usage.inputTokens === null
      ? 'input unknown'
      : `${formatCompact(totals.usage.inputTokens)} tokens in`,
    ...(share === null ? [] : [`${formatShare(share)} cached`]),
    totals.usage.outputTokens === null ? 'output unknown' : `${formatCompact(totals.usage.outputTokens)} out`,
    `${totals.cost?.atLeast ? 'at least ' : ''}${formatUsd(totals.cost?.picoUsd ?? null)}`,
  ]
  return [
    `costflame: ${facts.join(' · ')}`,
    ...(totals.errors > 0 ? [`costflame: ${formatPlural(totals.errors, 'attempt')} failed`] : []),
    ...(totals.unpricedCalls > 0
      ? [`costflame: ${formatPlural(totals.unpricedCalls, 'call')} without a price, not in the cost`]
      : []),
    ...run.findings.map(
      (finding) => `costflame: ${placeOf(finding.location)}${finding.message} [${finding.rule}]`,
    ),
    `costflame: run ${run.id}; see it with: costflame report`,
  ].join('\n')
}

function placeOf(location: Run['findings'][number]['location']): string {
  return location ? `${location.file}:${location.line}: ` : ''
}

function nothingCaptured(): string {
  return [
    'costflame: no model call was captured.',
    'costflame: either the command made none, or its SDK ignores the base-URL variables that costflame run sets',
    'costflame: (OPENAI_BASE_URL, ANTHROPIC_BASE_URL). Give the SDK that variable as its base URL, then run again.',
  ].join('\n')
}
