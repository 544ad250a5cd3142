// OpenAI Responses, by OpenAI and everyone who speaks it: create, retrieve, cancel, compact, token counting, WebSocket mode.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage } from '../model/usage'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { openAiSettings } from './cache-settings'
import { modalitiesOf } from './openai-modalities'
import { replyBlocks, responsesPrompt } from './openai-responses-items'
import { type ResponsesReply, responsesReply } from './openai-responses-reply'
import { imageInference, unitsOfTools } from './openai-responses-tools'
import { providerCost, responsesUsage } from './openai-usage'
import { type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf, tokenCountReading } from './reading'
import { tierOf } from './tier'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-responses'

export const OPENAI_RESPONSES: WireFormat = {
  recognises({ path, exchange }) {
    if (exchange.transport === 'websocket') return path.endsWith('/responses')
    if (exchange.method === 'POST')
      return /\/responses(\/compact|\/input_tokens|\/[^/]+\/cancel)?$/.test(path)
    return exchange.method === 'GET' && /\/responses\/[^/]+$/.test(path)
  },
  read: readOpenAiResponses,
}

/**
 * Reads `POST …/responses`, `…/responses/compact`, `…/responses/input_tokens`, `GET …/responses/{id}`, and one response of a
 * WebSocket. A background response is billed by whichever exchange brings its usage, under its `responseId`, so that
 * whoever collects calls can count it once. A re-read of any other response repeats what its own call was billed for,
 * and bills nothing.
 */
export function readOpenAiResponses(parts: ExchangeParts): ExchangeReading {
  if (parts.path.endsWith('/input_tokens')) return tokenCountReading(parts, WIRE_FORMAT)
  const request = requestOf(parts)
  const prompt = responsesPrompt(request)
  const history = present({
    previousResponseId: textOf(request.previous_response_id),
    conversationId: textOf(request.conversation) ?? textOf(objectOf(request.conversation).id),
  })
  if (isFailed(parts)) return { ...failedReading(parts, WIRE_FORMAT, 'chat', prompt), ...history }
  const reply = responsesReply(parts.reply, parts.exchange.status)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    inferences: inferencesOf(parts, request, reply),
    prompt,
    reply: reply.items.flatMap(replyBlocks),
    ...history,
    cacheSettings: openAiSettings(parts.exchange, request, reply.response),
    error: reply.error,
    unfinished: isStream(parts) && !reply.ended,
  })
}

/** A frame of a WebSocket has the fields of a request in itself, or as Realtime has them, under `response`. */
function requestOf({ exchange, request }: ExchangeParts): JsonObject {
  return exchange.transport === 'websocket' && isObject(request.response) ? request.response : request
}

function inferencesOf(parts: ExchangeParts, request: JsonObject, reply: ResponsesReply): InferenceReading[] {
  const whole = inferenceOf(parts, request, reply)
  if (!whole.billed) return [whole]
  const image = imageInference(reply, request, parts.exchange.provider, whole)
  return image === undefined ? [whole] : [whole, image]
}

function inferenceOf(parts: ExchangeParts, request: JsonObject, reply: ResponsesReply): InferenceReading {
  const { response } = reply
  const { provider } = parts.exchange
  const billed = isBilled(parts, request, reply)
  const raw = billed && isObject(response.usage) ? response.usage : undefined
  return present({
    kind: 'chat' as const,
    requestModel: textOf(request.model) ?? parts.requestModel,
    responseModel: textOf(response.model),
    responseId: textOf(response.id),
    finishReason: textOf(objectOf(response.incomplete_details).reason) ?? textOf(response.status),
    usage: raw ? usageOfReply(raw, reply, provider) : unknownUsage(response.usage ?? null),
    modalities: raw && modalitiesOf(raw),
    tier: tierOf(response.service_tier, request),
    providerPicoUsd: raw && providerCost(raw, provider),
    billed,
  })
}

/** Without usage these bill nothing, or nothing yet: background calls, and replies that are nothing but an error. */
function isBilled({ exchange, path }: ExchangeParts, request: JsonObject, reply: ResponsesReply): boolean {
  const hasUsage = isObject(reply.response.usage)
  const isBackground = request.background === true || reply.response.background === true
  const isReRead =
    exchange.transport !== 'websocket' && (exchange.method !== 'POST' || path.endsWith('/cancel'))
  if (isReRead) return isBackground && hasUsage
  const isOnlyError = reply.error !== undefined && reply.items.length === 0
  return hasUsage || !(isBackground || isOnlyError)
}

function usageOfReply(raw: JsonObject, reply: ResponsesReply, provider: string): Usage {
  const usage = responsesUsage(
    raw,
    provider,
    unitsOfTools(reply, provider),
    reply.ended ? 'reported' : 'partial',
  )
  return usageOrUnknown(usage, reply.items.length > 0)
}
