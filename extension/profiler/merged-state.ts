// What the profilers of several folders know, as one: for whoever shows runs and lines without asking whose they are. Knows no VS Code.

import type { Question, RunSummary } from '../../profiler-agent/feed/protocol'
import type { LineCost } from '../../profiler-agent/model/line-cost'

type Merge<Item> = (lists: readonly (readonly Item[])[]) => readonly Item[]

/** Gives the list itself where there is one, and the same array for as long as its parts are the same. */
function remembered<Item>(merge: Merge<Item>): Merge<Item> {
  let parts: readonly (readonly Item[])[] = []
  let merged: readonly Item[] = []
  return (lists) => {
    const isSame = lists.length === parts.length && lists.every((list, index) => list === parts[index])
    if (isSame) return merged
    parts = lists
    merged = lists.length === 1 ? (lists[0] ?? []) : merge(lists)
    return merged
  }
}

/** Newest first, as each list is. */
export function mergedRuns(): Merge<RunSummary> {
  return remembered((lists) => lists.flat().sort((a, b) => compare(b.startTime, a.startTime)))
}

export function mergedLines(): Merge<LineCost> {
  return remembered((lists) => lists.flat())
}

/** Times in UTC of one length, in their order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The runs that a question is about; none where it is about everything recorded. */
export function runIdsOf(question: Question): readonly string[] {
  if ('runIds' in question) return question.runIds
  // A run that begins is asked for by id before it is recorded anywhere.
  return 'runId' in question && question.runId !== undefined && question.ask !== 'environment'
    ? [question.runId]
    : []
}
