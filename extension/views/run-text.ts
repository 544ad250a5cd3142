// How runs and call sites read in lists, tooltips and the status bar. Text only.

import type { CallSiteCost, RunSummary } from '../../profiler-agent/feed/protocol'
import {
  formatCompact,
  formatCount,
  formatDuration,
  formatPlural,
  formatShare,
} from '../../profiler-agent/model/quantity'
import { cacheShareOf, totalCostText } from '../../profiler-agent/model/totals'
import { sumOfKnown } from '../../profiler-agent/model/usage'

/** The run's name without the interpreter in front: in a narrow list the program matters. */
export function runLabel(run: RunSummary): string {
  const name = run.name || run.command || run.id
  return name.replace(/^(node|tsx|bun|deno run|python3?|uv run)\s+(?=[^-\s])/, '')
}

/** `$0.0123 · 12 calls · 34.5k tokens`. */
export function runDescription({ totals }: RunSummary): string {
  if (totals.attempts === 0) return 'no calls'
  const tokens = sumOfKnown([totals.usage.inputTokens, totals.usage.outputTokens])
  const parts = [totalCostText(totals), formatPlural(totals.calls, 'call')]
  if (tokens !== null) parts.push(`${formatCompact(tokens)} tokens`)
  return parts.join(' · ')
}

/** Lines of plain text: command, when, how long, tokens by kind, what went wrong. */
export function runTooltip(run: RunSummary): string {
  const { totals } = run
  const { inputTokens, outputTokens } = totals.usage
  const cached = cacheShareOf(totals)
  return [
    run.command ?? run.name,
    startedText(run),
    runDescription(run),
    inputTokens === null
      ? undefined
      : `${formatCount(inputTokens)} tokens in${cached === null ? '' : `, ${formatShare(cached)} cached`}`,
    outputTokens === null ? undefined : `${formatCount(outputTokens)} tokens out`,
    totals.errors === 0 ? undefined : formatPlural(totals.errors, 'failed call'),
    totals.unpricedCalls === 0 ? undefined : `${formatPlural(totals.unpricedCalls, 'call')} without price`,
    run.findings === 0 ? undefined : formatPlural(run.findings, 'finding'),
  ]
    .filter((line) => line !== undefined)
    .join('\n')
}

function startedText(run: RunSummary): string {
  const started = new Date(run.startTime)
  const when = started.toLocaleString()
  if (run.active) return `${when}, running`
  return run.endTime === undefined
    ? when
    : `${when}, ${formatDuration(Date.parse(run.endTime) - started.getTime())}`
}

/** `src/agent.ts:31 plan`. */
export function callSiteLabel({ callSite }: CallSiteCost): string {
  const name = callSite.file.split('/').at(-1) ?? callSite.file
  return `${name}:${callSite.line}${callSite.function === undefined ? '' : ` ${callSite.function}`}`
}

export function callSiteDescription({ totals }: CallSiteCost): string {
  return `${totalCostText(totals)} · ${formatPlural(totals.calls, 'call')}`
}
