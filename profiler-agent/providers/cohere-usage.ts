// What Cohere bills: `billed_units`, found under `usage` (v2) or `meta` (v1, embeddings, rerank).
// Source: cohere-ai 8.1.0 Usage.d.ts, ApiMeta.d.ts, ApiMetaBilledUnits.d.ts.

import type { ModalityTokens } from '../model/call'
import { sumOfKnown, type Units, type Usage, type UsageOrigin, unknownUsage, usageOf } from '../model/usage'
import { countOf, isObject, type JsonObject, objectOf } from '../wire/json'
import { inputBuckets, unitsOf } from './usage-rules'

/**
 * Usage of a chat or an embedding. Billed units count and not `tokens`, which hold Cohere's own template too; a server
 * that bills nothing says `tokens` only. `cached_tokens` is reported over `tokens` and may exceed what is billed: cache
 * reads are no more than the billed input, and the buckets sum to it. Nothing known gives unknown usage.
 */
export function cohereUsage(raw: JsonObject, origin: UsageOrigin): Usage {
  const counts = countsOf(raw)
  const input = sumOfKnown([countOf(counts.input_tokens), countOf(counts.image_tokens)])
  const output = countOf(counts.output_tokens)
  if (input === null && output === null) return unknownUsage(raw)
  return usageOf(
    { ...inputBuckets(input, countOf(raw.cached_tokens)), outputTokens: output, units: cohereUnits(raw) },
    origin,
    raw,
  )
}

function countsOf(raw: JsonObject): JsonObject {
  return isObject(raw.billed_units) ? raw.billed_units : objectOf(raw.tokens)
}

/** Searches: what rerank is billed by, and what a chat with connectors may be billed for. */
function cohereUnits(raw: JsonObject): Units {
  return unitsOf({ searchUnits: countOf(objectOf(raw.billed_units).search_units) })
}

/** Image tokens, which have a price of their own. */
export function cohereModalities(raw: JsonObject): ModalityTokens | undefined {
  const imageInput = countOf(countsOf(raw).image_tokens)
  return imageInput ? { imageInput } : undefined
}
