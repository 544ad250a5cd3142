// Agents as rows of a list: how they read, and how they are sorted and found. Knows no VS Code.

import type { AgentCost, NamedCost } from '../../profiler-agent/model/line-cost'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatCount } from '../../profiler-agent/model/quantity'
import { totalCostText } from '../../profiler-agent/model/totals'
import { isFound } from './text-filter'
import type { Words } from './words'

export type AgentSort = 'cost' | 'invocation' | 'time' | 'name'

/** The agents that a filter finds, by their own name or that of an intent or a step. */
export function sortedAgents(
  agents: readonly AgentCost[],
  { sort, filter }: { readonly sort: AgentSort; readonly filter: string },
): AgentCost[] {
  return agents
    .filter(({ agent, version, intents, steps }) =>
      isFound(filter, [agent, version, ...[...intents, ...steps].map(({ name }) => name)]),
    )
    .toSorted(BY[sort])
}

type Compare = (left: AgentCost, right: AgentCost) => number

const byName: Compare = (left, right) => (left.agent < right.agent ? -1 : 1)
/** What is not known comes last. */
const descending =
  (amountOf: (agent: AgentCost) => number | undefined): Compare =>
  (left, right) =>
    (amountOf(right) ?? -1) - (amountOf(left) ?? -1) || byName(left, right)

const BY: Readonly<Record<AgentSort, Compare>> = {
  cost: descending(({ totals }) => totals.cost?.picoUsd),
  invocation: descending(({ picoUsd }) => picoUsd?.p95),
  time: descending(({ last }) => Date.parse(last.startTime)),
  name: byName,
}

/** `$0.0123 · p95 $0.019 · 24 invocations`; of one alone only what it cost. */
export function costText(
  { picoUsd, invocations }: Pick<NamedCost, 'picoUsd' | 'invocations'>,
  words: Words,
): string {
  const count = countText(invocations, words)
  if (picoUsd === null) return `${words.t('no cost known')} · ${count}`
  const { p50, p95 } = picoUsd
  if (invocations < 2) return `${formatUsd(p50)} · ${count}`
  return `${formatUsd(p50)} · p95 ${formatUsd(p95)} · ${count}`
}

function countText(invocations: number, words: Words): string {
  return invocations === 1 ? words.t('1 invocation') : words.t('{0} invocations', formatCount(invocations))
}

/** Lines of plain text for a tooltip. */
export function agentLines(agent: AgentCost, words: Words): string[] {
  const { version, totals, picoUsd, invocations } = agent
  const each =
    picoUsd === null
      ? words.t('No invocation has a known cost.')
      : words.t('An invocation: p50 {0}, p95 {1}', formatUsd(picoUsd.p50), formatUsd(picoUsd.p95))
  return [
    version === undefined ? undefined : words.t('Version {0}', version),
    each,
    words.t('All together: {0} in {1}', totalCostText(totals), countText(invocations, words)),
    words.t('Last: {0}', new Date(agent.last.startTime).toLocaleString()),
  ].filter((line) => line !== undefined)
}
