// Unit prices out of @pydantic/genai-prices, behind a guard: only an entry that names the asked model exactly counts.

import type { ConditionalPrice, MatchLogic, ModelInfo, ModelPrice, Provider } from '@pydantic/genai-prices'
import type { UnitKind } from '../model/usage'
import type { Rates } from '../rules/price-row'
import type { CatalogueSource } from './catalogue-source'
import { CATALOGUE_SUFFIXES, idForms, withoutSuffixes } from './model-id'
import type { PriceEntry } from './price-entry'

/** Who sells a model: the provider, and the URL of the call where its host is nobody's that we know. */
export interface Seller {
  readonly provider: string
  readonly url?: string
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

const knownModels = new WeakMap<Provider, readonly KnownModel[]>()

/** The catalogue's entry, or `undefined` where it names no such model or gives it no token price at that moment. */
export function findInCatalogue(
  source: CatalogueSource,
  seller: Seller,
  model: string,
  at: Date,
): PriceEntry | undefined {
  const info = findModel(source, seller, model)
  return info === undefined ? undefined : entryOf(info, at, source.name)
}

/** Moments at which the catalogue changes this model's prices, ISO 8601. */
export function catalogueMoments(source: CatalogueSource, seller: Seller, model: string): string[] {
  const prices = findModel(source, seller, model)?.prices
  if (!Array.isArray(prices)) return []
  return prices.flatMap(({ constraint }) =>
    constraint?.type === 'start_date' ? [constraint.start_date] : [],
  )
}

/** Ids of all models that the catalogue has of a seller. */
export function catalogueIds(source: CatalogueSource, seller: Seller): string[] {
  return providersOf(source, seller).flatMap(({ models }) => models.map(({ id }) => id))
}

/** A run asks for the same few models again and again; names that a caller makes up must not fill the memory. */
const MAX_REMEMBERED = 1000
const remembered = new WeakMap<CatalogueSource, Map<string, ModelInfo | undefined>>()

function findModel(source: CatalogueSource, seller: Seller, model: string): ModelInfo | undefined {
  const models = remembered.get(source) ?? new Map<string, ModelInfo | undefined>()
  remembered.set(source, models)
  const isByUrl = /^custom:|^huggingface$/.test(seller.provider)
  const key = JSON.stringify([seller.provider, model, isByUrl ? seller.url : ''])
  if (models.has(key)) return models.get(key)
  const found = lookUpModel(source, seller, model)
  if (models.size < MAX_REMEMBERED) models.set(key, found)
  return found
}

function lookUpModel(source: CatalogueSource, seller: Seller, model: string): ModelInfo | undefined {
  const name = seller.provider === 'huggingface' ? model.replace(/:[\w-]+$/, '') : model
  const providers = providersOf(source, seller, model)
  for (const form of idForms(seller.provider, name))
    for (const provider of providers) {
      const models = modelsOf(provider)
      const known =
        models.find(({ ids, patterns }) => ids.has(form) || patterns.some((pattern) => pattern.test(form))) ??
        models.find(({ info }) => withoutSuffixes(info.id.toLowerCase(), CATALOGUE_SUFFIXES).includes(form))
      if (known !== undefined) return known.info
    }
  return undefined
}

/** The provider in the catalogue, then those whose models it resells at their price. */
function providersOf(source: CatalogueSource, seller: Seller, model = ''): Provider[] {
  const found = providerOf(source, seller, model)
  if (found === undefined) return []
  const resold = (found.fallback_model_providers ?? []).map(source.byId)
  return [found, ...resold.filter((provider) => provider !== undefined)]
}

function providerOf(source: CatalogueSource, { provider, url }: Seller, model: string): Provider | undefined {
  const host = /^custom:(.+)$/.exec(provider)?.[1]
  if (host !== undefined) return source.byUrl(url ?? `https://${host}/`)
  if (provider !== 'huggingface') return source.byId(PROVIDER_IDS[provider] ?? provider)
  // The router's prices are those of who serves the model: `model:groq`, or a path of its own.
  const server = /:([\w-]+)$/.exec(model)?.[1]
  // Whatever stands in front of the router, the path is the router's.
  const path = server === undefined ? (url ?? '').replace(/^\w+:\/\/[^/]*/, '') : `/${server}`
  return source.byUrl(`https://router.huggingface.co${path}`)
}

function modelsOf(provider: Provider): readonly KnownModel[] {
  const known = knownModels.get(provider)
  if (known !== undefined) return known
  const models = provider.models.map((info) => ({
    info,
    ids: new Set([info.id, ...namesIn(info.match)].map((id) => id.toLowerCase())),
    patterns: patternsIn(info.match),
  }))
  knownModels.set(provider, models)
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

/** Keys of the catalogue for what is billed by the piece. */
const PIECE_KEYS: Readonly<Partial<Record<UnitKind, string>>> = {
  webSearch: 'web_searches_kcount',
  fileSearch: 'storage_searches_kcount',
}

function entryOf(info: ModelInfo, at: Date, origin: string): PriceEntry | undefined {
  const prices = pricesAt(info.prices, at)
  // Matched, but priced by the hour or page, or not at all: that is no token price, and not 0.
  if (prices.input_mtok === undefined) return undefined
  return {
    id: info.id,
    ratesFor: (inputTokens) => ratesOf(info.id, prices, inputTokens),
    thresholds: thresholdsOf(prices),
    pieces: Object.fromEntries(
      Object.entries(PIECE_KEYS).flatMap(([kind, key]) =>
        typeof prices[key] === 'number' ? [[kind, prices[key]]] : [],
      ),
    ),
    hasOtherFees: Object.keys(prices).some((key) =>
      /^(requests_|output_citation|output_reasoning)/.test(key),
    ),
    origin,
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

/** What audio, images and video are called in the catalogue. */
const MODALITY_KEYS = {
  audioInput: 'input_audio_mtok',
  imageInput: 'input_image_mtok',
  videoInput: 'input_video_mtok',
  audioCacheRead: 'cache_audio_read_mtok',
  imageCacheRead: 'cache_image_read_mtok',
  audioOutput: 'output_audio_mtok',
  imageOutput: 'output_image_mtok',
  videoOutput: 'output_video_mtok',
} as const

function ratesOf(id: string, prices: ModelPrice, inputTokens: number): Rates {
  const rate = (key: string) => rateFor(prices[key], inputTokens)
  const input = rate('input_mtok') ?? 0
  const output = rate('output_mtok')
  const cacheRead = rate('cache_read_mtok')
  const modalities = Object.entries(MODALITY_KEYS).flatMap(([name, key]) => {
    const own = rate(key)
    return own === undefined ? [] : [[name, own] as const]
  })
  return {
    input,
    ...(cacheRead !== undefined && { cacheRead }),
    cacheWrite: writeRates(id, input, rate('cache_write_mtok'), rate('cache_write_1h_mtok')),
    ...(output !== undefined && { output }),
    ...Object.fromEntries(modalities),
  }
}

/** Most tokens at the base rate: a tier begins with the token after it. */
function lastBefore(start: number): number {
  return start === OFF_BY_ONE ? start + 1 : start
}

function rateFor(price: ModelPrice[string], inputTokens: number): number | undefined {
  if (price === undefined || typeof price === 'number') return price
  const reached = price.tiers.filter(({ start }) => inputTokens > lastBefore(start))
  return reached.reduce((top, tier) => (tier.start >= top.start ? tier : top), {
    start: -1,
    price: price.base,
  }).price
}

function thresholdsOf(prices: ModelPrice): number[] {
  const starts = Object.values(prices).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => lastBefore(start)) : [],
  )
  return [...new Set(starts)].sort((left, right) => left - right)
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
