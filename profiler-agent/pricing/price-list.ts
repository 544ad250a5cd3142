// Everything that the book says of one model for people: unit prices by length, where they come from, and how they change by hour and date.

import type { UnitPrices } from '../model/span'
import type { PriceBook, Seller } from './price-book'
import { type Quote, type QuoteAnswer, quoteFor } from './quote'

export interface ListQuestion extends Seller {
  readonly model: string
  readonly at: Date
  readonly tier?: string
}

/** Prices of a request with more than `over` input tokens; the first one is for the shortest. */
export interface LengthPrices {
  readonly over: number
  readonly prices: UnitPrices
}

export interface PriceChange {
  /** First moment, ISO 8601 UTC. */
  readonly from: string
  readonly prices: UnitPrices
}

export type PriceList = {
  readonly provider: string
  readonly model: string
} & (
  | { readonly unpricedReason: string }
  | {
      /** The book's own id. */
      readonly id: string
      readonly source: Quote['source']
      /** Where the prices come from. */
      readonly origin: string
      /** What factors for tier and the like and the prices of pieces rest on. */
      readonly sources: readonly string[]
      readonly pricedAs?: string
      readonly lengths: readonly LengthPrices[]
      /** Dated and hourly changes after the moment that was asked for. */
      readonly changes: readonly PriceChange[]
      /** False where the model has fees beside these prices. */
      readonly isWhole: boolean
    }
)

/** `undefined` where the book does not know the model at this seller. Throws nothing. */
export function listPrices(question: ListQuestion, book: PriceBook): PriceList | undefined {
  const { provider, model } = question
  const quoteAt = (at: Date, inputTokens: number): QuoteAnswer =>
    quoteFor({ ...question, at, inputTokens }, book)
  const base = quoteAt(question.at, 0)
  if (!('prices' in base)) {
    const isKnown = book.find(question, book.modelOf(provider, model) ?? model, question.at) !== undefined
    return isKnown ? { provider, model, unpricedReason: base.unpricedReason } : undefined
  }
  const { id, source, origin, sources, pricedAs, isWhole } = base
  return {
    ...{ provider, model, id, source, origin, sources, isWhole },
    ...(pricedAs === undefined ? {} : { pricedAs }),
    lengths: lengthsOf(question, book, base, quoteAt),
    changes: changesAfter(question, book, base, quoteAt),
  }
}

type QuoteAt = (at: Date, inputTokens: number) => QuoteAnswer

function lengthsOf(question: ListQuestion, book: PriceBook, base: Quote, quoteAt: QuoteAt): LengthPrices[] {
  const model = base.pricedAs ?? question.model
  const thresholds = book.find(question, model, question.at)?.thresholds ?? []
  const own = book.findOverride(question.provider, model, question.at, question.tier)?.over?.tokens
  const all = [...new Set([...thresholds, ...(own === undefined ? [] : [own])])].sort(
    (left, right) => left - right,
  )
  const longer = all.flatMap((over) => {
    const quote = quoteAt(question.at, over + 1)
    return 'prices' in quote ? [{ over, prices: quote.prices }] : []
  })
  return withoutRepeats([{ over: 0, prices: base.prices }, ...longer])
}

const HOUR_MS = 3_600_000
const HOURS_A_WEEK = 7 * 24
const HOURLY_CHANGES = 2

function changesAfter(question: ListQuestion, book: PriceBook, base: Quote, quoteAt: QuoteAt): PriceChange[] {
  const dated = book
    .moments(question, base.pricedAs ?? question.model)
    .filter((moment) => moment.getTime() > question.at.getTime())
  const moments = [...hourlyMoments(question.at, base, quoteAt), ...dated].sort(
    (left, right) => left.getTime() - right.getTime(),
  )
  const changes = moments.flatMap((moment) => {
    const quote = quoteAt(moment, 0)
    return 'prices' in quote ? [{ from: moment.toISOString(), prices: quote.prices }] : []
  })
  const [, ...changed] = withoutRepeats([{ from: '', prices: base.prices }, ...changes])
  return changed
}

/** The next hours of the week at which the price changes, for prices that depend on the time of day. */
function hourlyMoments(at: Date, base: Quote, quoteAt: QuoteAt): Date[] {
  const first = Math.ceil((at.getTime() + 1) / HOUR_MS) * HOUR_MS
  const found: Date[] = []
  let last = JSON.stringify(base.prices)
  for (let hour = 0; hour < HOURS_A_WEEK && found.length < HOURLY_CHANGES; hour++) {
    const moment = new Date(first + hour * HOUR_MS)
    const quote = quoteAt(moment, 0)
    const prices = 'prices' in quote ? JSON.stringify(quote.prices) : last
    if (prices !== last) found.push(moment)
    last = prices
  }
  return found
}

function withoutRepeats<T extends { readonly prices: UnitPrices }>(list: readonly T[]): T[] {
  return list.filter((each, index) => {
    const before = list[index - 1]
    return before === undefined || JSON.stringify(before.prices) !== JSON.stringify(each.prices)
  })
}
