// Unit prices out of @pydantic/genai-prices, behind a guard: only an entry that names the asked model exactly counts.

import {
  type ConditionalPrice,
  findProvider,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
  type Provider,
} from '@pydantic/genai-prices'
import type { Rates } from '../rules/prices'
import { CATALOGUE_SUFFIXES, idForms, withoutSuffixes } from './model-id'

/** Version of the installed package; a test holds it against the package itself. */
export const CATALOGUE_NAME = 'genai-prices@0.1.8'

/** Prices of one model at one moment. */
export interface PriceEntry {
  /** The book's own id of the model. */
  readonly id: string
  /** Rates for a request with this much input, cached input included. */
  readonly ratesFor: (inputTokens: number) => Rates
  readonly webSearchUsdPerThousand?: number
  /** True where audio or image tokens have prices of their own, which our buckets do not tell apart. */
  readonly hasModalityPrices: boolean
  /** True where the model has fees that our buckets do not hold, by the request or for citations. */
  readonly hasOtherFees: boolean
}

const PROVIDER_IDS: Readonly<Record<string, string>> = { vertex: 'google', bedrock: 'aws', xai: 'x-ai' }

/** Catalogue tiers begin one token early for OpenAI, whose pages say "over 272K". */
const OFF_BY_ONE = 271_999

interface KnownModel {
  readonly info: ModelInfo
  /** Ids that the catalogue itself gives to this model. */
  readonly ids: ReadonlySet<string>
  readonly patterns: readonly RegExp[]
}

const knownModels = new Map<string, readonly KnownModel[]>()

/** The catalogue's entry, or `undefined` where it names no such model or gives it no token price at that moment. */
export function findInCatalogue(provider: string, model: string, at: Date): PriceEntry | undefined {
  const info = findModel(provider, model)
  return info === undefined ? undefined : entryOf(info, at)
}

function findModel(provider: string, model: string): ModelInfo | undefined {
  const sources = sourcesOf(provider)
  for (const form of idForms(provider, model))
    for (const source of sources) {
      const models = modelsOf(source)
      const known =
        models.find(({ ids, patterns }) => ids.has(form) || patterns.some((pattern) => pattern.test(form))) ??
        models.find(({ info }) => withoutSuffixes(info.id.toLowerCase(), CATALOGUE_SUFFIXES).includes(form))
      if (known !== undefined) return known.info
    }
  return undefined
}

/** The provider in the catalogue, then those whose models it resells at their price. */
function sourcesOf(provider: string): Provider[] {
  const host = /^custom:(.+)$/.exec(provider)?.[1]
  const found = host
    ? findProvider({ providerApiUrl: `https://${host}` })
    : findProvider({ providerId: PROVIDER_IDS[provider] ?? provider })
  if (found === undefined) return []
  const resold = (found.fallback_model_providers ?? []).map((providerId) => findProvider({ providerId }))
  return [found, ...resold.filter((source) => source !== undefined)]
}

function modelsOf(source: Provider): readonly KnownModel[] {
  const known = knownModels.get(source.id)
  if (known !== undefined) return known
  const models = source.models.map((info) => ({
    info,
    ids: new Set([info.id, ...namesIn(info.match)].map((id) => id.toLowerCase())),
    patterns: patternsIn(info.match),
  }))
  knownModels.set(source.id, models)
  return models
}

/** Names in a match rule. `starts_with` counts as the name that it begins with, and nothing longer. */
function namesIn(match: MatchLogic): string[] {
  if ('or' in match) return match.or.flatMap(namesIn)
  if ('and' in match) return match.and.flatMap(namesIn)
  if ('equals' in match) return [match.equals]
  if ('starts_with' in match) return [match.starts_with]
  if ('ends_with' in match) return [match.ends_with]
  return 'contains' in match ? [match.contains] : []
}

/** Expressions that spell out the whole id, and prefixes of fine-tuned models, whose rest is the customer's. */
function patternsIn(match: MatchLogic): RegExp[] {
  if ('or' in match) return match.or.flatMap(patternsIn)
  if ('starts_with' in match && match.starts_with.startsWith('ft:'))
    return [new RegExp(`^${match.starts_with.replace(/[.]/g, '\\.')}`)]
  if (!('regex' in match) || !/^\^.*\$$/.test(match.regex)) return []
  return [new RegExp(match.regex, 'i')]
}

function entryOf(info: ModelInfo, at: Date): PriceEntry | undefined {
  const prices = pricesAt(info.prices, at)
  // Matched, but priced by the hour or page, or not at all: that is no token price, and not 0.
  if (prices.input_mtok === undefined) return undefined
  const webSearch = prices.web_searches_kcount
  return {
    id: info.id,
    ratesFor: (inputTokens) => ratesOf(info.id, prices, inputTokens),
    ...(typeof webSearch === 'number' && { webSearchUsdPerThousand: webSearch }),
    hasModalityPrices: Object.keys(prices).some((key) => /(audio|image|video)/.test(key)),
    hasOtherFees: Object.keys(prices).some((key) =>
      /^(requests_|output_citation|output_reasoning)/.test(key),
    ),
  }
}

/** The last price whose condition holds; one without condition holds always. */
function pricesAt(prices: ConditionalPrice[] | ModelPrice, at: Date): ModelPrice {
  if (!Array.isArray(prices)) return prices
  return prices.findLast(({ constraint }) => constraint === undefined || holds(constraint, at))?.prices ?? {}
}

function holds(constraint: NonNullable<ConditionalPrice['constraint']>, at: Date): boolean {
  if (constraint.type === 'start_date') return at.getTime() >= Date.parse(constraint.start_date)
  const time = at.toISOString().slice(11, 19)
  const [start, end] = [constraint.start_time.slice(0, 8), constraint.end_time.slice(0, 8)]
  return start <= end ? time >= start && time < end : time >= start || time < end
}

function ratesOf(id: string, prices: ModelPrice, inputTokens: number): Rates {
  const rate = (key: string) => rateFor(prices[key], inputTokens)
  const input = rate('input_mtok') ?? 0
  const output = rate('output_mtok')
  const cacheRead = rate('cache_read_mtok')
  return {
    input,
    ...(cacheRead !== undefined && { cacheRead }),
    cacheWrite: writeRates(id, input, rate('cache_write_mtok'), rate('cache_write_1h_mtok')),
    ...(output !== undefined && { output }),
  }
}

function rateFor(price: ModelPrice[string], inputTokens: number): number | undefined {
  if (price === undefined || typeof price === 'number') return price
  const reached = price.tiers.filter(({ start }) => inputTokens > (start === OFF_BY_ONE ? start + 1 : start))
  return reached.reduce((top, tier) => (tier.start >= top.start ? tier : top), {
    start: -1,
    price: price.base,
  }).price
}

/**
 * Write prices by TTL. Claude: 5m 1.25×, 1h 2×. OpenAI models with a write fee: 30m as listed, 12h 2.5×.
 * Models without a fee: the input price.
 */
function writeRates(
  id: string,
  input: number,
  listed: number | undefined,
  listed1h: number | undefined,
): NonNullable<Rates['cacheWrite']> {
  if (/claude/.test(id)) {
    const [short, long] = [listed ?? input * 1.25, listed1h ?? input * 2]
    return { '5m': short, '30m': short, '1h': long, '12h': long, unknown: short }
  }
  if (listed === undefined) return { unknown: input }
  return { '12h': input * 2.5, unknown: listed }
}
