// What the user's own `config.jsonc` says of prices: negotiated ones, free local models, and which model stands behind a deployment. Types only.

import type { UnitKind } from '../model/usage'
import type { Rates } from './price-row'

/** One negotiated price. The first row that fits provider, model, moment and tier counts. */
export interface PriceOverride {
  /** Provider id as in a proxy route, `custom:<host>` for others. */
  readonly provider: string
  /** Exact ids; dates do not matter, as in the book. `*` is every model of the provider. */
  readonly models: readonly string[]
  /** First moment at which the row holds, ISO 8601. */
  readonly from?: string
  /** First moment at which it no longer holds. */
  readonly to?: string
  /** Holds for this service tier only, and then without the book's own factor for it. */
  readonly tier?: string
  /** USD per million tokens; what is not named costs what the book says. 0 is a price. */
  readonly rates?: Partial<Rates>
  /** Rates of the whole request when all its input is more than `tokens`. */
  readonly over?: { readonly tokens: number; readonly rates: Partial<Rates> }
  /** USD per thousand pieces. */
  readonly pieces?: Readonly<Partial<Record<UnitKind, number>>>
  /** Share (0 to 1) off every token price of the book. */
  readonly discount?: number
  /** Where the row stands, for people: `.costflame/config.jsonc:12`. */
  readonly place: string
}

/** Model behind a deployment or inference profile, by provider. Names compare without regard to case. */
export type Deployments = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface PricingConfig {
  readonly overrides: readonly PriceOverride[]
  readonly deployments: Deployments
  /** Changes with every change of the two above; part of the name of the book. Empty where there is nothing. */
  readonly fingerprint: string
}

export const NO_PRICING_CONFIG: PricingConfig = { overrides: [], deployments: {}, fingerprint: '' }
