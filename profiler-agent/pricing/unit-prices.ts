// The unit prices of one call: rates for its length, times what its tier, speed and region do to them, in pico-dollars.

import { MODALITIES } from '../model/billing'
import { picoOfUsd, picoPerToken } from '../model/money'
import type { UnitPrices } from '../model/span'
import { type CacheTtl, perTtl, type UnitKind } from '../model/usage'
import { MULTIPLIERS, type MultiplierRow, ORDINARY, PAID_APART } from '../rules/multipliers'
import { PIECE_PRICES, type PiecePriceRow } from '../rules/piece-prices'
import { type Rates, wordsOf } from '../rules/price-row'
import { timesRates } from './corrections'

/** What changes token prices, as the response says it, else the request. */
export interface Modifiers {
  readonly tier?: string
  readonly speed?: string
  readonly geo?: string
}

const DIMENSIONS = ['tier', 'speed', 'geo'] as const

/** Factors on token prices; reads of a cache may have one of their own. */
export interface Factors {
  readonly all: number
  readonly cacheRead: number
}

/** `sources` say for people what each factor rests on. */
export type FactorAnswer =
  | { readonly factors: Factors; readonly sources: readonly string[] }
  | { readonly unknown: string }

/** Factors on token prices, or the modifier that has no known one, in words. */
export function factorsOf(provider: string, modelId: string, modifiers: Modifiers, at: Date): FactorAnswer {
  let all = 1
  let cacheRead = 1
  const sources: string[] = []
  for (const by of DIMENSIONS) {
    const value = wordOf(by, modifiers[by])
    if (isOrdinary(by, value) || (by === 'geo' && !GEO_PROVIDERS.has(provider))) continue
    if (by === 'tier' && (PAID_APART as readonly string[]).includes(value))
      return { unknown: `tier "${value}", which is paid apart from tokens,` }
    const row = MULTIPLIERS.find((candidate) => applies(candidate, { provider, modelId, by, value, at }))
    if (row === undefined) return { unknown: `${by} "${value}"` }
    all *= row.factor
    cacheRead *= row.cacheReadFactor ?? row.factor
    sources.push(`${by} ${value} ×${Number(row.factor.toFixed(4))}: ${wordsOf(row)}`)
  }
  return { factors: { all, cacheRead }, sources }
}

/** Where the region is in the model's id, or tells nothing of the price, it is no modifier. */
const GEO_PROVIDERS = new Set(MULTIPLIERS.filter(({ by }) => by === 'geo').map(({ provider }) => provider))

/** One word for a tier in all notations: `SERVICE_TIER_PRIORITY`, `ON_DEMAND_PRIORITY`, `priority`. */
export function wordOf(by: MultiplierRow['by'], value: string | undefined): string {
  const word = (value ?? '').toLowerCase()
  if (by !== 'tier') return word
  return word.replace(/^(service_tier|traffic_type)_/, '').replace(/^on_demand_(?=flex|priority)/, '')
}

function isOrdinary(by: MultiplierRow['by'], value: string): boolean {
  return (ORDINARY[by] as readonly string[]).includes(value)
}

interface ModifierQuestion {
  readonly provider: string
  readonly modelId: string
  readonly by: MultiplierRow['by']
  readonly value: string
  readonly at: Date
}

function applies(row: MultiplierRow, { provider, modelId, by, value, at }: ModifierQuestion): boolean {
  const { models } = row
  const isModel =
    models === undefined || (models instanceof RegExp ? models.test(modelId) : models.includes(modelId))
  const isIn = row.from === undefined || at.getTime() >= Date.parse(row.from)
  return row.provider === provider && row.by === by && row.value === value && isModel && isIn
}

/** Pico-dollars per token and per piece. Whole numbers: a fraction of a pico-dollar per token is rounded here, once. */
export function unitPricesOf(
  rates: Rates,
  factors: Factors,
  pieces: Readonly<Partial<Record<UnitKind, number>>>,
): UnitPrices {
  const scaled = timesRates(rates, factors.all, factors.cacheRead)
  const write = (ttl: CacheTtl) =>
    picoPerToken(scaled.cacheWrite?.[ttl] ?? scaled.cacheWrite?.unknown ?? scaled.input)
  const modalities = MODALITIES.flatMap((name) => {
    const own = scaled[name]
    return own === undefined ? [] : [[name, picoPerToken(own)] as const]
  })
  return {
    uncachedInput: picoPerToken(scaled.input),
    cacheRead: picoPerToken(scaled.cacheRead ?? scaled.input),
    cacheWrite: perTtl(write),
    output: picoPerToken(scaled.output ?? 0),
    ...Object.fromEntries(modalities),
    units: Object.fromEntries(Object.entries(pieces).map(([kind, usd]) => [kind, picoOfUsd(usd / 1000)])),
  }
}

/** USD per thousand pieces: the first row that fits each kind, then what the book has for the model itself. */
export function piecesOf(
  provider: string,
  modelId: string,
  own: Readonly<Partial<Record<UnitKind, number>>>,
  at: Date,
): Partial<Record<UnitKind, number>> {
  const rows = pieceRows(provider, modelId, at).toReversed()
  return { ...Object.fromEntries(rows.map(({ kind, usdPerThousand }) => [kind, usdPerThousand])), ...own }
}

/** What the prices of pieces rest on, for people; those that the book has for the model itself are from the book. */
export function pieceSources(
  provider: string,
  modelId: string,
  own: Readonly<Partial<Record<UnitKind, number>>>,
  at: Date,
): string[] {
  const rows = pieceRows(provider, modelId, at).filter(({ kind }) => own[kind] === undefined)
  const first = rows.filter((row, index) => rows.findIndex(({ kind }) => kind === row.kind) === index)
  return first.map((row) => `${row.kind}${row.per ? ' (by the request)' : ''}: ${wordsOf(row)}`)
}

/** Kinds of which a request pays one, however often it used the tool. */
export function paidByRequest(provider: string, modelId: string, at: Date): ReadonlySet<UnitKind> {
  return new Set(
    pieceRows(provider, modelId, at)
      .filter(({ per }) => per === 'request')
      .map(({ kind }) => kind),
  )
}

function pieceRows(provider: string, modelId: string, at: Date): PiecePriceRow[] {
  return PIECE_PRICES.filter(
    (row) =>
      row.provider === provider &&
      (row.models === undefined || row.models.test(modelId)) &&
      (row.from === undefined || at.getTime() >= Date.parse(row.from)),
  )
}
