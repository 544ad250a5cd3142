// The newer price catalogue that `costflame prices update` put into the data folder: how it is kept, and how it is read back.

import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Provider } from '@pydantic/genai-prices'
import { type CatalogueSource, catalogueSource } from './pricing/catalogue-source'
import { decodeJson, isObject } from './wire/json'

const PRICE_DATA_FILE = 'prices.json'
const SCHEMA = 'costflame.prices/1'

export interface PriceData {
  readonly url: string
  /** ISO 8601 UTC. */
  readonly fetchedAt: string
  /** Of the providers' JSON, hex. */
  readonly sha256: string
  readonly providers: readonly Provider[]
}

export function priceDataFile(data: string): string {
  return join(data, PRICE_DATA_FILE)
}

/** Puts checked providers into the data folder (0600); whoever reads at the same time sees the old file or the new one. */
export function writePriceData(
  data: string,
  { url, fetchedAt, providers }: Omit<PriceData, 'sha256'>,
): PriceData {
  const content: PriceData = { url, fetchedAt, sha256: hashOf(providers), providers }
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const temporary = join(data, `${PRICE_DATA_FILE}.${process.pid}`)
  writeFileSync(temporary, JSON.stringify({ schema: SCHEMA, ...content }), { mode: 0o600 })
  chmodSync(temporary, 0o600)
  renameSync(temporary, priceDataFile(data))
  return content
}

/** Content of the file; `undefined` where it is not what was written. Throws nothing. */
export function readPriceData(text: string): PriceData | undefined {
  const reading = decodeJson(text)
  const value = reading.ok ? reading.value : undefined
  if (!isObject(value) || value.schema !== SCHEMA || !Array.isArray(value.providers)) return undefined
  // The hash says that these are the providers that were checked when they were fetched.
  const content = value as unknown as PriceData
  return hashOf(content.providers) === content.sha256 ? content : undefined
}

/** The catalogue with its day and hash in the name. */
export function priceDataSource({ fetchedAt, sha256, providers }: PriceData): CatalogueSource {
  return catalogueSource(`genai-prices@${fetchedAt.slice(0, 10)}.${sha256.slice(0, 8)}`, providers)
}

function hashOf(providers: readonly Provider[]): string {
  return createHash('sha256').update(JSON.stringify(providers)).digest('hex')
}
