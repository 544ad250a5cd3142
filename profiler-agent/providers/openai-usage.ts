// Token usage in OpenAI's notations, for OpenAI and the many vendors that speak them, and the vendor's own figure for its cost.
// Source: openai 7.57.0 completions.d.ts, responses.d.ts, realtime.d.ts, images.d.ts; vendor deltas as observed in recorded traffic.

import { picoOfUsd } from '../model/money'
import {
  type CacheWriteTokens,
  sumOfKnown,
  type Units,
  type Usage,
  type UsageOrigin,
  unknownUsage,
  usageOf,
} from '../model/usage'
import { countOf, firstCount, isObject, type JsonObject, objectOf } from '../wire/json'
import { inputDetails, outputDetails } from './openai-modalities'
import { inputBuckets, unitsOf } from './usage-rules'

/**
 * Providers whose cache writes live 30 minutes unless the response says more. Elsewhere the TTL is not known. At Bedrock
 * these formats serve OpenAI's models; Claude, whose writes live 5 minutes, speaks Messages and Converse there.
 */
const WRITES_30M: readonly string[] = ['openai', 'azure', 'bedrock']

const PICO_PER_TICK = 100

/**
 * Usage of a Chat Completions reply. Cached and written tokens are inside `prompt_tokens`, reasoning inside
 * `completion_tokens`, except where the vendor's own total shows that it counts reasoning apart.
 */
export function chatUsage(raw: JsonObject, provider: string, origin: UsageOrigin): Usage {
  const written = writtenTokens(raw)
  const reasoning = firstCount(outputDetails(raw).reasoning_tokens, raw.reasoning_tokens)
  return usageOf(
    {
      ...inputBuckets(chatInput(raw), readTokens(raw), written),
      cacheWriteTokens: chatWrites(raw, written, provider),
      outputTokens: chatOutput(raw, reasoning, provider),
      reasoningTokens: reasoning,
      units: unitsOf({
        webSearch: firstCount(
          objectOf(raw.server_tool_use).web_search_requests,
          objectOf(raw.server_tool_use_details).web_search_requests,
          raw.num_search_queries,
        ),
      }),
    },
    origin,
    raw,
  )
}

/** Usage of a Responses, Realtime, image or transcription reply; `units` are those that the provider bills by the piece. */
export function responsesUsage(raw: JsonObject, provider: string, units: Units, origin: UsageOrigin): Usage {
  const details = inputDetails(raw)
  const read = firstCount(details.cached_tokens, raw.cached_tokens)
  const writes = responsesWrites(details, provider)
  const written = sumOfKnown(Object.values(writes))
  return usageOf(
    {
      ...inputBuckets(countOf(raw.input_tokens), read, written),
      cacheWriteTokens: writes,
      outputTokens: countOf(raw.output_tokens),
      reasoningTokens: countOf(outputDetails(raw).reasoning_tokens),
      units,
    },
    origin,
    raw,
  )
}

/** Usage of an embeddings reply: input only. Some vendors give nothing but a total; an output that is given is kept. */
export function embeddingsUsage(raw: JsonObject): Usage {
  const read = countOf(inputDetails(raw).cached_tokens)
  const input = firstCount(raw.prompt_tokens, raw.input_tokens, raw.total_tokens)
  if (input === null) return unknownUsage(raw)
  return usageOf(
    { ...inputBuckets(input, read), outputTokens: countOf(raw.completion_tokens) },
    'reported',
    raw,
  )
}

/**
 * The provider's own figure in pico-dollars: `usage.cost` of OpenRouter and Perplexity (USD), ticks of xAI (10⁻¹⁰ USD).
 * `undefined` where it gives none, and where the key is the user's own at the router: then the figure is only its fee.
 * Source: OpenRouter "Usage accounting", xAI API reference, @pydantic/genai-prices 0.1.8 extractors.
 */
export function providerCost(raw: JsonObject, provider: string): number | undefined {
  if (raw.is_byok === true) return undefined
  const ticks = countOf(raw.cost_in_usd_ticks)
  if (ticks !== null) return wholePico(ticks * PICO_PER_TICK)
  if (provider === 'perplexity') return picoOf(objectOf(raw.cost).total_cost)
  // Other gateways put other currencies under this name.
  const isOpenRouter = provider === 'openrouter' || isObject(raw.cost_details)
  return isOpenRouter ? picoOf(raw.cost) : undefined
}

function picoOf(usd: unknown): number | undefined {
  if (typeof usd !== 'number' || !(usd >= 0)) return undefined
  return wholePico(picoOfUsd(usd))
}

/** Sums past what a number holds exactly are none. */
function wholePico(pico: number): number | undefined {
  return Number.isSafeInteger(pico) ? pico : undefined
}

/** Mistral counts the sound of a recording beside `prompt_tokens`: its total shows it. */
function chatInput(raw: JsonObject): number | null {
  const [input, audio] = [countOf(raw.prompt_tokens), countOf(inputDetails(raw).audio_tokens)]
  if (input === null || audio === null) return input
  const isBeside = countOf(raw.total_tokens) === input + audio + (countOf(raw.completion_tokens) ?? 0)
  return isBeside ? input + audio : input
}

/** DeepSeek, Together and Hugging Face, Mistral, and gateways before Anthropic models each have a name of their own. */
function readTokens(raw: JsonObject): number | null {
  return firstCount(
    inputDetails(raw).cached_tokens,
    raw.prompt_cache_hit_tokens,
    raw.cached_tokens,
    raw.num_cached_tokens,
    raw.cache_read_input_tokens,
  )
}

function writtenTokens(raw: JsonObject): number | null {
  const details = inputDetails(raw)
  return firstCount(
    details.cache_write_tokens,
    details.cache_creation_input_tokens,
    details.cache_creation_tokens,
    raw.cache_creation_input_tokens,
  )
}

/**
 * Reasoning is part of the output. xAI and Google count it beside `completion_tokens`: their total shows it. OpenAI leaves
 * an output of none out; the total shows that too.
 */
function chatOutput(raw: JsonObject, reasoning: number | null, provider: string): number | null {
  const output = countOf(raw.completion_tokens)
  const input = chatInput(raw)
  const total = countOf(raw.total_tokens)
  const restOfTotal = total === null || input === null || total < input ? null : total - input
  if (output === null) return restOfTotal
  const isGoogle = provider === 'google' || provider === 'vertex'
  if (isGoogle && restOfTotal !== null) return Math.max(output, restOfTotal)
  if (reasoning === null) return output
  const countsApart = total === null ? provider === 'xai' : restOfTotal === output + reasoning
  return countsApart ? output + reasoning : output
}

function defaultTtl(provider: string): '30m' | 'unknown' {
  return WRITES_30M.includes(provider) ? '30m' : 'unknown'
}

/** Alibaba and gateways tell how long Anthropic-like writes live, in Anthropic's words. */
function chatWrites(raw: JsonObject, written: number | null, provider: string): Partial<CacheWriteTokens> {
  const split = objectOf(inputDetails(raw).cache_creation ?? raw.cache_creation)
  const short = countOf(split.ephemeral_5m_input_tokens)
  const long = countOf(split.ephemeral_1h_input_tokens)
  if (written === null) return {}
  if (short === null && long === null) return { [defaultTtl(provider)]: written }
  const known1h = Math.min(written, long ?? 0)
  return { '5m': written - known1h, ...(long === null ? {} : { '1h': known1h }) }
}

function responsesWrites(details: JsonObject, provider: string): Partial<CacheWriteTokens> {
  const written = countOf(details.cache_write_tokens)
  const split = objectOf(details.cache_write_tokens_details)
  const short = countOf(split.ttl_30m_tokens)
  const long = countOf(split.ttl_12h_tokens)
  if (short === null && long === null) return written === null ? {} : { [defaultTtl(provider)]: written }
  if (written === null) return { '30m': short, '12h': long }
  const known12h = long ?? Math.max(0, written - (short ?? 0))
  return { '30m': Math.max(short ?? 0, written - known12h), '12h': known12h }
}
