// What a book of prices says of one model at one moment. Types only.

import type { UnitKind } from '../model/usage'
import type { Rates } from '../rules/price-row'

/** Prices of one model at one moment. */
export interface PriceEntry {
  /** The book's own id of the model. */
  readonly id: string
  /** Rates for a request with this much input, cached input included. */
  readonly ratesFor: (inputTokens: number) => Rates
  /** Most input tokens for which a set of rates holds, ascending; empty where length does not matter. */
  readonly thresholds: readonly number[]
  /** USD per thousand pieces, where the book has them for this model. */
  readonly pieces: Readonly<Partial<Record<UnitKind, number>>>
  /** True where the model has fees that our buckets do not hold, by the request or for citations. */
  readonly hasOtherFees: boolean
  /** Where the prices come from, for people: a page and the day on which it was read, or the catalogue. */
  readonly origin: string
}
