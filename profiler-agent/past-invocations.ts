// What invocations of the agents of a run have cost over the last runs, for a chart that shows where it changed.

import { measuredRuns } from './measured-runs'
import type { Measured } from './model/budget'
import { present } from './model/present'
import type { PastInvocation } from './model/run-questions'
import { countSpans, readRun, readRunsBefore, type StoredRun } from './store/reader'
import type { Store } from './store/store'

const MOST_RUNS_BEFORE = 100
/** Read in about a second. */
const MOST_SPANS_BEFORE = 20_000

/** Oldest first: those of the run itself, and those of the same agents in runs before it, as far back as is read in a moment. */
export function pastInvocations(
  store: Store,
  runId: string,
  isActive: (run: StoredRun) => boolean,
): PastInvocation[] {
  const run = readRun(store, runId)
  if (!run) return []
  const own = agentsOf(measuredRuns(store, [run], isActive))
  const agents = new Set(own.map(({ agent }) => agent))
  const before = runsBefore(store, run)
  const earlier = agentsOf(measuredRuns(store, before)).filter(({ agent }) => agents.has(agent))
  const commits = new Map([...before, run].map(({ id, gitCommit }) => [id, gitCommit]))
  return [...earlier, ...own]
    .sort((left, right) => left.startedAt - right.startedAt)
    .map((invocation) => pastInvocation(invocation, commits.get(invocation.runId)))
}

function runsBefore(store: Store, run: StoredRun): StoredRun[] {
  let left = MOST_SPANS_BEFORE
  const runs: StoredRun[] = []
  for (const each of readRunsBefore(store, run.startedAt, MOST_RUNS_BEFORE)) {
    left -= countSpans(store, each.id)
    if (left < 0) break
    runs.push(each)
  }
  return runs
}

function agentsOf(measured: readonly Measured[]): Measured[] {
  return measured.filter(({ kind, agent }) => kind === 'agent' && agent !== undefined)
}

function pastInvocation(measured: Measured, gitCommit: string | undefined): PastInvocation {
  const uses = Object.values(measured.use)
  const unpriced = uses.reduce((sum, { unpricedCalls }) => sum + unpricedCalls, 0)
  const priced = uses.reduce((sum, { calls, unpricedCalls }) => sum + calls - unpricedCalls, 0)
  const picoUsd = uses.reduce((sum, use) => sum + use.picoUsd, 0)
  return {
    agent: measured.agent ?? '',
    runId: measured.runId,
    spanId: measured.id,
    startTime: new Date(measured.startedAt).toISOString(),
    ...present({ gitCommit }),
    picoUsd: priced === 0 && unpriced > 0 ? null : picoUsd,
    atLeast: unpriced > 0 || measured.values.costUsd?.atLeast === true,
  }
}
