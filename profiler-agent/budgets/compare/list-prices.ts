// The unit prices that models were called at, in one text: whether a baseline was measured at other prices.

import type { ComparedCall } from '../../model/comparison'
import type { UnitPrices } from '../../model/span'

/** What of a call tells the price list of its model. */
export type ListedCall = Pick<ComparedCall, 'model' | 'tier'> & {
  readonly cost: Pick<NonNullable<ComparedCall['cost']>, 'prices' | 'source'> | null
}

/**
 * One set of unit prices for each `provider/model`: that of the usual tier and of short prompts, where there was such a call.
 * A model whose provider names only its own totals has no list.
 */
export function listPrices(calls: Iterable<ListedCall>): Map<string, UnitPrices> {
  const found = new Map<string, { readonly tier: string; readonly prices: UnitPrices }>()
  for (const { model, tier = '', cost } of calls) {
    if (!cost || cost.source === 'provider') continue
    const known = found.get(model)
    const candidate = { tier, prices: cost.prices }
    if (!known || isBefore(candidate, known)) found.set(model, candidate)
  }
  return new Map([...found].map(([model, { prices }]) => [model, prices]))
}

interface Candidate {
  readonly tier: string
  readonly prices: UnitPrices
}

function isBefore(left: Candidate, right: Candidate): boolean {
  if (left.tier !== right.tier) return left.tier < right.tier
  const [one, other] = [left.prices, right.prices]
  if (one === other) return false
  return (
    (one.uncachedInput - other.uncachedInput ||
      one.output - other.output ||
      (textOf(one) < textOf(other) ? -1 : 1)) < 0
  )
}

/**
 * Text of the prices of these models, in which the order of calls, models and keys says nothing; its SHA-256 is
 * `baseline.prices`. `undefined` where one of them was not called at a listed price.
 */
export function pricesText(
  prices: ReadonlyMap<string, UnitPrices>,
  models: readonly string[],
): string | undefined {
  const lines = models.toSorted().map((model) => {
    const list = prices.get(model)
    return list && `${model} ${textOf(list)}`
  })
  return lines.length === 0 || lines.includes(undefined) ? undefined : lines.join('\n')
}

/** JSON with its keys in order. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  )
}
