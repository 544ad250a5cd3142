// Our dated corrections (rules/prices/) as entries of the book: which row holds for a model at a moment.

import { type PriceRow, type Rates, wordsOf } from '../rules/price-row'
import { PRICE_CORRECTIONS } from '../rules/prices'
import { idForms } from './model-id'
import type { PriceEntry } from './price-entry'

/** Whose prices a provider takes for models of others. */
const SELLERS: Readonly<Record<string, readonly string[]>> = {
  azure: ['azure', 'openai', 'anthropic', 'xai'],
  vertex: ['vertex', 'google', 'anthropic'],
  bedrock: ['bedrock', 'anthropic'],
}

/** What Bedrock adds to a vendor's price everywhere but in `global.` profiles. */
const BEDROCK_REGIONAL = 1.1

/** The row that holds, as an entry; `undefined` where we have nothing to correct. */
export function findCorrection(provider: string, model: string, at: Date): PriceEntry | undefined {
  const row = rowsOf(provider, model).find((candidate) => holds(candidate, at))
  if (row === undefined) return undefined
  const isRegional = provider === 'bedrock' && row.provider !== 'bedrock' && !/(^|\/)global\./.test(model)
  return entryOf(row, isRegional ? BEDROCK_REGIONAL : 1)
}

/** Moments at which our rows for this model begin or end, ISO 8601. */
export function correctionMoments(provider: string, model: string): string[] {
  return rowsOf(provider, model).flatMap(({ from, to }) =>
    [from, to].filter((moment) => moment !== undefined),
  )
}

/** First names of all models that we have rows for. */
export function correctionIds(provider: string): string[] {
  const sellers = SELLERS[provider] ?? [provider]
  return PRICE_CORRECTIONS.filter((row) => sellers.includes(row.provider)).map(({ models }) => models[0])
}

/** A run asks for the same few models again and again; names that a caller makes up must not fill the memory. */
const MAX_REMEMBERED = 1000
const remembered = new Map<string, readonly PriceRow[]>()

function rowsOf(provider: string, model: string): readonly PriceRow[] {
  const key = JSON.stringify([provider, model])
  const rows = remembered.get(key) ?? lookUpRows(provider, model)
  if (remembered.size < MAX_REMEMBERED) remembered.set(key, rows)
  return rows
}

function lookUpRows(provider: string, model: string): PriceRow[] {
  const forms = idForms(provider, model).map((form) => form.replace(/^global\.\w+\./, ''))
  const sellers = SELLERS[provider] ?? [provider]
  return PRICE_CORRECTIONS.filter(
    (row) => sellers.includes(row.provider) && row.models.some((id) => forms.includes(id)),
  )
}

function holds({ from, to, when }: PriceRow, at: Date): boolean {
  const time = at.getTime()
  if (from !== undefined && time < Date.parse(from)) return false
  if (to !== undefined && time >= Date.parse(to)) return false
  if (when === undefined) return true
  const hour = at.getUTCHours()
  return when.days.includes(at.getUTCDay()) && when.hours.some(([start, end]) => hour >= start && hour < end)
}

function entryOf(row: PriceRow, factor: number): PriceEntry {
  const { models, rates, over } = row
  return {
    id: models[0],
    ratesFor: (inputTokens) =>
      timesRates(over !== undefined && inputTokens > over.tokens ? over.rates : rates, factor),
    thresholds: over === undefined ? [] : [over.tokens],
    pieces: {},
    hasOtherFees: false,
    origin: `${wordsOf(row)}${factor === 1 ? '' : `; ×${factor} for a region on Bedrock`}`,
  }
}

/** Every rate times a factor; cache reads may have one of their own. */
export function timesRates(rates: Rates, factor: number, cacheReadFactor = factor): Rates {
  if (factor === 1 && cacheReadFactor === 1) return rates
  const scaled = Object.entries(rates).map(([name, rate]) => [
    name,
    typeof rate === 'number' ? rate * (/cacheread/i.test(name) ? cacheReadFactor : factor) : rate,
  ])
  const cacheWrite =
    rates.cacheWrite &&
    Object.fromEntries(Object.entries(rates.cacheWrite).map(([ttl, rate]) => [ttl, rate * factor]))
  return {
    ...(Object.fromEntries(scaled) as Rates),
    // An absent read price is the input price, and goes with the factor of reads.
    ...(rates.cacheRead === undefined &&
      cacheReadFactor !== factor && { cacheRead: rates.input * cacheReadFactor }),
    ...(cacheWrite && { cacheWrite }),
  }
}
