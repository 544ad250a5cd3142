// Shares what findings say could be saved over the calls that they name, so that a picture can show where the avoidable money went.

import type { Finding } from '../model/finding'
import { largestRemainder } from '../model/largest-remainder'
import type { Run } from '../model/span'

/**
 * Pico-dollars by span id. A finding's saving is shared over its calls by their cost, to the pico-dollar; a call is never
 * avoidable beyond its own cost, so what several findings say of one call is counted up to that.
 */
export function avoidableCosts({ spans, findings }: Pick<Run, 'spans' | 'findings'>): Map<string, number> {
  const costs = new Map(spans.map((span) => [span.id, span.modelCall?.cost?.picoUsd ?? 0]))
  const avoidable = new Map<string, number>()
  for (const finding of findings) addFinding(avoidable, costs, finding)
  return avoidable
}

function addFinding(
  avoidable: Map<string, number>,
  costs: ReadonlyMap<string, number>,
  { saving, spanIds }: Finding,
) {
  if (saving === undefined) return
  const calls = [...new Set(spanIds)].filter((id) => (costs.get(id) ?? 0) > 0)
  const weights = calls.map((id) => costs.get(id) ?? 0)
  const most = weights.reduce((sum, weight) => sum + weight, 0)
  const total = Math.min(most, saving.perRun ? saving.picoUsd : saving.picoUsd * calls.length)
  for (const [index, share] of largestRemainder(weights, total).entries()) {
    const id = calls[index] ?? ''
    avoidable.set(id, Math.min(costs.get(id) ?? 0, (avoidable.get(id) ?? 0) + share))
  }
}
