// How each limit of a budget file stands in the light of what was measured: what the editor shows on its line.

import type { Budget, BudgetScope, GateRule, LimitUse, Measured, NumericLimit } from '../../model/budget'
import { appliesTo, limitsOf } from './budgets-for'
import { isFloor, percentilesOf } from './percentiles'
import { percentileVerdict, verdictOf } from './verdict'

const MOST_LAST = 10

/** How each limit stands in the light of what was measured; too few invocations are indeterminate. */
export function limitUses(
  budgets: readonly Budget[],
  gate: GateRule,
  measured: readonly Measured[],
): LimitUse[] {
  return budgets.flatMap((budget) => {
    const own = measured
      .filter((each) => appliesTo(budget, each))
      .sort((left, right) => right.startedAt - left.startedAt)
    return limitsOf(budget).map(([limit, allowed]) => limitUse(budget.scope, limit, allowed, gate, own))
  })
}

function limitUse(
  scope: BudgetScope,
  limit: NumericLimit,
  allowed: number,
  { percentile, tolerance, minInvocations }: GateRule,
  newestFirst: readonly Measured[],
): LimitUse {
  const values = newestFirst.map((each) => each.values[limit])
  const known = values.flatMap((each) => (each?.value == null ? [] : [each.value]))
  const judged = { limit, allowed, tolerance }
  const isMany = scope.kind === 'run' || scope.kind === 'day' || known.length >= minInvocations
  return {
    ...{ scope, limit, allowed },
    n: newestFirst.length,
    percentiles: percentilesOf(known, isFloor(limit)),
    verdict: isMany ? percentileVerdict(judged, values, percentile).verdict : 'indeterminate',
    last: newestFirst.slice(0, MOST_LAST).map((each) => ({
      runId: each.runId,
      spanId: each.id,
      startTime: new Date(each.startedAt).toISOString(),
      value: each.values[limit]?.value ?? null,
      isOver: verdictOf(judged, each.values[limit]) === 'over',
    })),
  }
}
