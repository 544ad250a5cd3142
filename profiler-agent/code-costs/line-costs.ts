// What each line cost in the newest run that reached it, and in those before.

import type { LineCost, PastLine } from '../model/line-cost'
import { present } from '../model/present'
import type { Frame, Totals } from '../model/span'
import { cacheShareOf, isLowerBound } from '../model/totals'
import type { RunLine, RunLines } from './run-lines'
import { fileOf, type SeenLine, sameLines } from './same-line'

/** Runs of one line that are told of. */
const MOST_PAST = 30

interface Sighting extends SeenLine {
  readonly line: RunLine
  readonly of: RunLines
}

/** A line through the runs, newest first. */
type History = [newest: Sighting, ...older: Sighting[]]

/** The most expensive first. `runs`: newest first. */
export function lineCosts(runs: readonly RunLines[]): LineCost[] {
  return histories(runs)
    .map(lineCost)
    .sort((left, right) => (right.totals.cost?.picoUsd ?? 0) - (left.totals.cost?.picoUsd ?? 0))
}

/** The same lines in older runs: everything that is known of a line of the newest run that reached it. */
export function historyOf(
  runs: readonly RunLines[],
  runId: string,
  place: Pick<Frame, 'file' | 'line'>,
): RunLine[] {
  const isIt = ({ of, callSite }: Sighting) =>
    of.run.id === runId && callSite.file === place.file && callSite.line === place.line
  return (histories(runs).find((history) => history.some(isIt)) ?? []).map(({ line }) => line)
}

function histories(runs: readonly RunLines[]): History[] {
  // By the oldest sighting so far: the next one is likest to that.
  const histories = new Map<Sighting, History>()
  const filesSeen = new Set<string>()
  for (const run of runs) {
    const sightings = sightingsOf(run)
    const same = sameLines([...histories.keys()], sightings)
    for (const sighting of sightings) {
      const later = same.get(sighting)
      const history = later && histories.get(later)
      if (later && history) {
        histories.delete(later)
        history.push(sighting)
        histories.set(sighting, history)
      } else if (sighting.anchor || !filesSeen.has(fileOf(sighting))) histories.set(sighting, [sighting])
      // Else nobody can tell where that line is in what a later run saw of the file: a mark on a wrong line is worse than none.
    }
    for (const sighting of sightings) filesSeen.add(fileOf(sighting))
  }
  return [...histories.values()]
}

function sightingsOf(of: RunLines): Sighting[] {
  return of.lines.map((line) => ({
    ...{ line, of, callSite: line.callSite },
    ...present({ anchor: line.anchor, root: of.run.root }),
  }))
}

function lineCost([newest, ...older]: History): LineCost {
  const { of, line, callSite, anchor, root } = newest
  const { totals, spanId, agents, steps, models } = line
  return {
    callSite,
    ...present({ root, anchor }),
    ...{ runId: of.run.id, startTime: startOf(of), active: of.active, totals, spanId },
    share: shareOf(totals, of.totals),
    ...{ agents, steps, models },
    past: [newest, ...older].slice(0, MOST_PAST).map(pastLine),
  }
}

function shareOf(part: Totals, whole: Totals): number | null {
  return part.cost && whole.cost?.picoUsd ? part.cost.picoUsd / whole.cost.picoUsd : null
}

function pastLine({ of, line: { totals } }: Sighting): PastLine {
  return {
    ...{ runId: of.run.id, startTime: startOf(of) },
    ...present({ gitCommit: of.run.gitCommit }),
    calls: totals.calls,
    picoUsd: totals.cost?.picoUsd ?? null,
    atLeast: isLowerBound(totals),
    cacheShare: cacheShareOf(totals),
  }
}

function startOf({ run }: RunLines): string {
  return new Date(run.startedAt).toISOString()
}
