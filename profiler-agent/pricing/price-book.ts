// The price book: our dated corrections first, then the catalogue. Answers with prices of exactly the model asked for, or not at all.

import { CORRECTIONS_VERSION, PRICE_CORRECTIONS, type PriceRow } from '../rules/prices'
import { CATALOGUE_NAME, findInCatalogue, type PriceEntry } from './catalogue'
import { idForms } from './model-id'

export type { PriceEntry } from './catalogue'

export interface PriceBook {
  /** Name and version, stored with every cost. */
  readonly name: string
  /** Prices at a moment, or `undefined` where the book has none for exactly this model. */
  find(provider: string, model: string, at: Date): PriceEntry | undefined
}

const FREE_ENTRY: PriceEntry = {
  id: 'free',
  ratesFor: () => ({ input: 0, cacheRead: 0, cacheWrite: { unknown: 0 }, output: 0 }),
  hasModalityPrices: false,
  hasOtherFees: false,
}

/** Opens the book that ships with this version. Reads no file and no network. */
export function openPriceBook(): PriceBook {
  return {
    name: `${CATALOGUE_NAME}+costflame-${CORRECTIONS_VERSION}`,
    find(provider, model, at) {
      // Models on the user's own machine cost nothing by the token.
      if (provider === 'ollama') return FREE_ENTRY
      if (provider === 'openrouter' && model.endsWith(':free')) return FREE_ENTRY
      return findCorrection(provider, model, at) ?? findInCatalogue(provider, model, at)
    },
  }
}

function findCorrection(provider: string, model: string, at: Date): PriceEntry | undefined {
  const forms = idForms(provider, model)
  const sellers = SELLERS[provider] ?? [provider]
  const row = PRICE_CORRECTIONS.find(
    (candidate) =>
      sellers.includes(candidate.provider) &&
      candidate.models.some((id) => forms.includes(id)) &&
      holds(candidate, at),
  )
  return row && entryOf(row)
}

/** Whose prices a provider takes for models of others. */
const SELLERS: Readonly<Record<string, readonly string[]>> = {
  azure: ['openai', 'anthropic', 'xai', 'deepseek'],
  vertex: ['google', 'anthropic'],
}

function holds({ from, to, when }: PriceRow, at: Date): boolean {
  const time = at.getTime()
  if (from !== undefined && time < Date.parse(from)) return false
  if (to !== undefined && time >= Date.parse(to)) return false
  if (when === undefined) return true
  const hour = at.getUTCHours()
  return when.days.includes(at.getUTCDay()) && when.hours.some(([start, end]) => hour >= start && hour < end)
}

function entryOf({ models, rates, over }: PriceRow): PriceEntry {
  return {
    id: models[0],
    ratesFor: (inputTokens) => (over !== undefined && inputTokens > over.tokens ? over.rates : rates),
    hasModalityPrices: false,
    hasOtherFees: false,
  }
}
