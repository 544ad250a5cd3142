// What invocations of one agent cost over the last runs: points, the band from p50 to p95 of each run, and where the commit changed.

import { percentilesOf } from '../../profiler-agent/model/percentiles'
import type { PastInvocation } from '../../profiler-agent/model/run-questions'

export interface InvocationHistory {
  /** Invocations with a known cost, oldest first. */
  readonly invocations: readonly PastInvocation[]
  /** By invocation: percentiles of its run. */
  readonly p50: readonly number[]
  readonly p95: readonly number[]
  /** Positions at which another commit begins, with its short hash. */
  readonly commits: readonly { readonly position: number; readonly commit: string }[]
  readonly unpriced: number
}

/** Agents by name with how many invocations there are, the most first. */
export function agentsOf(invocations: readonly PastInvocation[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const { agent } of invocations) counts.set(agent, (counts.get(agent) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

const SHORT_COMMIT = 7

export function historyOf(all: readonly PastInvocation[], agent: string): InvocationHistory {
  const ofAgent = all.filter((invocation) => invocation.agent === agent)
  const invocations = ofAgent.filter(({ picoUsd }) => picoUsd !== null)
  const byRun = Map.groupBy(invocations, ({ runId }) => runId)
  const percentiles = new Map([...byRun].map(([runId, own]) => [runId, percentilesOf(own.map(costOf))]))
  const ofRun = (percentile: 'p50' | 'p95') =>
    invocations.map(({ runId }) => percentiles.get(runId)?.[percentile] ?? 0)
  return {
    invocations,
    p50: ofRun('p50'),
    p95: ofRun('p95'),
    commits: commitsOf(invocations),
    unpriced: ofAgent.length - invocations.length,
  }
}

function costOf({ picoUsd }: PastInvocation): number {
  return picoUsd ?? 0
}

function commitsOf(invocations: readonly PastInvocation[]): InvocationHistory['commits'] {
  let before: string | undefined
  return invocations.flatMap(({ gitCommit }, position) => {
    if (gitCommit === undefined || gitCommit === before) return []
    before = gitCommit
    return [{ position, commit: gitCommit.slice(0, SHORT_COMMIT) }]
  })
}
