// A model's price list as text for the terminal.

import { formatUsd } from '../model/money'
import { formatCount } from '../model/quantity'
import type { UnitPrices } from '../model/span'
import type { CacheTtl } from '../model/usage'
import type { PriceList } from '../pricing/price-list'

/** Pico-dollars per token by what it is for; cache writes only where they cost something else than plain input. */
function tokenPrices(prices: UnitPrices, id: string): [label: string, picoUsd: number][] {
  const writes = writeLives(id).flatMap((ttl): [string, number][] => {
    const price = prices.cacheWrite[ttl]
    return price === prices.uncachedInput ? [] : [[`cache write ${ttl}`, price]]
  })
  return [
    ['input', prices.uncachedInput],
    ['cache read', prices.cacheRead],
    ...writes,
    ['output', prices.output],
    ...Object.entries(MODALITY_WORDS).flatMap(([name, label]): [string, number][] => {
      const price = prices[name as keyof typeof MODALITY_WORDS]
      return price === undefined ? [] : [[label, price]]
    }),
  ]
}

/** How long a cache of this model can live; others than Claude's live as long as OpenAI's. */
function writeLives(id: string): readonly CacheTtl[] {
  return /claude/.test(id) ? ['5m', '1h'] : ['30m', '12h']
}

const MODALITY_WORDS = {
  audioInput: 'audio input',
  imageInput: 'image input',
  videoInput: 'video input',
  audioCacheRead: 'audio cache read',
  imageCacheRead: 'image cache read',
  audioOutput: 'audio output',
  imageOutput: 'image output',
  videoOutput: 'video output',
} as const

const PIECE_WORDS: Readonly<Record<string, string>> = {
  webSearch: 'web searches',
  webSearchPreview: 'web searches (preview tool)',
  webFetch: 'web fetches',
  searchUnits: 'search units',
  grounding: 'grounded queries or requests',
  fileSearch: 'file searches',
  mapsGrounding: 'requests grounded in Google Maps',
  codeExecution: 'code executions',
}

const LABEL_WIDTH = 20
const COLUMN_WIDTH = 16

export function priceListText(list: PriceList): string {
  const head = `${list.provider} ${list.model}`
  if ('unpricedReason' in list) return `${head}: ${list.unpricedReason}`
  const { id, pricedAs, origin, sources, lengths, changes, isWhole } = list
  const named = [...(id === list.model ? [] : [id]), ...(pricedAs === undefined ? [] : [`as ${pricedAs}`])]
  return [
    `${head}${named.length === 0 ? '' : ` (${named.join(', ')})`}`,
    ...table(lengths, id),
    ...pieces(lengths[0]?.prices),
    ...(isWhole ? [] : ['  and fees beside these, by the request']),
    `  tokens: ${origin}`,
    ...sources.map((source) => `  ${source}`),
    ...changes.map(({ from, prices }) => `  from ${from.slice(0, 16)}Z: ${inline(prices, id)}`),
  ].join('\n')
}

function table(lengths: Extract<PriceList, { lengths: unknown }>['lengths'], id: string): string[] {
  const labels = tokenPrices(lengths[0]?.prices ?? NO_PRICES, id).map(([label]) => label)
  const columns = lengths.map(({ prices }) => new Map(tokenPrices(prices, id)))
  const heads = lengths.map(({ over }) => (over === 0 ? 'USD / M tokens' : `over ${formatCount(over)}`))
  const line = (label: string, cells: readonly string[]) =>
    `  ${label.padEnd(LABEL_WIDTH)}${cells.map((cell) => cell.padEnd(COLUMN_WIDTH)).join('')}`.trimEnd()
  return [
    line('', heads),
    ...labels.map((label) =>
      line(
        label,
        columns.map((column) => perMillion(column.get(label))),
      ),
    ),
  ]
}

const NO_PRICES: UnitPrices = {
  uncachedInput: 0,
  cacheRead: 0,
  cacheWrite: { '5m': 0, '30m': 0, '1h': 0, '12h': 0, unknown: 0 },
  output: 0,
  units: {},
}

/** Pico-dollars per token are micro-dollars per million tokens. */
function perMillion(picoPerToken: number | undefined): string {
  return picoPerToken === undefined ? '' : `$${Number((picoPerToken / 1e6).toFixed(6))}`
}

function pieces(prices: UnitPrices | undefined): string[] {
  const all = Object.entries(prices?.units ?? {})
  if (all.length === 0) return []
  const texts = all.map(([kind, pico]) => `${PIECE_WORDS[kind] ?? kind} ${formatUsd(pico * 1000)}`)
  return [`  per thousand: ${texts.join(', ')}`]
}

function inline(prices: UnitPrices, id: string): string {
  return tokenPrices(prices, id)
    .map(([label, price]) => `${label} ${perMillion(price)}`)
    .join(', ')
}
