// How runs and call sites read in lists, tooltips and the status bar. Knows no VS Code.

import type { CallSiteCost, RunSummary } from '../../profiler-agent/feed/protocol'
import { formatCompact, formatCount, formatDuration, formatShare } from '../../profiler-agent/model/quantity'
import { cacheShareOf, totalCostText } from '../../profiler-agent/model/totals'
import { sumOfKnown } from '../../profiler-agent/model/usage'
import { markdownText } from '../markdown-text'
import type { Words } from './words'

/** `desk.mjs --fast`: the program without the interpreter before it and the folders that it is in. In a narrow list the cost matters. */
export function runLabel(run: Pick<RunSummary, 'id' | 'name' | 'command'>): string {
  return programOf(run).replace(/^\S*[\\/](?=[^\\/\s])/, '')
}

/** The same with the folders. */
function programOf({ id, name, command }: Pick<RunSummary, 'id' | 'name' | 'command'>): string {
  return (name || command || id).replace(
    /^(\S*[\\/])?(node|tsx|bun|deno run|python3?|uv run)\s+(?=[^-\s])/,
    '',
  )
}

/** How the runs of a list are labelled: with their folders where two programs would read the same. */
export function runLabels(runs: readonly RunSummary[]): (run: RunSummary) => string {
  const programs = new Map<string, Set<string>>()
  for (const run of runs) {
    const label = runLabel(run)
    programs.set(label, (programs.get(label) ?? new Set()).add(programOf(run)))
  }
  return (run) => {
    const label = runLabel(run)
    return (programs.get(label)?.size ?? 0) > 1 ? programOf(run) : label
  }
}

/** `$0.0123 · 12 calls · 34.5k tokens`. */
export function runDescription({ totals }: Pick<RunSummary, 'totals'>, words: Words): string {
  if (totals.attempts === 0) return words.t('no calls')
  const tokens = sumOfKnown([totals.usage.inputTokens, totals.usage.outputTokens])
  const parts = [totalCostText(totals), callsText(totals.calls, words)]
  if (tokens !== null) parts.push(words.t('{0} tokens', formatCompact(tokens)))
  return parts.join(' · ')
}

function callsText(calls: number, words: Words): string {
  return calls === 1 ? words.t('1 call') : words.t('{0} calls', formatCount(calls))
}

/** Command, when, how long, tokens by kind, what went wrong. */
export function runLines(run: RunSummary, words: Words): string[] {
  const { totals, gitCommit } = run
  const { inputTokens, outputTokens } = totals.usage
  const cached = cacheShareOf(totals)
  const { t } = words
  return [
    startedText(run, words),
    runDescription(run, words),
    inputTokens === null
      ? undefined
      : cached === null
        ? t('{0} tokens in', formatCount(inputTokens))
        : t('{0} tokens in, {1} cached', formatCount(inputTokens), formatShare(cached)),
    outputTokens === null ? undefined : t('{0} tokens out', formatCount(outputTokens)),
    totals.errors === 0 ? undefined : t('Failed calls: {0}', formatCount(totals.errors)),
    totals.unpricedCalls === 0
      ? undefined
      : t('Calls without a price: {0}', formatCount(totals.unpricedCalls)),
    run.findings === 0 ? undefined : t('Findings: {0}', formatCount(run.findings)),
    gitCommit === undefined ? undefined : t('Commit {0}', shortCommit(gitCommit)),
  ].filter((line) => line !== undefined)
}

/** The same as Markdown, with the run's name above. */
export function runTooltip(run: RunSummary, words: Words): string {
  const lines = runLines(run, words).map((line) => `- ${markdownText(line)}`)
  return `**${markdownText(run.command ?? run.name)}**\n\n${lines.join('\n')}`
}

/** As git abbreviates it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 8)
}

function startedText(run: RunSummary, words: Words): string {
  const started = new Date(run.startTime)
  const when = started.toLocaleString()
  if (run.active) return words.t('{0}, running', when)
  return run.endTime === undefined
    ? when
    : `${when}, ${formatDuration(Date.parse(run.endTime) - started.getTime())}`
}

/** `src/agent.ts:31 plan`. */
export function callSiteLabel({ callSite }: CallSiteCost): string {
  const name = callSite.file.split('/').at(-1) ?? callSite.file
  return `${name}:${callSite.line}${callSite.function === undefined ? '' : ` ${callSite.function}`}`
}

export function callSiteDescription({ totals }: CallSiteCost, words: Words): string {
  return `${totalCostText(totals)} · ${callsText(totals.calls, words)}`
}
