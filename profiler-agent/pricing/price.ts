// What one inference cost: usage times unit prices in whole pico-dollars, or the reason why that is not known.

import type { InferenceReading } from '../model/call'
import type { HttpExchange } from '../model/exchange'
import { type PicoUsd, usdOf } from '../model/money'
import type { Cost, CostByBucket, UnitPrices } from '../model/span'
import { CACHE_TTLS, type CacheTtl, cacheWriteTotal, perTtl, type UnitKind, type Usage } from '../model/usage'
import { objectOf } from '../wire/json'
import { openPriceBook, type PriceBook } from './price-book'
import { scaleTo, sumOf } from './scale'
import { factorOf, type Modifiers, unitPricesOf } from './unit-prices'

export { openPriceBook, type PriceBook } from './price-book'

export interface PriceQuestion extends Modifiers {
  readonly provider: string
  /** The response's model, else the request's. */
  readonly model: string
  readonly usage: Usage
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
  exchange: Pick<HttpExchange, 'provider' | 'startTime' | 'recording'>,
  inference: InferenceReading,
): PriceAnswer {
  const { requestModel, responseModel, usage, tier, speed, geo, providerPicoUsd } = inference
  const question = {
    provider: exchange.provider,
    model: responseModel ?? requestModel,
    usage,
    at: new Date(exchange.recording?.pricedAt ?? exchange.startTime),
    basis: exchange.recording?.pricedAtBasis ?? ('call' as const),
    hasBothSides: inference.kind === 'chat',
    ...(tier === undefined ? {} : { tier }),
    ...(speed === undefined ? {} : { speed }),
    ...(geo === undefined ? {} : { geo }),
    ...(providerPicoUsd === undefined ? {} : { providerPicoUsd }),
  }
  return priceCall(question, book)
}

/**
 * The cost of one inference that the provider bills; calls that it does not bill are not asked for. Buckets sum
 * exactly to the whole. Unknown buckets cost nothing: `atLeast` marks a sum that may be more. Throws nothing.
 */
export function priceCall(question: PriceQuestion, book: PriceBook = openPriceBook()): PriceAnswer {
  const { usage, providerPicoUsd = 0 } = question
  const listed = listedPrices(question, book)
  if (providerPicoUsd > 0 && Number.isSafeInteger(providerPicoUsd))
    return {
      cost: costByProvider(question, book, 'prices' in listed ? listed.prices : undefined, providerPicoUsd),
    }
  if (usage.origin === 'unknown') return { unpricedReason: 'usage unknown' }
  if (!('prices' in listed)) return listed
  const byBucket = bucketsOf(usage, listed.prices)
  const picoUsd = sumOf(byBucket)
  if (!Number.isSafeInteger(picoUsd))
    return { unpricedReason: 'the reported token counts are too large to be true' }
  const lacksSide = question.hasBothSides && (usage.inputTokens === null || usage.outputTokens === null)
  const isLowerBound =
    usage.origin === 'partial' || lacksSide || !listed.isWhole || hasUnpricedPieces(usage, listed.prices)
  return {
    cost: {
      ...costOf(question, book, byBucket, listed.prices),
      source: 'catalog',
      ...(isLowerBound && { atLeast: true }),
    },
  }
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

type Listed = { readonly prices: UnitPrices; readonly isWhole: boolean } | { readonly unpricedReason: string }

function listedPrices(question: PriceQuestion, book: PriceBook): Listed {
  const { provider, model, usage, at } = question
  if (model === '') return { unpricedReason: 'neither request nor response names a model' }
  const entry = book.find(provider, model, at)
  if (entry === undefined) return { unpricedReason: noPrice(provider, model) }
  const modifier = factorOf(provider, entry.id, question)
  if ('unknown' in modifier)
    return {
      unpricedReason: `the price of ${modifier.unknown} is not known for ${provider} model "${model}"${NEXT_STEP}`,
    }
  const rates = entry.ratesFor(usage.inputTokens ?? 0)
  if (rates.output === undefined && (usage.outputTokens ?? 0) > 0)
    return { unpricedReason: `${book.name} has no output price for ${provider} model "${model}"${NEXT_STEP}` }
  if (entry.hasModalityPrices && hasModalityTokens(usage.raw))
    return {
      unpricedReason: `audio or image tokens of ${provider} model "${model}" have prices of their own${NEXT_STEP}`,
    }
  return { prices: unitPricesOf(rates, modifier.factor, provider, entry), isWhole: !entry.hasOtherFees }
}

const NEXT_STEP = '; a newer Costflame may know it'

function noPrice(provider: string, model: string): string {
  return `no price for ${provider} model "${model}"${NEXT_STEP}`
}

/** Audio and image tokens inside the totals, in OpenAI's notation. */
function hasModalityTokens(raw: unknown): boolean {
  const { prompt_tokens_details, completion_tokens_details } = objectOf(raw)
  return [prompt_tokens_details, completion_tokens_details]
    .map(objectOf)
    .some(({ audio_tokens, image_tokens }) => Number(audio_tokens) > 0 || Number(image_tokens) > 0)
}

function bucketsOf(usage: Usage, prices: UnitPrices): CostByBucket {
  let cacheWrite = 0
  for (const ttl of CACHE_TTLS) cacheWrite += (usage.cacheWriteTokens[ttl] ?? 0) * prices.cacheWrite[ttl]
  let units = 0
  for (const [kind, count] of Object.entries(usage.units))
    units += count * (prices.units[kind as UnitKind] ?? 0)
  return {
    uncachedInput: (usage.uncachedInputTokens ?? 0) * prices.uncachedInput,
    cacheRead: (usage.cacheReadTokens ?? 0) * prices.cacheRead,
    cacheWrite,
    output: (usage.outputTokens ?? 0) * prices.output,
    units,
  }
}

function hasUnpricedPieces(usage: Usage, prices: UnitPrices): boolean {
  return Object.entries(usage.units).some(
    ([kind, count]) => count > 0 && prices.units[kind as UnitKind] === undefined,
  )
}

/**
 * The provider's own total, shared over the buckets as the book would have priced them. Without a price in the book
 * every token weighs the same; without tokens the whole sum stands under `units`.
 */
function costByProvider(
  question: PriceQuestion,
  book: PriceBook,
  listed: UnitPrices | undefined,
  total: PicoUsd,
): Cost {
  const weights = bucketsOf(question.usage, listed ?? EQUAL_PRICES)
  const byBucket = scaleTo(total, sumOf(weights) > 0 ? weights : bucketsOf(question.usage, EQUAL_PRICES))
  const prices = effectivePrices(question.usage, byBucket, listed)
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
