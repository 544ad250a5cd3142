// Gemini generateContent and streamGenerateContent, of AI Studio and Vertex: exchange → one inference, prompt and reply.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { unknownUsage } from '../model/usage'
import type { JsonObject } from '../wire/json'
import { geminiSettings } from './cache-settings'
import { groundingUnits, searchesIn } from './gemini-grounding'
import { methodOf, modelOf } from './gemini-notation'
import { geminiPrompt } from './gemini-prompt'
import { type GeminiReply, geminiReply } from './gemini-reply'
import { geminiTier } from './gemini-tier'
import { type GeminiUsage, generateUsage, knownOrUnknown } from './gemini-usage'
import { type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf, tokenCountReading } from './reading'
import { vertexGeo } from './vertex-path'
import type { WireFormat } from './wire-format'

export const GEMINI_FORMAT = 'gemini'

const GENERATE: readonly string[] = ['generateContent', 'streamGenerateContent']
const COUNT: readonly string[] = ['countTokens', 'computeTokens']

export const GEMINI_GENERATE: WireFormat = {
  recognises: ({ exchange, path }) =>
    exchange.method === 'POST' && [...GENERATE, ...COUNT].includes(methodOf(path)),
  read: readGeminiGenerate,
}

/**
 * Reads `…:generateContent`, `…:streamGenerateContent` (SSE or a streamed array) and `…:countTokens`, which bills
 * nothing. A stream in which a candidate has not finished has broken off: its usage is `partial`. A blocked prompt is
 * billed for what it reports. What lies in a cached content is named and not sent, so that it is in no block.
 */
function readGeminiGenerate(exchange: ExchangeParts): ExchangeReading {
  const parts = { ...exchange, requestModel: modelOf(exchange) }
  if (COUNT.includes(methodOf(parts.path))) return tokenCountReading(parts, GEMINI_FORMAT)
  const prompt = geminiPrompt(parts.request)
  const stream = isStream(parts) || methodOf(parts.path) === 'streamGenerateContent'
  if (isFailed(parts)) return { ...failedReading(parts, GEMINI_FORMAT, 'chat', prompt), stream }
  const reply = geminiReply(parts.reply, parts.exchange.status)
  return readingOf(parts, {
    wireFormat: GEMINI_FORMAT,
    stream,
    inferences: [geminiInference(parts, reply)],
    prompt,
    reply: reply.blocks,
    cacheSettings: geminiSettings(parts.request),
    error: reply.error,
    unfinished: stream && !reply.ended,
  })
}

/** The inference behind a reply; `tier` where it is known beforehand, as in a batch. */
export function geminiInference(parts: ExchangeParts, reply: GeminiReply, tier?: string): InferenceReading {
  const raw: JsonObject = reply.usage ?? {}
  const isOnlyError = reply.error !== undefined && reply.usage === undefined && reply.blocks.length === 0
  return present({
    kind: 'chat' as const,
    requestModel: parts.requestModel,
    responseModel: reply.model,
    responseId: reply.id,
    finishReason: reply.finish,
    ...usageOfReply(reply, reply.model ?? parts.requestModel),
    tier: tier ?? geminiTier(parts, raw, {}),
    geo: vertexGeo(parts.path),
    billed: !isOnlyError,
  })
}

function usageOfReply(reply: GeminiReply, model: string): GeminiUsage {
  if (reply.usage === undefined) return { usage: unknownUsage() }
  const units = groundingUnits(searchesIn(reply.grounding), model)
  const read = generateUsage(reply.usage, reply.ended ? 'reported' : 'partial', units)
  return knownOrUnknown(read, reply.blocks.length > 0)
}
