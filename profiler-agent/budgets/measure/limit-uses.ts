// How each limit of a budget file stands in the light of what was measured: what the editor shows on its line.

import type { Budget, GateRule, GateVerdict, LimitUse, Measured } from '../../model/budget'
import { percentilesOf } from '../../model/percentiles'
import { present } from '../../model/present'
import { limitVerdict } from '../compare/limit-verdict'
import { limitsOf } from './budgets-for'
import { isFloor } from './percentiles'
import { type Judged, verdictOf } from './verdict'
import { measuredFor } from './versions'

const MOST_LAST = 10

/** How each limit stands in the light of what was measured; too few invocations are indeterminate. */
export function limitUses(
  budgets: readonly Budget[],
  gate: GateRule,
  measured: readonly Measured[],
): LimitUse[] {
  return budgets.flatMap((budget) => {
    const own = measuredFor(budget, measured).counted.toSorted(
      (left, right) => right.startedAt - left.startedAt,
    )
    return limitsOf(budget).map(([limit, allowed]) =>
      limitUse(budget, { limit, allowed, tolerance: gate.tolerance }, gate, own),
    )
  })
}

function limitUse(
  budget: Budget,
  judged: Judged,
  gate: GateRule,
  newestFirst: readonly Measured[],
): LimitUse {
  const { limit, allowed } = judged
  const values = newestFirst.map((each) => each.values[limit])
  const known = values.flatMap((each) => (each?.value == null ? [] : [each.value]))
  return {
    ...{ scope: budget.scope, limit, allowed },
    n: newestFirst.length,
    percentiles: percentilesOf(known, isFloor(limit)),
    ...present({ worst: worstOf(known, isFloor(limit)) }),
    verdict: verdictSoFar(budget, judged, gate, newestFirst),
    last: newestFirst.slice(0, MOST_LAST).map((each) => ({
      runId: each.runId,
      spanId: each.id,
      startTime: new Date(each.startedAt).toISOString(),
      value: each.values[limit]?.value ?? null,
      isOver: verdictOf(judged, each.values[limit]) === 'over',
    })),
  }
}

function worstOf([first, ...others]: readonly number[], ofFloor: boolean): number | undefined {
  if (first === undefined) return undefined
  return others.reduce((worst, value) => (ofFloor ? Math.min(worst, value) : Math.max(worst, value)), first)
}

/** As `check` judges; what goes on is taken as it stands. */
function verdictSoFar(
  { scope, limits }: Budget,
  { limit, allowed }: Judged,
  gate: GateRule,
  measured: readonly Measured[],
): GateVerdict {
  const soFar = measured.map((each) => ({ ...each, isOver: true }))
  const { verdict } = limitVerdict(scope, limit, allowed, gate, soFar, limits[limit]?.position.line)
  // Also where nobody kept which models were called.
  const isOpen = limit.startsWith('costUsd') && measured.some(({ values }) => values[limit]?.atLeast)
  return isOpen && verdict !== 'over' ? 'indeterminate' : verdict
}
