// Which unit prices hold for a call: the user's own, or the book's, for its model, length, tier, speed, region and moment — or why there are none.

import type { CostSource, UnitPrices } from '../model/span'
import type { UnitKind } from '../model/usage'
import type { PriceOverride } from '../rules/overrides'
import { isShorterName } from './model-id'
import { negotiatedRates } from './negotiated'
import { knownSeller, type PriceBook, type PriceEntry, type Seller } from './price-book'
import {
  type FactorAnswer,
  factorsOf,
  type Modifiers,
  paidByRequest,
  pieceSources,
  piecesOf,
  unitPricesOf,
} from './unit-prices'

export interface QuoteQuestion extends Modifiers, Seller {
  /** The response's model, else the request's. */
  readonly model: string
  /** The request's, where the response named another. */
  readonly requestModel?: string
  readonly at: Date
  /** All input of the request, cached input included. */
  readonly inputTokens: number
}

export interface Quote {
  readonly prices: UnitPrices
  readonly source: Extract<CostSource, 'override' | 'catalog'>
  /** The book's id of the model. */
  readonly id: string
  /** Where the token prices come from, for people. */
  readonly origin: string
  /** What factors for tier, speed and region and the prices of pieces rest on, for people. */
  readonly sources: readonly string[]
  /** False where the model has an output that has no price. */
  readonly hasOutput: boolean
  /** False where the model has fees beside these prices. */
  readonly isWhole: boolean
  /** Kinds of pieces of which a request pays one at most. */
  readonly paidByRequest: ReadonlySet<UnitKind>
  /** The model whose prices these are, where the user's configuration says it of a deployment. */
  readonly pricedAs?: string
}

export type QuoteAnswer = Quote | { readonly unpricedReason: string }

/** Unit prices and where they come from. Throws nothing. */
export function quoteFor(question: QuoteQuestion, book: PriceBook): QuoteAnswer {
  const { provider, requestModel = '', model } = question
  if (model === '') return { unpricedReason: 'neither request nor response names a model' }
  const pricedAs = book.modelOf(provider, requestModel) ?? book.modelOf(provider, model)
  const known = pricedAs === undefined ? knownModel(question, book) : modelIn(book, question, pricedAs)
  const { entry } = known
  const named = { ...knownSeller(question), model: known.model }
  const override = book.findOverride(provider, named.model, named.at, named.tier)
  const answer = (override && quoteOverride(override, entry, named)) ?? quoteEntry(entry, named)
  return 'prices' in answer && pricedAs !== undefined ? { ...answer, pricedAs } : answer
}

/** The response's model, or the request's where that is the same one in a notation that the book knows. */
function knownModel(question: QuoteQuestion, book: PriceBook): KnownModel {
  const { provider, model, requestModel = '' } = question
  // The id in a Bedrock path says the region, the model's own answer does not.
  const inPath = provider === 'bedrock' ? modelIn(book, question, requestModel) : undefined
  if (requestModel !== '' && inPath?.entry) return inPath
  const answered = modelIn(book, question, model)
  if (requestModel === '' || answered.entry || !isShorterName(model, requestModel)) return answered
  const requested = modelIn(book, question, requestModel)
  return requested.entry ? requested : answered
}

interface KnownModel {
  readonly model: string
  readonly entry: PriceEntry | undefined
}

function modelIn(book: PriceBook, question: QuoteQuestion, model: string): KnownModel {
  return { model, entry: book.find(question, model, question.at) }
}

const NEXT_STEP = '; a newer Costflame may know it, or give it one in .costflame/config.jsonc'

function quoteEntry(entry: PriceEntry | undefined, question: QuoteQuestion): QuoteAnswer {
  const { provider, model, at, inputTokens } = question
  if (entry === undefined) return { unpricedReason: `no price for ${provider} model "${model}"${NEXT_STEP}` }
  const answer = factorsOf(provider, entry.id, question, at)
  if ('unknown' in answer) return unknownModifier(answer.unknown, question)
  const rates = entry.ratesFor(inputTokens)
  return {
    prices: unitPricesOf(rates, answer.factors, piecesOf(provider, entry.id, entry.pieces, at)),
    source: 'catalog',
    id: entry.id,
    origin: entry.origin,
    sources: [...answer.sources, ...pieceSources(provider, entry.id, entry.pieces, at)],
    hasOutput: rates.output !== undefined,
    isWhole: !entry.hasOtherFees,
    paidByRequest: paidByRequest(provider, entry.id, at),
  }
}

/** `undefined` where the row takes something off a price that the book does not have. */
function quoteOverride(
  row: PriceOverride,
  entry: PriceEntry | undefined,
  question: QuoteQuestion,
): QuoteAnswer | undefined {
  const { provider, model, at, inputTokens } = question
  const rates = negotiatedRates(row, entry?.ratesFor(inputTokens), inputTokens)
  if (rates === undefined) return undefined
  const id = entry?.id ?? model
  const answer = overrideFactors(row, id, question, at)
  if ('unknown' in answer) return unknownModifier(answer.unknown, question)
  const pieces = { ...piecesOf(provider, id, entry?.pieces ?? {}, at), ...row.pieces }
  return {
    prices: unitPricesOf(rates, answer.factors, pieces),
    source: 'override',
    id,
    origin: row.place,
    sources: [...answer.sources, ...pieceSources(provider, id, { ...entry?.pieces, ...row.pieces }, at)],
    hasOutput: rates.output !== undefined,
    isWhole: row.rates !== undefined || !entry?.hasOtherFees,
    paidByRequest: paidByRequest(provider, id, at),
  }
}

/** A row that names a tier is the price at that tier; one whose every price is 0 is free at any. */
function overrideFactors(row: PriceOverride, id: string, question: QuoteQuestion, at: Date): FactorAnswer {
  const { provider, speed, geo, tier } = question
  const isFree = row.rates !== undefined && Object.values(row.rates).every((rate) => rate === 0)
  if (isFree) return { factors: { all: 1, cacheRead: 1 }, sources: [] }
  const modifiers = {
    ...(speed === undefined ? {} : { speed }),
    ...(geo === undefined ? {} : { geo }),
    ...(tier === undefined || row.tier !== undefined ? {} : { tier }),
  }
  return factorsOf(provider, id, modifiers, at)
}

function unknownModifier(words: string, { provider, model }: QuoteQuestion): QuoteAnswer {
  return { unpricedReason: `the price of ${words} is not known for ${provider} model "${model}"${NEXT_STEP}` }
}

/** Why a call with output has no price where the model has none for output. */
export function noOutputPrice({ id }: Quote, book: PriceBook, { provider }: Seller): string {
  return `${book.name} has no output price for ${provider} model "${id}"${NEXT_STEP}`
}
