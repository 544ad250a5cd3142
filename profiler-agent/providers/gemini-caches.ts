// Cached contents of Google: making one is billed as input, and kept by the hour; looking at it, changing and deleting are free.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage, usageOf } from '../model/usage'
import { countOf, type JsonObject, objectOf, textOf } from '../wire/json'
import { GEMINI_FORMAT } from './gemini-generate'
import { fieldOf, modelId } from './gemini-notation'
import { geminiPrompt } from './gemini-prompt'
import { bodyOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, unbilledReading } from './reading'
import { vertexGeo } from './vertex-path'
import type { WireFormat } from './wire-format'

const CACHES = /\/cachedContents$/

export const GEMINI_CACHES: WireFormat = {
  recognises: ({ path }) => CACHES.test(path) || /\/cachedContents\/[^/]+$/.test(path),
  read: readGeminiCaches,
}

/**
 * Reads `…/cachedContents`. A new cache costs its tokens as input; its name is the response id. What it costs by the hour
 * until it expires or is deleted stands nowhere on the wire: one `cacheStorage` without a price marks the cost as a lower
 * bound.
 */
function readGeminiCaches(exchange: ExchangeParts): ExchangeReading {
  const named = textOf(exchange.request.model) ?? exchange.requestModel
  const parts = { ...exchange, requestModel: modelId(named) }
  const prompt = geminiPrompt(parts.request)
  if (isFailed(parts)) return failedReading(parts, GEMINI_FORMAT, 'other', prompt)
  const body = bodyOf(parts.reply)
  if (parts.exchange.method !== 'POST' || !CACHES.test(parts.path))
    return unbilledReading(parts, GEMINI_FORMAT, 'other', fieldOf(body, 'usageMetadata') ?? null)
  const created = unbilledReading(parts, GEMINI_FORMAT, 'other', null)
  return { ...created, prompt, inferences: [inferenceOf(parts, body)] }
}

function inferenceOf({ requestModel, path }: ExchangeParts, body: JsonObject): InferenceReading {
  const model = textOf(body.model)
  return present({
    kind: 'other' as const,
    requestModel,
    responseModel: model && modelId(model),
    responseId: textOf(body.name),
    usage: usageOfCache(body),
    geo: vertexGeo(path),
    billed: true,
  })
}

function usageOfCache(body: JsonObject): Usage {
  const raw = objectOf(fieldOf(body, 'usageMetadata'))
  const total = countOf(fieldOf(raw, 'totalTokenCount'))
  if (total === null) return unknownUsage()
  const buckets = { uncachedInputTokens: total, cacheReadTokens: null, outputTokens: null }
  return usageOf({ ...buckets, units: { cacheStorage: 1 } }, 'reported', raw)
}
