// What a token costs by the price book, for a call that has not been made yet. Adds nothing up.

import { regionOf } from '../pricing/exchange-seller'
import type { PriceBook } from '../pricing/price'
import { quoteFor } from '../pricing/quote'
import type { PricesQuestion, QuotedPrices } from './messages'

/** `null` where the model has no price, or none for its output. Tier and speed are the usual ones: only the reply tells others. */
export function pricesAhead(
  book: PriceBook,
  { provider, url, model, inputTokens }: PricesQuestion,
  at: Date,
): QuotedPrices | null {
  const geo = regionOf(provider, url)
  const quote = quoteFor(
    { provider, url, model, inputTokens, at, ...(geo === undefined ? {} : { geo }) },
    book,
  )
  if (!('prices' in quote) || !quote.hasOutput) return null
  const { uncachedInput, cacheRead, cacheWrite, output } = quote.prices
  const input = Math.max(uncachedInput, cacheRead)
  return { input, write: Math.max(input, ...Object.values(cacheWrite)), output }
}
