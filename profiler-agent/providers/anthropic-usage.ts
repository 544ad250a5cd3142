// Token usage of the Messages API: buckets, the merge over a stream, and the list of inferences inside one call.
// Source: @anthropic-ai/sdk 1.12.0 messages.d.ts (Usage, MessageDeltaUsage); recorded traffic for iterations.

import {
  type CacheWriteTokens,
  sumOfKnown,
  type Units,
  type Usage,
  type UsageOrigin,
  usageOf,
} from '../model/usage'
import { arrayOf, countOf, isObject, type JsonObject, objectOf } from '../wire/json'
import { unitsOf } from './usage-rules'

/**
 * Usage from one usage object, `counts`. `input_tokens` is the uncached rest already; reads and writes stand beside it.
 * With origin `partial` the output is unknown: `message_start` holds a placeholder only. `raw` is kept for whoever looks.
 */
export function anthropicUsage(
  counts: JsonObject,
  origin: UsageOrigin,
  units: Units,
  raw: JsonObject = counts,
): Usage {
  return usageOf(
    {
      uncachedInputTokens: countOf(counts.input_tokens),
      cacheReadTokens: countOf(counts.cache_read_input_tokens),
      cacheWriteTokens: cacheWrites(counts),
      outputTokens: origin === 'partial' ? null : countOf(counts.output_tokens),
      reasoningTokens:
        origin === 'partial' ? null : countOf(objectOf(counts.output_tokens_details).thinking_tokens),
      units,
    },
    origin,
    raw,
  )
}

/**
 * Writes by TTL. Without a split all are 5m, the provider's default, and 1h stays unknown. What the total has beyond
 * the split is 5m too: tools on the server write such entries while the stream runs. Half a split gives the other half.
 */
function cacheWrites(raw: JsonObject): Partial<CacheWriteTokens> {
  const total = countOf(raw.cache_creation_input_tokens)
  const split = objectOf(raw.cache_creation)
  const short = countOf(split.ephemeral_5m_input_tokens)
  const long = countOf(split.ephemeral_1h_input_tokens)
  if (total === null) return { '5m': short, '1h': long }
  if (short === null && long === null) return { '5m': total }
  const known1h = long ?? Math.max(0, total - (short ?? 0))
  return { '5m': Math.max(short ?? 0, total - known1h), '1h': known1h }
}

/** Things billed by the piece; fetches are free but counted. */
export function anthropicUnits(raw: JsonObject): Units {
  const tools = objectOf(raw.server_tool_use)
  return unitsOf({
    webSearch: countOf(tools.web_search_requests),
    webFetch: countOf(tools.web_fetch_requests),
  })
}

const INPUT_FIELDS = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] as const

const inputIn = (usage: JsonObject) => sumOfKnown(INPUT_FIELDS.map((field) => countOf(usage[field]))) ?? 0

/**
 * `message_start` overwritten by every field of a later usage that is not null: those counts are cumulative. No call
 * has an input of 0, so zeros behind a known input mean that a server of another make counts output only there.
 */
export function mergeUsage(start: JsonObject, delta: JsonObject): JsonObject {
  const isSilent = inputIn(delta) === 0 && inputIn(start) > 0
  const said = Object.entries(delta).filter(
    ([field, value]) =>
      value !== null && value !== undefined && !(isSilent && INPUT_FIELDS.some((input) => input === field)),
  )
  return { ...start, ...Object.fromEntries(said) }
}

/** The inferences that one call was made of, where the provider lists them; its top-level counts leave some out. */
export function iterationsOf(raw: JsonObject): JsonObject[] {
  return arrayOf(raw.iterations).filter(isObject)
}
