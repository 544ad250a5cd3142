// Token usage of the Messages API: buckets, the merge over a stream, and the list of inferences inside one call.
// Source: @anthropic-ai/sdk 1.12.0 messages.d.ts (Usage, MessageDeltaUsage); recorded traffic for iterations.

import { type CacheWriteTokens, type Units, type Usage, type UsageOrigin, usageOf } from '../model/usage'
import { arrayOf, countOf, isObject, type JsonObject, objectOf } from '../wire/json'

/**
 * Usage from one usage object. `input_tokens` is the uncached rest already; reads and writes stand beside it.
 * With origin `partial` the output is unknown: `message_start` holds a placeholder only.
 */
export function anthropicUsage(raw: JsonObject, origin: UsageOrigin, units: Units): Usage {
  return usageOf(
    {
      uncachedInputTokens: countOf(raw.input_tokens),
      cacheReadTokens: countOf(raw.cache_read_input_tokens),
      cacheWriteTokens: cacheWrites(raw),
      outputTokens: origin === 'partial' ? null : countOf(raw.output_tokens),
      reasoningTokens:
        origin === 'partial' ? null : countOf(objectOf(raw.output_tokens_details).thinking_tokens),
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
  const webSearch = countOf(tools.web_search_requests)
  const webFetch = countOf(tools.web_fetch_requests)
  return { ...(webSearch && { webSearch }), ...(webFetch && { webFetch }) }
}

/** `message_start` overwritten by every field of a later usage that is not null: those counts are cumulative. */
export function mergeUsage(start: JsonObject, delta: JsonObject): JsonObject {
  const said = Object.entries(delta).filter(([, value]) => value !== null && value !== undefined)
  return { ...start, ...Object.fromEntries(said) }
}

/** The inferences that one call was made of, where the provider lists them; its top-level counts leave some out. */
export function iterationsOf(raw: JsonObject): JsonObject[] {
  return arrayOf(raw.iterations).filter(isObject)
}
