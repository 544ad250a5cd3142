// What each line cost in the newest run that reached it, and in those before.

import type { LineCost, PastLine } from '../model/line-cost'
import { present } from '../model/present'
import { cacheShareOf } from '../model/totals'
import type { RunView } from '../run-view'
import { readRuns, type StoredRun } from '../store/reader'

const MOST_RUNS = 30

/** The most expensive first. */
export function lineCosts(view: RunView): LineCost[] {
  const lines = new Map<string, LineCost>()
  for (const run of readRuns(view.store, MOST_RUNS)) addRun(lines, view, run)
  return [...lines.values()]
}

function addRun(lines: Map<string, LineCost>, view: RunView, run: StoredRun): void {
  const detail = view.detail(run.id)
  if (!detail) return
  const { summary } = detail
  for (const { callSite, totals, spanId } of detail.callSites) {
    const key = `${callSite.file}:${callSite.line}`
    const past: PastLine = {
      runId: run.id,
      startTime: summary.startTime,
      ...present({ gitCommit: run.gitCommit }),
      calls: totals.calls,
      picoUsd: totals.cost?.picoUsd ?? null,
      atLeast: totals.cost?.atLeast === true || totals.unpricedCalls > 0,
      cacheShare: cacheShareOf(totals),
    }
    const newer = lines.get(key)
    if (newer) {
      lines.set(key, { ...newer, past: [...newer.past, past] })
      continue
    }
    const whole = summary.totals.cost?.picoUsd
    const { stack: _, ...frame } = callSite
    lines.set(key, {
      callSite: frame,
      ...present({ root: summary.root }),
      ...{ runId: run.id, startTime: summary.startTime, active: summary.active, totals, spanId },
      share: whole && totals.cost ? totals.cost.picoUsd / whole : null,
      ...{ agents: [], steps: [], models: [] },
      past: [past],
    })
  }
}
