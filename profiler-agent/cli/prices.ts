// `costflame prices`: unit prices of a model with where each comes from, and fetching a newer catalogue when asked.

import { REMOTE_DATA_JSON_URL } from '@pydantic/genai-prices'
import { fetchedText } from '../capture/proxy/fetched-text'
import { PROVIDER_ORIGINS, PROVIDERS_WITHOUT_DEFAULT } from '../model/provider'
import { formatCount, formatPlural } from '../model/quantity'
import { writePriceData } from '../price-data'
import { checkPriceData } from '../price-data-check'
import type { PriceBook } from '../pricing/price-book'
import { listPrices, type PriceList } from '../pricing/price-list'
import { EXIT, type Io, note, print, UsageError } from './io'
import { parseMoment } from './moment'
import { openBook } from './open-book'
import type { PricesFormat } from './output-formats'
import { dataFolder, prepareDataFolder } from './places'
import { priceListText } from './prices-text'

export interface PricesOptions {
  readonly provider?: string
  /** As typed. */
  readonly at?: string
  readonly tier?: string
  /** Where `update` fetches from. */
  readonly from?: string
  readonly format: PricesFormat
  readonly data?: string
}

const SCHEMA = 'costflame.prices/1'
const UPDATE = 'update'

export async function prices(io: Io, model: string, options: PricesOptions): Promise<number> {
  const data = dataFolder(io, options.data)
  return model === UPDATE ? update(io, data, options) : show(io, data, model, options)
}

function show(io: Io, data: string, model: string, options: PricesOptions): number {
  const at = new Date(parseMoment(options.at) ?? Date.now())
  const book = openBook(io, data)
  const sellers = options.provider === undefined ? ALL_SELLERS : [options.provider]
  const question = { model, at, ...(options.tier === undefined ? {} : { tier: options.tier }) }
  const lists = sellers.flatMap((provider) => listPrices({ ...question, provider }, book) ?? [])
  if (lists.length === 0) throw new UsageError(unknownModel(book, model, sellers))
  const facts = { model, at: at.toISOString(), book: book.name }
  print(
    io,
    options.format === 'json'
      ? JSON.stringify({ schema: SCHEMA, ...facts, prices: lists })
      : [...lists.map((list: PriceList) => priceListText(list)), `${facts.book}, ${facts.at}`].join('\n\n'),
  )
  return EXIT.fine
}

const ALL_SELLERS = [...Object.keys(PROVIDER_ORIGINS), ...PROVIDERS_WITHOUT_DEFAULT].filter(
  // Whatever it is called, it is free there.
  (provider) => provider !== 'ollama',
)

const NEAR_NAMES = 5

function unknownModel(book: PriceBook, model: string, sellers: readonly string[]): string {
  const asked = model.toLowerCase()
  const near = sellers
    .flatMap((provider) =>
      book
        .ids({ provider })
        .map((id) => ({ name: `${provider} ${id}`, far: distance(asked, id.toLowerCase()) })),
    )
    .filter(({ far }) => far <= asked.length / 2)
    .sort((left, right) => left.far - right.far)
    .slice(0, NEAR_NAMES)
    .map(({ name }) => name)
  const where = sellers.length === 1 ? ` at ${sellers[0]}` : ''
  const hint = near.length === 0 ? '' : ` Near names, none of which is used for it: ${near.join(', ')}.`
  return `no price for "${model}"${where} in ${book.name}.${hint} Give it one in .costflame/config.jsonc, or fetch a newer catalogue with: costflame prices update`
}

/** Edit distance: how many letters to add, drop or change. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= right.length; column++) {
      const change = (row[column - 1] ?? 0) + (letter === right[column - 1] ? 0 : 1)
      next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** Fetches the published catalogue, checks it, and puts it into the data folder. What was there stays until all is well. */
async function update(
  io: Io,
  data: string,
  { from = REMOTE_DATA_JSON_URL, format }: PricesOptions,
): Promise<number> {
  const text = await fetchText(io, from)
  const checked = checkPriceData(text)
  if ('wrong' in checked)
    throw new UsageError(`${from} is no price catalogue: ${checked.wrong}. The prices stay as they were.`)
  const { sha256, fetchedAt, providers } = writePriceData(prepareDataFolder(data), {
    url: from,
    fetchedAt: new Date().toISOString(),
    providers: checked.providers,
  })
  const models = providers.reduce((sum, provider) => sum + provider.models.length, 0)
  const book = openBook(io, data).name
  print(
    io,
    format === 'json'
      ? JSON.stringify({ schema: SCHEMA, url: from, fetchedAt, sha256, models, book })
      : `${formatCount(models)} models of ${formatPlural(providers.length, 'provider')} in ${data}: ${book}\nStored runs keep their numbers; costflame reprice prices them again.`,
  )
  return EXIT.fine
}

const FETCH_TIMEOUT_MS = 60_000

/** By the user's own proxy and certificate settings. */
async function fetchText(io: Io, url: string): Promise<string> {
  if (!URL.canParse(url)) throw new UsageError(`--from ${url}: not a URL.`)
  try {
    return await fetchedText(io.env, url, FETCH_TIMEOUT_MS, (message) => note(io, `costflame: ${message}`))
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error)
    throw new UsageError(
      `the price catalogue could not be fetched from ${url}: ${reason}. The prices stay as they were.`,
    )
  }
}
