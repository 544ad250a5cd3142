// What the profilers of several folders know, as one: for whoever shows runs and lines without asking whose they are. Knows no VS Code.

import type { Question, RunDetail, RunSummary } from '../../profiler-agent/feed/protocol'
import type { LineCost } from '../../profiler-agent/model/line-cost'

type Merge<Part, Item> = (parts: readonly Part[]) => readonly Item[]

/** Gives the same array for as long as its parts are the same. */
function remembered<Part, Item>(merge: Merge<Part, Item>): Merge<Part, Item> {
  let known: readonly Part[] = []
  let merged: readonly Item[] = []
  return (parts) => {
    const isSame = parts.length === known.length && parts.every((part, index) => part === known[index])
    if (isSame) return merged
    known = parts
    merged = merge(parts)
    return merged
  }
}

/** Newest first, as each list is; the list itself where there is one. */
export function mergedRuns(): Merge<readonly RunSummary[], RunSummary> {
  return remembered((lists) => only(lists) ?? lists.flat().sort((a, b) => compare(b.startTime, a.startTime)))
}

export function mergedLines(): Merge<readonly LineCost[], LineCost> {
  return remembered((lists) => only(lists) ?? lists.flat())
}

export function presentDetails(): Merge<RunDetail | undefined, RunDetail> {
  return remembered((details) => details.filter((detail) => detail !== undefined))
}

function only<List>(lists: readonly List[]): List | undefined {
  return lists.length === 1 ? lists[0] : undefined
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
