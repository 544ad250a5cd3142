// The run before: the latest earlier run of the same program, whose findings this one is held against.

import { type FindingOutcome, findingOutcomes } from '../model/finding-outcome'
import { formatUsd } from '../model/money'
import { formatPlural } from '../model/quantity'
import type { Run } from '../model/span'
import { RunView } from '../run-view'
import { readIgnoredFindings, readRuns, type StoredRun } from '../store/reader'
import type { Store } from '../store/store'
import { loadTokenizer } from '../tokens/tokenizer'
import type { Io } from './io'

/** Runs of the same program are looked for among so many. */
const LOOK_BACK_RUNS = 200

/** What became of the findings of the run before; empty where there is none. `now` is a run of this store, without its segments. */
export async function outcomesOf(io: Io, store: Store, now: Run): Promise<FindingOutcome[]> {
  const runs = readRuns(store, LOOK_BACK_RUNS)
  const earlier = runs.filter((run) => run.startedAt < Date.parse(now.startTime) && isSameProgram(run, now))
  const view = new RunView(store, () => loadTokenizer(io.assets))
  for (const { id } of earlier) {
    const then = await view.run(id, { segments: 'none' })
    // One that broke off before its first call proves nothing.
    if (then && then.totals.calls > 0) return told(findingOutcomes(then, now), store, now.id)
  }
  return []
}

/** What is ignored by now is neither gone nor open. */
function told(outcomes: readonly FindingOutcome[], store: Store, runId: string): FindingOutcome[] {
  const ignored = new Set(readIgnoredFindings(store, runId).map(({ id }) => id))
  return outcomes.filter(({ id }) => !ignored.has(id))
}

/** The same for a run by its id. */
export async function storedOutcomes(io: Io, store: Store, runId: string): Promise<FindingOutcome[]> {
  const now = await new RunView(store, () => loadTokenizer(io.assets)).run(runId, { segments: 'none' })
  return now ? outcomesOf(io, store, now) : []
}

/** The same command in the same folder; runs that have no command, by their name. */
function isSameProgram(run: StoredRun, now: Run): boolean {
  return run.root === now.root && (run.command ?? run.name) === (now.command ?? now.name)
}

/** One line for each finding that is gone, and one for all that are open. */
export function outcomeLines(outcomes: readonly FindingOutcome[]): string[] {
  const open = outcomes.filter(({ state }) => state === 'open')
  const openPicoUsd = open.reduce((sum, { predictedPicoUsd = 0 }) => sum + predictedPicoUsd, 0)
  return [
    ...outcomes.flatMap(goneLine),
    ...(open.length > 0
      ? [
          `still open since the run before: ${formatPlural(open.length, 'finding')}, ${formatUsd(openPicoUsd)} a run`,
        ]
      : []),
  ]
}

function goneLine({
  state,
  rule,
  location,
  predictedPicoUsd,
  realisedPicoUsd,
  calls,
}: FindingOutcome): string[] {
  if (state !== 'gone' || predictedPicoUsd === undefined || realisedPicoUsd === undefined) return []
  const place = location ? ` at ${location.file}:${location.line}` : ''
  const basis =
    calls.after === calls.before ? '' : ` (a call against a call: ${calls.before} then, ${calls.after} now)`
  const came =
    realisedPicoUsd >= 0
      ? `saves ${formatUsd(realisedPicoUsd)} a run`
      : `costs ${formatUsd(-realisedPicoUsd)} a run more`
  return [
    `no longer found since the run before: ${rule}${place}: ${came}, ${formatUsd(predictedPicoUsd)} was predicted${basis}`,
  ]
}
