// Which finding of a run that has ended is worth a message: one alone, and only if it saves much. Knows no VS Code.

import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding } from '../../profiler-agent/model/finding'
import { type PicoUsd, picoOfUsd } from '../../profiler-agent/model/money'

/** Part of the cost of its run that a finding has to save … */
const LEAST_SHARE = 0.2
/** … and how much that has to be. */
const LEAST_SAVING: PicoUsd = picoOfUsd(0.01)

export interface WorthTelling {
  readonly finding: Finding
  /** Of the run's cost, 0 to 1. */
  readonly share: number
}

/** The finding that saves most; `undefined` where none saves enough, or the cost of the run is not known whole. */
export function worthTelling({
  summary: { totals },
  findings,
}: Pick<RunDetail, 'summary' | 'findings'>): WorthTelling | undefined {
  const { cost, unpricedCalls } = totals
  if (cost === null || cost.atLeast === true || unpricedCalls > 0 || cost.picoUsd === 0) return undefined
  const savings = findings.filter(({ saving }) => saving?.perRun === true)
  const [finding] = savings.toSorted((left, right) => savingOf(right) - savingOf(left))
  if (finding === undefined || savingOf(finding) < LEAST_SAVING) return undefined
  const share = Math.min(1, savingOf(finding) / cost.picoUsd)
  return share < LEAST_SHARE ? undefined : { finding, share }
}

function savingOf({ saving }: Finding): PicoUsd {
  return saving?.picoUsd ?? 0
}
