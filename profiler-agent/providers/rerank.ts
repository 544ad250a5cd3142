// Reranking, by Cohere and everyone who offers the same call: 0 tokens and search units, or the tokens that others bill.
// Source: cohere-ai 8.1.0 V2RerankResponse.d.ts; `usage` of Jina, Voyage, Together and OpenRouter as their references give it.

import type { Block, ExchangeReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage, usageOf } from '../model/usage'
import { arrayOf, firstCount, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { documentBlock } from './cohere-prompt'
import { providerCost } from './openai-usage'
import { bodyOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'rerank'

export const RERANK: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && /\/rerank(ing)?$/.test(path),
  read: readRerank,
}

/** Reads `POST …/rerank`. A reply that says nothing of billing has unknown usage. */
function readRerank(parts: ExchangeParts): ExchangeReading {
  const prompt = promptOf(parts.request)
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'rerank', prompt)
  const body = bodyOf(parts.reply)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    stream: false,
    inferences: [
      present({
        kind: 'rerank' as const,
        requestModel: parts.requestModel,
        responseModel: textOf(body.model),
        responseId: textOf(body.id),
        usage: usageOfReply(body),
        providerPicoUsd: providerCost(objectOf(body.usage), parts.exchange.provider),
        billed: true,
      }),
    ],
    prompt,
  })
}

function usageOfReply(body: JsonObject): Usage {
  const [usage, billed] = [objectOf(body.usage), objectOf(objectOf(body.meta).billed_units)]
  const raw = isObject(body.usage) ? body.usage : isObject(body.meta) ? body.meta : null
  const searchUnits = firstCount(billed.search_units, usage.search_units, usage.rerank_units)
  if (searchUnits !== null) return tokensAndUnits(0, { searchUnits }, raw)
  const tokens = firstCount(billed.input_tokens, usage.prompt_tokens, usage.input_tokens, usage.total_tokens)
  return tokens === null ? unknownUsage(raw) : tokensAndUnits(tokens, {}, raw)
}

function tokensAndUnits(uncachedInputTokens: number, units: Usage['units'], raw: unknown): Usage {
  return usageOf({ uncachedInputTokens, cacheReadTokens: null, outputTokens: 0, units }, 'reported', raw)
}

function promptOf(request: JsonObject): Block[] {
  const query = textOf(request.query)
  return [
    ...(query === undefined ? [] : [{ path: 'query', kind: 'user' as const, content: query }]),
    ...arrayOf(request.documents).map((document, index) => documentBlock(document, `documents[${index}]`)),
  ]
}
