// What one dated correction to the price catalogue says. Types, and the short notation of the rows in `prices/`.

import type { ModalityTokens } from '../model/call'
import type { CacheTtl } from '../model/usage'

/**
 * USD per million tokens. An absent read or write price is the input price: no discount, no fee. Audio, images and video
 * (`audioInput`, `imageOutput` …) cost what their bucket costs where the model has no rate of their own.
 */
export interface Rates extends Readonly<Partial<Record<keyof ModalityTokens, number>>> {
  readonly input: number
  readonly cacheRead?: number
  /** `unknown` prices every TTL that is not named. */
  readonly cacheWrite?: Readonly<Partial<Record<CacheTtl, number>>>
  /** Absent for models without output, such as embeddings. */
  readonly output?: number
}

/** What a fact rests on. */
export interface Evidence {
  readonly source: string
  /** Day on which the source was read. Absent: the number is from memory or hearsay, and is shown as unconfirmed. */
  readonly read?: string
}

export interface PriceRow extends Evidence {
  readonly provider: string
  /** Exact ids without date; the first one names the model. */
  readonly models: readonly [string, ...string[]]
  /** First moment at which the row holds, ISO 8601 UTC. */
  readonly from?: string
  /** First moment at which it no longer holds. */
  readonly to?: string
  /** Hours of the day (UTC, start included, end not) and days of the week (0 = Sunday) at which the row holds. */
  readonly when?: { readonly days: readonly number[]; readonly hours: readonly (readonly [number, number])[] }
  readonly rates: Rates
  /** Rates of the whole request when all its input, cached too, is more than `tokens`. */
  readonly over?: { readonly tokens: number; readonly rates: Rates }
}

type Rest = Pick<PriceRow, 'from' | 'to' | 'when' | 'over'>

/** Rows of one provider that rest on one source: `[models, rates, what else]`. */
export function rowsOf(
  provider: string,
  evidence: Evidence,
  rows: readonly (readonly [models: PriceRow['models'], rates: Rates, rest?: Rest])[],
): PriceRow[] {
  return rows.map(([models, rates, rest]) => ({ provider, models, rates, ...rest, ...evidence }))
}

/** Evidence in words, for people. */
export function wordsOf({ source, read }: Evidence): string {
  return read === undefined ? `unconfirmed: ${source}` : `${source}, read ${read}`
}

/** The models.dev and LiteLLM lists say the same; their newest copies at hand are of 2026-07-02 and 2026-08-01. */
export const TWO_LISTS: Evidence = {
  source: 'models.dev of 2026-07-02 and LiteLLM of 2026-08-01, which agree',
  read: '2026-11-22',
}
export const LITELLM: Evidence = { source: 'LiteLLM price list of 2026-08-01', read: '2026-11-22' }
export const MODELS_DEV: Evidence = { source: 'models.dev of 2026-07-02', read: '2026-11-22' }
