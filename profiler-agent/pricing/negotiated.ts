// The user's own rows of prices: which one holds, and what it makes of the book's rates.

import type { PriceOverride } from '../rules/overrides'
import type { Rates } from '../rules/price-row'
import { timesRates } from './corrections'
import { idForms } from './model-id'

export interface OverrideQuestion {
  readonly provider: string
  readonly model: string
  readonly at: Date
  readonly tier?: string
}

/** The first row that fits; one that names a tier fits that tier only. */
export function findOverride(
  rows: readonly PriceOverride[],
  { provider, model, at, tier }: OverrideQuestion,
): PriceOverride | undefined {
  const forms = idForms(provider, model)
  return rows.find(
    (row) =>
      row.provider === provider &&
      row.models.some((id) => id === '*' || forms.includes(id.toLowerCase())) &&
      (row.tier === undefined || row.tier === tier) &&
      (row.from === undefined || at.getTime() >= Date.parse(row.from)) &&
      (row.to === undefined || at.getTime() < Date.parse(row.to)),
  )
}

/**
 * Rates of a row for a request of this length. What the row does not name costs what the book says; without a book, reads and
 * writes cost the row's input. `undefined` where the row needs a book and there is none.
 */
export function negotiatedRates(
  row: PriceOverride,
  book: Rates | undefined,
  inputTokens: number,
): Rates | undefined {
  if (row.rates === undefined) return book && timesRates(book, 1 - (row.discount ?? 0))
  const isLong = row.over !== undefined && inputTokens > row.over.tokens
  const named = isLong ? { ...row.rates, ...row.over?.rates } : row.rates
  const input = named.input ?? book?.input
  if (input === undefined) return undefined
  const cacheWrite = { ...book?.cacheWrite, ...named.cacheWrite }
  return { ...book, ...named, input, cacheWrite }
}
