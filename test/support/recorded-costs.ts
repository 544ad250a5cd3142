// What recorded calls cost by two sources that share no code with ours: the provider's own figure, or the public catalogue by its
// own calculator beside list prices written down here. Where the two say the same, an import has to say it too.

import { calcPrice } from '@pydantic/genai-prices'
import type { Json, RecordedRow } from './recorded-corpus'
import type { Buckets } from './recorded-usage'

/** USD per million tokens: input, cache read, output. */
type ListPrice = readonly [input: number, read: number | null, output: number | null]

/**
 * Providers' own price pages as quoted in the provider reference (§4.2, §4.3, read 2026-11-21) and, for older models, as they
 * stood while the models were sold. Only what never changed while it was sold, and no long-context, batch or audio prices.
 */
const LIST_PRICES: Readonly<Record<string, ListPrice>> = {
  'gpt-6-sol': [2, 0.2, 10],
  'gpt-6-luna': [0.1, 0.01, 0.5],
  'gpt-5.6-terra': [2, 0.2, 12],
  'gpt-5.6-luna': [0.2, 0.02, 1.2],
  'gpt-5.5': [5, 0.5, 30],
  'gpt-5.4': [2.5, 0.25, 15],
  'gpt-5': [1.25, 0.125, 10],
  'gpt-5-mini': [0.25, 0.025, 2],
  'gpt-5-nano': [0.05, 0.005, 0.4],
  'gpt-4.1': [2, 0.5, 8],
  'gpt-4.1-mini': [0.4, 0.1, 1.6],
  'gpt-4.1-nano': [0.1, 0.025, 0.4],
  'gpt-4o': [2.5, 1.25, 10],
  'gpt-4o-mini': [0.15, 0.075, 0.6],
  'gpt-3.5-turbo': [0.5, null, 1.5],
  'gpt-3.5-turbo-instruct': [1.5, null, 2],
  'davinci-002': [2, null, 2],
  'o3-mini': [1.1, 0.55, 4.4],
  'o4-mini': [1.1, 0.275, 4.4],
  'text-embedding-3-small': [0.02, null, null],
  'text-embedding-ada-002': [0.1, null, null],
  'claude-fable-5-1': [10, 0.25, 50],
  'claude-fable-5': [10, 1, 50],
  'claude-opus-5-5': [4, 0.2, 20],
  'claude-opus-5': [5, 0.5, 25],
  'claude-opus-4-8': [5, 0.5, 25],
  'claude-opus-4-7': [5, 0.5, 25],
  'claude-opus-4-6': [5, 0.5, 25],
  'claude-opus-4-5': [5, 0.5, 25],
  'claude-sonnet-5': [2, 0.2, 10],
  'claude-sonnet-4-6': [3, 0.3, 15],
  'claude-sonnet-4-5': [3, 0.3, 15],
  'claude-sonnet-4': [3, 0.3, 15],
  'claude-haiku-4-5': [1, 0.1, 5],
  'claude-3-7-sonnet': [3, 0.3, 15],
  'claude-3-5-sonnet': [3, 0.3, 15],
  'claude-3-5-haiku': [0.8, 0.08, 4],
  'claude-3-haiku': [0.25, 0.03, 1.25],
  'gemini-3.1-pro-preview': [2, 0.2, 12],
  'gemini-3-pro-preview': [2, 0.2, 12],
  'gemini-3-flash-preview': [0.5, 0.05, 3],
  'gemini-2.5-pro': [1.25, 0.125, 10],
  'gemini-2.5-flash': [0.3, 0.03, 2.5],
  'gemini-2.0-flash': [0.1, 0.025, 0.4],
  'claude-3-sonnet': [3, 0.3, 15],
  'amazon.nova-lite': [0.06, 0.015, 0.24],
  'amazon.nova-pro': [0.8, 0.2, 3.2],
  'amazon.nova-micro': [0.035, 0.00875, 0.14],
  'openai/gpt-oss-120b': [0.15, 0.075, 0.6],
  'llama-3.3-70b-versatile': [0.59, null, 0.79],
  'mistral-embed': [0.1, null, null],
  codestral: [0.3, 0.03, 0.9],
  'command-r-plus-08-2024': [2.5, null, 10],
  'command-r-08-2024': [0.15, null, 0.6],
  'command-a-03-2025': [2.5, null, 10],
}

/** From here on some of these models have another price for the whole request. */
const LONG_CONTEXT = 200_000

/** What the catalogue calls those whose prices are the list prices. */
const CATALOGUE_IDS: Readonly<Record<string, string>> = {
  openai: 'openai',
  azure: 'azure',
  anthropic: 'anthropic',
  google: 'google',
  vertex: 'google',
  bedrock: 'aws',
  groq: 'groq',
  mistral: 'mistral',
  cohere: 'cohere',
}

/** Of one exchange in pico-dollars; `undefined` where nobody, only one, or two who disagree say what it cost. */
export function costBothSourcesSay(
  row: RecordedRow,
  buckets: readonly Buckets[],
  pricedAt: string,
): number | undefined {
  const own = providersFigure(row)
  if (own !== undefined) return own
  const catalogue = CATALOGUE_IDS[row.provider]
  if (catalogue === undefined || isOutOfTheOrdinary(row)) return undefined
  let sum = 0
  for (const part of buckets) {
    const model = part.model ?? row.model
    const [listed, catalogued] = [byList(part, model), byCatalogue(catalogue, part, model, pricedAt)]
    if (listed === undefined || catalogued === undefined || Math.abs(listed - catalogued) > 1)
      return undefined
    sum += listed
  }
  return sum
}

/** OpenRouter and some others say it in USD, xAI in ticks of 10⁻¹⁰ USD. */
function providersFigure({ provider, usage }: RecordedRow): number | undefined {
  if (provider !== 'openrouter' && provider !== 'xai') return undefined
  const raw = usage.findLast(({ path }) => /(^|\.)usage$/.test(path))?.last as Json | undefined
  const [usd, ticks] = [raw?.cost, raw?.cost_in_usd_ticks]
  if (typeof ticks === 'number' && ticks > 0) return ticks * 100
  if (typeof usd === 'number' && usd > 0 && raw?.is_byok !== true) return Math.round(usd * 1e12)
  return undefined
}

/** Tiers, regions, speeds, sounds, pictures and pieces have prices of their own. */
function isOutOfTheOrdinary({ usage, recorded }: RecordedRow): boolean {
  const said = JSON.stringify(usage)
  const reply = recorded.response_body ?? ''
  return (
    /"(?:audio|image|video)_tokens":[1-9]|"modality":"(?!text)/i.test(said) ||
    /"inference_geo":"us"|"speed":"fast"/.test(said) ||
    /"(?:service_?tier|traffic_?type)":\s*"(?:batch|flex|priority|scale|on_demand_\w+|provisioned_\w+)"/i.test(
      reply + said,
    ) ||
    /"(?:num_requests|web_search_requests|file_search_call|grounding_tool_count)":\s*[1-9]/.test(said) ||
    /"(?:web_search_call|file_search_call|code_interpreter_call|image_generation_call|google_search_call|groundingMetadata)"/.test(
      reply,
    )
  )
}

function byList(part: Buckets, model: string): number | undefined {
  const price = LIST_PRICES[nameOf(model)]
  const input = (part.uncached ?? 0) + (part.read ?? 0) + (part.written ?? 0)
  if (!price || input > LONG_CONTEXT) return undefined
  const [perInput, perRead, perOutput] = price.map((usd) => Math.round((usd ?? Number.NaN) * 1e6))
  const writes = Object.entries(part.writtenByTtl).map(
    ([ttl, tokens]) => tokens * (perInput ?? Number.NaN) * (WRITE_FACTORS[ttl] ?? Number.NaN),
  )
  const sum = [
    tokensAt(part.uncached, perInput),
    tokensAt(part.read, perRead),
    tokensAt(part.output, perOutput),
    ...writes,
  ].reduce((total, each) => total + each, 0)
  return Number.isNaN(sum) ? undefined : Math.round(sum)
}

/** Anthropic's by life, and OpenAI's where it takes anything. */
const WRITE_FACTORS: Readonly<Record<string, number>> = { '5m': 1.25, '1h': 2, '30m': 1.25, '12h': 2.5 }

function tokensAt(tokens: number | null, price = Number.NaN): number {
  return tokens ? tokens * price : 0
}

/** Ids come with a date, sometimes with a version. */
function nameOf(model: string): string {
  return model
    .replace(/^models\//, '')
    .replace(/-v\d$/, '')
    .replace(/[-@](?:20\d{6}|20\d\d-\d\d-\d\d)$/, '')
    .replace(/^(gpt-3\.5-turbo)-0125$/, '$1')
    .replace(/:.*$/, '')
}

function byCatalogue(provider: string, part: Buckets, model: string, pricedAt: string): number | undefined {
  const { uncached, read, written, writtenByTtl, output } = part
  const usage = {
    input_tokens: (uncached ?? 0) + (read ?? 0) + (written ?? 0),
    cache_read_tokens: read ?? 0,
    cache_write_tokens: written ?? 0,
    ...(writtenByTtl['1h'] ? { cache_write_1h_tokens: writtenByTtl['1h'] } : {}),
    output_tokens: output ?? 0,
  }
  try {
    const priced = calcPrice(usage, model.replace(/^models\//, ''), {
      providerId: provider,
      timestamp: new Date(pricedAt),
    })
    return priced ? Math.round(priced.total_price * 1e12) : undefined
  } catch {
    // It throws at counts that contradict each other; then it says nothing.
    return undefined
  }
}
