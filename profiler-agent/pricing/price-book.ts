// The price book: what the user negotiated, our dated corrections, then the catalogue. Answers with prices of exactly the model asked for, or not at all.

import { NO_PRICING_CONFIG, type PriceOverride, type PricingConfig } from '../rules/overrides'
import { CORRECTIONS_VERSION } from '../rules/prices'
import { catalogueIds, catalogueMoments, findInCatalogue, type Seller } from './catalogue'
import { type CatalogueSource, SHIPPED } from './catalogue-source'
import { correctionIds, correctionMoments, findCorrection } from './corrections'
import { findOverride } from './negotiated'
import type { PriceEntry } from './price-entry'

export type { Seller } from './catalogue'
export type { PriceEntry } from './price-entry'

export interface PriceBook {
  /** Name and version, stored with every cost. */
  readonly name: string
  /** Prices at a moment, or `undefined` where the book has none for exactly this model. */
  find(seller: Seller, model: string, at: Date): PriceEntry | undefined
  /** The user's own row for a model at a moment and tier. */
  findOverride(provider: string, model: string, at: Date, tier: string | undefined): PriceOverride | undefined
  /** The model behind a deployment or profile, where the user's configuration says it. */
  modelOf(provider: string, deployment: string): string | undefined
  /** Moments at which prices of this model change, ascending, past ones too. */
  moments(seller: Seller, model: string): Date[]
  /** Ids of all models of a seller that the book knows. */
  ids(seller: Seller): string[]
}

export interface PriceBookOptions {
  /** A newer catalogue than the one that ships with this version. */
  readonly catalogue?: CatalogueSource
  /** What the user's `config.jsonc` says of prices. */
  readonly config?: PricingConfig
}

const FREE_ENTRY: PriceEntry = {
  id: 'free',
  ratesFor: () => ({ input: 0, cacheRead: 0, cacheWrite: { unknown: 0 }, output: 0 }),
  thresholds: [],
  pieces: {},
  hasOtherFees: false,
  origin: 'free',
}

/** Opens the book; without arguments the one that ships with this version. Reads no file and no network. */
export function openPriceBook(options: PriceBookOptions = {}): PriceBook {
  const { catalogue = SHIPPED, config = NO_PRICING_CONFIG } = options
  const parts = [catalogue.name, `costflame-${CORRECTIONS_VERSION}`]
  return {
    name: [...parts, ...(config.fingerprint ? [`config-${config.fingerprint}`] : [])].join('+'),
    find(seller, model, at) {
      const asked = knownSeller(seller)
      if (isFree(asked.provider, model)) return FREE_ENTRY
      return findCorrection(asked.provider, model, at) ?? findInCatalogue(catalogue, asked, model, at)
    },
    findOverride: (provider, model, at, tier) =>
      findOverride(config.overrides, { provider, model, at, ...(tier === undefined ? {} : { tier }) }),
    modelOf: (provider, deployment) => modelOf(config, provider, deployment),
    moments(seller, model) {
      const asked = knownSeller(seller)
      const own = config.overrides
        .filter((row) => row.provider === seller.provider)
        .flatMap(({ from, to }) => [from, to].filter((moment) => moment !== undefined))
      const all = [
        ...own,
        ...correctionMoments(asked.provider, model),
        ...catalogueMoments(catalogue, asked, model),
      ]
      return [...new Set(all.map((moment) => Date.parse(moment)))]
        .sort(ascending)
        .map((time) => new Date(time))
    },
    ids(seller) {
      const asked = knownSeller(seller)
      return [...new Set([...correctionIds(asked.provider), ...catalogueIds(catalogue, asked)])]
    },
  }
}

const ascending = (left: number, right: number) => left - right

/** Hosts that serve a provider's models to people who are logged in. */
const LOGIN_HOSTS: readonly (readonly [host: RegExp, provider: string])[] = [
  [/^custom:chatgpt\.com$/, 'openai'],
  [/^custom:cloudcode-pa\.googleapis\.com$/, 'google'],
  [/^custom:api(\.\w+)?\.githubcopilot\.com$/, 'github-copilot'],
]

/** The seller whose prices the book has for this one. */
export function knownSeller<T extends Seller>(seller: T): T {
  const provider = LOGIN_HOSTS.find(([host]) => host.test(seller.provider))?.[1]
  return provider === undefined ? seller : { ...seller, provider }
}

/** Models on the user's own machine cost nothing by the token; those that Ollama runs elsewhere have no price that we know. */
function isFree(provider: string, model: string): boolean {
  if (provider === 'ollama') return !/[:-]cloud$/.test(model)
  return provider === 'openrouter' && model.endsWith(':free')
}

function modelOf({ deployments }: PricingConfig, provider: string, deployment: string): string | undefined {
  const names = Object.hasOwn(deployments, provider) ? deployments[provider] : undefined
  const name = deployment.toLowerCase()
  return Object.entries(names ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]
}
