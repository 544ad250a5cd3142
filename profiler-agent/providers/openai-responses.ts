// OpenAI Responses, by OpenAI and everyone who speaks it: create, retrieve, cancel, compact and token counting.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage } from '../model/usage'
import { countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { numberReply } from './blocks'
import { replyBlocks, responsesPrompt } from './openai-responses-items'
import { type ResponsesReply, responsesReply } from './openai-responses-reply'
import { isAllZero, providerCost, responsesUsage } from './openai-usage'
import { type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading, tokenCountReading } from './reading'
import { requestedTier } from './tier'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-responses'

export const OPENAI_RESPONSES: WireFormat = {
  recognises({ path, exchange }) {
    if (exchange.method === 'POST')
      return /\/responses(\/compact|\/input_tokens|\/[^/]+\/cancel)?$/.test(path)
    return exchange.method === 'GET' && /\/responses\/[^/]+$/.test(path)
  },
  read: readOpenAiResponses,
}

/**
 * Reads `POST …/responses`, `…/responses/compact`, `…/responses/input_tokens`, and `GET …/responses/{id}`.
 * A background call is billed by the exchange that carries its usage. A retrieved response repeats its usage under
 * its `responseId`, so that whoever collects calls can count it once.
 */
export function readOpenAiResponses(parts: ExchangeParts): ExchangeReading {
  if (parts.path.endsWith('/input_tokens')) return tokenCountReading(parts, WIRE_FORMAT)
  const prompt = responsesPrompt(parts.request)
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'chat', prompt)
  const reply = responsesReply(parts.reply, parts.exchange.status)
  const previous = textOf(parts.request.previous_response_id)
  return {
    wireFormat: WIRE_FORMAT,
    stream: isStream(parts),
    inferences: [inferenceOf(parts, reply)],
    prompt,
    reply: numberReply(reply.items.flatMap(replyBlocks)),
    ...(previous && { previousResponseId: previous }),
    ...(reply.error && { error: reply.error }),
    malformed: parts.malformed,
    unfinished: isStream(parts) && !reply.ended,
  }
}

function inferenceOf(parts: ExchangeParts, reply: ResponsesReply): InferenceReading {
  const { response } = reply
  const { provider } = parts.exchange
  return present({
    kind: 'chat' as const,
    requestModel: parts.requestModel,
    responseModel: textOf(response.model),
    responseId: textOf(response.id),
    finishReason: textOf(objectOf(response.incomplete_details).reason) ?? textOf(response.status),
    usage: usageOfReply(parts, reply),
    tier: tierOf(parts.request, response),
    providerPicoUsd: isObject(response.usage) ? providerCost(response.usage, provider) : undefined,
    billed: isObject(response.usage) || !isWithoutWork(parts, reply),
  })
}

/** Without usage these bill nothing, or nothing yet: polls, background calls, replies that are nothing but an error. */
function isWithoutWork({ exchange, request, path }: ExchangeParts, reply: ResponsesReply): boolean {
  const isPoll = exchange.method !== 'POST' || path.endsWith('/cancel')
  const isBackground = request.background === true || reply.response.background === true
  const isOnlyError = reply.error !== undefined && reply.items.length === 0
  return isPoll || isBackground || isOnlyError
}

/** `auto` in a response is what was asked for, before the tier was decided. */
function tierOf(request: JsonObject, response: JsonObject): string | undefined {
  return requestedTier(response) ?? requestedTier(request)
}

function usageOfReply({ exchange }: ExchangeParts, reply: ResponsesReply): Usage {
  const raw = reply.response.usage
  if (!isObject(raw)) return unknownUsage()
  const searches = webSearches(reply, exchange.provider)
  const usage = responsesUsage(raw, exchange.provider, searches, reply.ended ? 'reported' : 'partial')
  const saysNothing = usage.inputTokens === null && usage.outputTokens === null
  return saysNothing || (isAllZero(usage) && reply.items.length > 0) ? unknownUsage(raw) : usage
}

/** Billable searches: the provider's own count; for replies older than that field, the searches that were made. */
function webSearches({ response, items }: ResponsesReply, provider: string): number | null {
  const reported = countOf(objectOf(objectOf(response.tool_usage).web_search).num_requests)
  if (reported !== null || (provider !== 'openai' && provider !== 'azure')) return reported
  return items.filter(
    ({ type, status, action }) =>
      type === 'web_search_call' &&
      status === 'completed' &&
      (objectOf(action).type ?? 'search') === 'search',
  ).length
}
