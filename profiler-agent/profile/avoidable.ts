// Shares what findings say could be saved over the calls that they name, so that a picture can show where the avoidable money went.

import type { Finding } from '../model/finding'
import { largestRemainder } from '../model/largest-remainder'

/**
 * Pico-dollars by span id, out of the costs of the calls that findings name. A finding's saving is shared over its calls by their
 * cost, to the pico-dollar. What several findings say of one call overlaps (each was reckoned as if it were fixed alone), so the
 * largest of them counts; never more than its cost.
 */
export function avoidableCosts(
  findings: readonly Finding[],
  costs: ReadonlyMap<string, number>,
): Map<string, number> {
  const avoidable = new Map<string, number>()
  for (const finding of findings)
    for (const [id, share] of sharesOf(finding, costs))
      avoidable.set(id, Math.max(avoidable.get(id) ?? 0, Math.min(costs.get(id) ?? 0, share)))
  return avoidable
}

function sharesOf({ saving, spanIds }: Finding, costs: ReadonlyMap<string, number>): [string, number][] {
  if (saving === undefined) return []
  const calls = [...new Set(spanIds)].filter((id) => (costs.get(id) ?? 0) > 0)
  const weights = calls.map((id) => costs.get(id) ?? 0)
  const most = weights.reduce((sum, weight) => sum + weight, 0)
  const total = Math.min(most, saving.perRun ? saving.picoUsd : saving.picoUsd * calls.length)
  const shares = largestRemainder(weights, total)
  return calls.map((id, index) => [id, shares[index] ?? 0])
}
