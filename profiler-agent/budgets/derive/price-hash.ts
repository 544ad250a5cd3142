// One hash for the unit prices that a group of calls was priced with, so that a later check sees when prices changed.

import type { Measured } from '../../model/budget'
import type { UnitPrices } from '../../model/span'

/** What a call was priced with; `model` is `provider/model`. */
export interface CallPrice {
  readonly model: string
  readonly prices: UnitPrices
}

/** `undefined` for a call without a price. */
export type PriceOfCall = (runId: string, spanId: string) => CallPrice | undefined

/**
 * `sha256:` and the hash of the prices of all models of these invocations, whatever their order; of a model with several (long
 * prompts, tiers) the one of most calls. `undefined` where nothing has a price.
 */
export function priceHash(
  measured: readonly Measured[],
  priceOf: PriceOfCall,
  hashOf: (text: string) => string,
): string | undefined {
  const counts = new Map<string, Map<string, number>>()
  for (const { runId, calls } of measured)
    for (const call of calls) {
      const price = priceOf(runId, call)
      if (!price) continue
      const ofModel = counts.get(price.model) ?? new Map<string, number>()
      counts.set(price.model, ofModel)
      const text = sortedJson(price.prices)
      ofModel.set(text, (ofModel.get(text) ?? 0) + 1)
    }
  if (counts.size === 0) return undefined
  const lines = [...counts].map(([model, prices]) => `${model} ${mostFrequent(prices)}`)
  return `sha256:${hashOf(lines.sort().join('\n'))}`
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  const [first] = [...counts].sort(
    ([left, some], [right, others]) => others - some || (left < right ? -1 : 1),
  )
  return first?.[0] ?? ''
}

function sortedJson(prices: UnitPrices): string {
  return JSON.stringify(prices, (_key, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  )
}
