// The unit prices of one call: rates for its length, times what its tier, speed and region do to them, in pico-dollars.

import { picoOfUsd, picoPerToken } from '../model/money'
import type { UnitPrices } from '../model/span'
import { type CacheTtl, perTtl, type UnitKind } from '../model/usage'
import { MULTIPLIERS, type MultiplierRow, ORDINARY, PIECE_PRICES } from '../rules/multipliers'
import type { Rates } from '../rules/prices'
import type { PriceEntry } from './price-book'

/** What changes token prices, as the response says it, else the request. */
export interface Modifiers {
  readonly tier?: string
  readonly speed?: string
  readonly geo?: string
}

const DIMENSIONS = ['tier', 'speed', 'geo'] as const

/** Factor on all token prices, or the modifier that has no known one. */
export function factorOf(
  provider: string,
  modelId: string,
  modifiers: Modifiers,
): { readonly factor: number } | { readonly unknown: string } {
  let factor = 1
  for (const by of DIMENSIONS) {
    const value = modifiers[by]
    if (value === undefined || isOrdinary(by, value)) continue
    const row = MULTIPLIERS.find((candidate) => applies(candidate, provider, modelId, by, value))
    if (row === undefined) return { unknown: `${by} "${value}"` }
    factor *= row.factor
  }
  return { factor }
}

function isOrdinary(by: MultiplierRow['by'], value: string): boolean {
  return (ORDINARY[by] as readonly string[]).includes(value)
}

function applies(
  row: MultiplierRow,
  provider: string,
  modelId: string,
  by: MultiplierRow['by'],
  value: string,
): boolean {
  const isModel = row.models === undefined || row.models.includes(modelId)
  return row.provider === provider && row.by === by && row.value === value && isModel
}

/** Pico-dollars per token and per piece. Whole numbers: a fraction of a pico-dollar per token is rounded here, once. */
export function unitPricesOf(rates: Rates, factor: number, provider: string, entry: PriceEntry): UnitPrices {
  const pico = (usdPerMillion: number) => picoPerToken(usdPerMillion * factor)
  const write = (ttl: CacheTtl) => pico(rates.cacheWrite?.[ttl] ?? rates.cacheWrite?.unknown ?? rates.input)
  return {
    uncachedInput: pico(rates.input),
    cacheRead: pico(rates.cacheRead ?? rates.input),
    cacheWrite: perTtl(write),
    output: pico(rates.output ?? 0),
    units: piecePrices(provider, entry),
  }
}

function piecePrices(provider: string, entry: PriceEntry): Partial<Record<UnitKind, number>> {
  const listed = PIECE_PRICES.filter((row) => row.provider === provider).map(
    ({ kind, usdPerThousand }) => [kind, usdPerThousand] as const,
  )
  const own = entry.webSearchUsdPerThousand
  const prices = own === undefined ? listed : [...listed, ['webSearch', own] as const]
  return Object.fromEntries(prices.map(([kind, usd]) => [kind, picoOfUsd(usd / 1000)]))
}
