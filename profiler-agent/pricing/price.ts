// What one inference cost: usage times unit prices in whole pico-dollars, or the reason why that is not known.

import type { InferenceReading, ModalityTokens } from '../model/call'
import type { HttpExchange } from '../model/exchange'
import { type PicoUsd, usdOf } from '../model/money'
import { present } from '../model/present'
import type { Cost, CostByBucket, UnitPrices } from '../model/span'
import { type CacheTtl, cacheWriteTotal, perTtl, type Usage } from '../model/usage'
import { bucketsOf, hasUnpricedPieces } from './buckets'
import { regionOf, sellerUrl } from './exchange-seller'
import { openPriceBook, type PriceBook } from './price-book'
import { noOutputPrice, type Quote, type QuoteAnswer, quoteFor } from './quote'
import { scaleTo, sumOf } from './scale'
import type { Modifiers } from './unit-prices'

export { openPriceBook, type PriceBook } from './price-book'

export interface PriceQuestion extends Modifiers {
  readonly provider: string
  /** Where the call went; tells the seller at hosts that are nobody's that we know. */
  readonly url?: string
  /** The response's model, else the request's. */
  readonly model: string
  /** The request's model, where the response named one too. */
  readonly requestModel?: string
  readonly usage: Usage
  readonly modalities?: ModalityTokens
  /** The moment whose prices count. */
  readonly at: Date
  /** What that moment is: start of the call, as recorded, or of an import. */
  readonly basis: Cost['pricedAtBasis']
  /** The provider's own figure; used where it is more than 0. */
  readonly providerPicoUsd?: PicoUsd
  /** True for a reply that has input and output tokens: one whose provider left a side out costs at least the other. */
  readonly hasBothSides?: boolean
}

export type PriceAnswer = { readonly cost: Cost } | { readonly unpricedReason: string }

/** Prices a billed inference: at the start of the call where it was seen live, else at the moment that the recording or the import gives. */
export function priceInference(
  book: PriceBook,
  exchange: Pick<HttpExchange, 'provider' | 'startTime' | 'recording' | 'url' | 'responseHeaders'>,
  inference: InferenceReading,
): PriceAnswer {
  const { requestModel, responseModel, usage, modalities, tier, speed, geo, providerPicoUsd } = inference
  const { provider, url } = exchange
  const question = {
    provider,
    url: sellerUrl(exchange),
    model: responseModel ?? requestModel,
    requestModel,
    usage,
    at: new Date(exchange.recording?.pricedAt ?? exchange.startTime),
    basis: exchange.recording?.pricedAtBasis ?? ('call' as const),
    hasBothSides: inference.kind === 'chat',
    ...present({ modalities, tier, speed, providerPicoUsd }),
    ...present({ geo: regionOf(provider, url) ?? geo }),
  }
  return priceCall(question, book)
}

/**
 * The cost of one inference that the provider bills; calls that it does not bill are not asked for. Buckets sum
 * exactly to the whole. Unknown buckets cost nothing: `atLeast` marks a sum that may be more. Throws nothing.
 */
export function priceCall(question: PriceQuestion, book: PriceBook = openPriceBook()): PriceAnswer {
  const { usage, providerPicoUsd = 0 } = question
  const quote = quoteFor({ ...question, inputTokens: usage.inputTokens ?? 0 }, book)
  const isOverride = 'prices' in quote && quote.source === 'override'
  if (!isOverride && providerPicoUsd > 0 && Number.isSafeInteger(providerPicoUsd))
    return { cost: costByProvider(question, book, quote, providerPicoUsd) }
  if (usage.origin === 'unknown') return { unpricedReason: 'usage unknown' }
  if (!('prices' in quote)) return quote
  if (!quote.hasOutput && (usage.outputTokens ?? 0) > 0)
    return { unpricedReason: noOutputPrice(quote, book, question) }
  const byBucket = bucketsOf(usage, quote.prices, question.modalities, quote.paidByRequest)
  if (!Number.isSafeInteger(sumOf(byBucket)))
    return { unpricedReason: 'the reported token counts are too large to be true' }
  return {
    cost: {
      ...costOf(question, book, byBucket, quote.prices),
      source: quote.source,
      ...present({ pricedAs: quote.pricedAs }),
      ...(isLowerBound(question, quote) && { atLeast: true }),
    },
  }
}

function isLowerBound({ usage, hasBothSides }: PriceQuestion, quote: Quote): boolean {
  const lacksSide = hasBothSides === true && (usage.inputTokens === null || usage.outputTokens === null)
  return usage.origin === 'partial' || lacksSide || !quote.isWhole || hasUnpricedPieces(usage, quote.prices)
}

function costOf(
  { at, basis }: PriceQuestion,
  book: PriceBook,
  byBucket: CostByBucket,
  prices: UnitPrices,
): Omit<Cost, 'source'> {
  const picoUsd = sumOf(byBucket)
  return {
    picoUsd,
    usd: usdOf(picoUsd),
    byBucket,
    prices,
    book: book.name,
    pricedAt: at.toISOString(),
    pricedAtBasis: basis,
  }
}

/**
 * The provider's own total, shared over the buckets as the book would have priced them. Without a price in the book
 * every token weighs the same; without tokens the whole sum stands under `units`.
 */
function costByProvider(question: PriceQuestion, book: PriceBook, quote: QuoteAnswer, total: PicoUsd): Cost {
  const { usage, modalities } = question
  const listed = 'prices' in quote ? quote.prices : undefined
  const paidOnce = 'prices' in quote ? quote.paidByRequest : undefined
  const weights = bucketsOf(usage, listed ?? EQUAL_PRICES, modalities, paidOnce)
  const byBucket = scaleTo(total, sumOf(weights) > 0 ? weights : bucketsOf(usage, EQUAL_PRICES))
  const prices = effectivePrices(usage, byBucket, listed)
  return { ...costOf(question, book, byBucket, prices), source: 'provider' }
}

const EQUAL_PRICES: UnitPrices = {
  uncachedInput: 1,
  cacheRead: 1,
  cacheWrite: perTtl(() => 1),
  output: 1,
  units: {},
}

/** What a token came to in this call, rounded; the book's price, or 0, for buckets that the call did not use. */
function effectivePrices(usage: Usage, byBucket: CostByBucket, listed: UnitPrices | undefined): UnitPrices {
  const per = (picoUsd: PicoUsd, tokens: number | null, fallback: number) =>
    tokens ? Math.round(picoUsd / tokens) : fallback
  const write = (ttl: CacheTtl) =>
    per(byBucket.cacheWrite, cacheWriteTotal(usage), listed?.cacheWrite[ttl] ?? 0)
  return {
    uncachedInput: per(byBucket.uncachedInput, usage.uncachedInputTokens, listed?.uncachedInput ?? 0),
    cacheRead: per(byBucket.cacheRead, usage.cacheReadTokens, listed?.cacheRead ?? 0),
    cacheWrite: perTtl(write),
    output: per(byBucket.output, usage.outputTokens, listed?.output ?? 0),
    units: listed?.units ?? {},
  }
}
