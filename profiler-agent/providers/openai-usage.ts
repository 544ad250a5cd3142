// Token usage in OpenAI's two notations, for OpenAI and the many vendors that speak them.
// Source: openai 7.57.0 completions.d.ts and responses.d.ts; vendor deltas as observed in recorded traffic.

import { picoOfUsd } from '../model/money'
import { type CacheWriteTokens, type Units, type Usage, type UsageOrigin, usageOf } from '../model/usage'
import { countOf, isObject, type JsonObject, objectOf } from '../wire/json'

/** Providers whose cache writes live 30 minutes unless the response says more. Elsewhere the TTL is not known. */
const WRITES_30M: readonly string[] = ['openai', 'azure', 'bedrock']

const PICO_PER_TICK = 100

/**
 * Usage of a Chat Completions reply. Cached and written tokens are inside `prompt_tokens`, reasoning inside
 * `completion_tokens`, except where the vendor's own total shows that it counts reasoning apart (xAI).
 */
export function chatUsage(raw: JsonObject, provider: string, origin: UsageOrigin): Usage {
  const details = objectOf(raw.prompt_tokens_details)
  const read = firstCount(
    details.cached_tokens,
    raw.prompt_cache_hit_tokens,
    raw.cached_tokens,
    raw.num_cached_tokens,
  )
  const written = countOf(details.cache_write_tokens)
  const reasoning = firstCount(objectOf(raw.completion_tokens_details).reasoning_tokens, raw.reasoning_tokens)
  return usageOf(
    {
      uncachedInputTokens: remainder(countOf(raw.prompt_tokens), read, written),
      cacheReadTokens: read,
      cacheWriteTokens: written === null ? {} : { [defaultTtl(provider)]: written },
      outputTokens: chatOutput(raw, reasoning),
      reasoningTokens: reasoning,
      units: searchUnits(
        firstCount(
          objectOf(raw.server_tool_use).web_search_requests,
          objectOf(raw.server_tool_use_details).web_search_requests,
        ),
      ),
    },
    origin,
    raw,
  )
}

/** Usage of a Responses reply; `webSearches` are those that the provider bills by the piece. */
export function responsesUsage(
  raw: JsonObject,
  provider: string,
  webSearches: number | null,
  origin: UsageOrigin,
): Usage {
  const details = objectOf(raw.input_tokens_details)
  const read = countOf(details.cached_tokens)
  const written = countOf(details.cache_write_tokens)
  return usageOf(
    {
      uncachedInputTokens: remainder(countOf(raw.input_tokens), read, written),
      cacheReadTokens: read,
      cacheWriteTokens: responsesWrites(written, objectOf(details.cache_write_tokens_details), provider),
      outputTokens: countOf(raw.output_tokens),
      reasoningTokens: countOf(objectOf(raw.output_tokens_details).reasoning_tokens),
      units: searchUnits(webSearches),
    },
    origin,
    raw,
  )
}

/**
 * The provider's own figure in pico-dollars: `usage.cost` of OpenRouter and Perplexity (USD), ticks of xAI (10⁻¹⁰ USD).
 * `undefined` where it gives none, and where the key is the user's own at the router: then the figure is only its fee.
 */
export function providerCost(raw: JsonObject, provider: string): number | undefined {
  if (raw.is_byok === true) return undefined
  const ticks = countOf(raw.cost_in_usd_ticks)
  if (ticks !== null) return ticks * PICO_PER_TICK
  if (provider === 'perplexity') return picoOf(objectOf(raw.cost).total_cost)
  // Other gateways put other currencies under this name.
  const isOpenRouter = provider === 'openrouter' || isObject(raw.cost_details)
  return isOpenRouter ? picoOf(raw.cost) : undefined
}

function picoOf(usd: unknown): number | undefined {
  return typeof usd === 'number' && Number.isFinite(usd) && usd >= 0 ? picoOfUsd(usd) : undefined
}

/** True where a provider sent a usage object of zeros only, which some do in place of none. */
export function isAllZero(usage: Usage): boolean {
  return (usage.inputTokens ?? 0) === 0 && (usage.outputTokens ?? 0) === 0
}

export function searchUnits(count: number | null): Units {
  return count === null || count === 0 ? {} : { webSearch: count }
}

function firstCount(...values: unknown[]): number | null {
  for (const value of values) {
    const count = countOf(value)
    if (count !== null) return count
  }
  return null
}

/** Full-price input: the total without reads and writes. Never negative, though some vendors report more cached than sent. */
function remainder(total: number | null, read: number | null, written: number | null): number | null {
  return total === null ? null : Math.max(0, total - (read ?? 0) - (written ?? 0))
}

function chatOutput(raw: JsonObject, reasoning: number | null): number | null {
  const output = countOf(raw.completion_tokens)
  if (output === null || reasoning === null) return output
  const countsApart = raw.total_tokens === (countOf(raw.prompt_tokens) ?? 0) + output + reasoning
  return countsApart ? output + reasoning : output
}

function defaultTtl(provider: string): '30m' | 'unknown' {
  return WRITES_30M.includes(provider) ? '30m' : 'unknown'
}

function responsesWrites(
  written: number | null,
  split: JsonObject,
  provider: string,
): Partial<CacheWriteTokens> {
  const short = countOf(split.ttl_30m_tokens)
  const long = countOf(split.ttl_12h_tokens)
  if (short === null && long === null) return written === null ? {} : { [defaultTtl(provider)]: written }
  if (written === null) return { '30m': short, '12h': long }
  const known12h = long ?? Math.max(0, written - (short ?? 0))
  return { '30m': Math.max(short ?? 0, written - known12h), '12h': known12h }
}
