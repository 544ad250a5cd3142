// Anthropic Messages, by Anthropic and everyone who speaks it: exchange → inferences with usage, prompt and reply.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Units, type Usage, unknownUsage } from '../model/usage'
import { type JsonObject, objectOf, textOf } from '../wire/json'
import { anthropicPrompt, contentBlock, isCiting } from './anthropic-prompt'
import { isFreeRefusal } from './anthropic-refusal'
import { type AnthropicReply, anthropicReply } from './anthropic-reply'
import { anthropicUnits, anthropicUsage, iterationsOf } from './anthropic-usage'
import { anthropicSettings } from './cache-settings'
import { providerCost } from './openai-usage'
import { chunksOf, type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf, tokenCountReading } from './reading'
import { tierOf } from './tier'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'anthropic-messages'

export const ANTHROPIC_MESSAGES: WireFormat = {
  recognises({ exchange, path, request }) {
    if (exchange.method !== 'POST' || !/\/messages(\/count_tokens)?$/.test(path)) return false
    // Threads of the Assistants API have messages too.
    return !/\/(threads|conversations)\//.test(path) || Array.isArray(request.messages)
  },
  read: readAnthropicMessages,
}

/**
 * Reads `POST …/messages` and `…/messages/count_tokens`. Where the provider lists iterations (compaction, advisor,
 * fallback), each is an inference at its own model: the top-level counts leave some of them out.
 */
export function readAnthropicMessages(parts: ExchangeParts): ExchangeReading {
  if (parts.path.endsWith('/count_tokens')) return tokenCountReading(parts, WIRE_FORMAT)
  const prompt = anthropicPrompt(parts.request)
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'chat', prompt)
  const reply = anthropicReply(parts.reply, parts.exchange.status)
  const previousResponseId = textOf(objectOf(parts.request.thread).previous_message_id)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    inferences: inferencesOf(parts, reply),
    prompt,
    reply: reply.content.map((part) => contentBlock(part, 'output')),
    previousResponseId,
    cacheSettings: anthropicSettings(parts.request, chunksOf(parts.reply), isCiting(prompt)),
    error: reply.error,
    unfinished: isStream(parts) && !reply.ended,
  })
}

function inferencesOf(parts: ExchangeParts, reply: AnthropicReply): InferenceReading[] {
  if (isFreeRefusal(parts.exchange, reply))
    return [{ ...inferenceOf(parts, reply, unknownUsage(reply.usage)), billed: false }]
  const raw = reply.usage ?? {}
  const iterations = reply.usageIsFinal ? iterationsOf(raw) : []
  const units = anthropicUnits(raw)
  const [only] = iterations
  if (only === undefined) return [inferenceOf(parts, reply, usageOfReply(reply, units))]
  // What only the top level says, such as thinking, is said of the one iteration that there is.
  if (iterations.length === 1)
    return [iterationOf(parts, reply, only, anthropicUsage({ ...raw, ...only }, 'reported', units, raw))]
  // Searches are reported for the whole call; the last iteration wrote the answer.
  return iterations.map((iteration, index) => {
    const isLast = index === iterations.length - 1
    return iterationOf(parts, reply, iteration, anthropicUsage(iteration, 'reported', isLast ? units : {}))
  })
}

function iterationOf(
  parts: ExchangeParts,
  reply: AnthropicReply,
  iteration: JsonObject,
  usage: Usage,
): InferenceReading {
  const responseModel = textOf(iteration.model) ?? reply.model
  return { ...inferenceOf(parts, reply, usage), ...(responseModel && { responseModel }) }
}

function inferenceOf(
  { exchange, request, requestModel }: ExchangeParts,
  reply: AnthropicReply,
  usage: Usage,
): InferenceReading {
  const raw = reply.usage ?? {}
  const isOnlyError = reply.error !== undefined && reply.usage === undefined && reply.content.length === 0
  const isWhole = iterationsOf(raw).length <= 1
  return present({
    kind: 'chat' as const,
    requestModel,
    responseModel: reply.model,
    responseId: reply.id,
    finishReason: reply.stopReason,
    usage,
    tier: tierOf(raw.service_tier, request),
    speed: textOf(raw.speed) ?? textOf(request.speed),
    geo: textOf(raw.inference_geo) ?? textOf(request.inference_geo),
    // One figure for the whole call cannot be given to each of several inferences.
    providerPicoUsd: isWhole ? providerCost(raw, exchange.provider) : undefined,
    billed: !isOnlyError,
  })
}

function usageOfReply(reply: AnthropicReply, units: Units): Usage {
  if (reply.usage === undefined) return unknownUsage()
  const usage = anthropicUsage(reply.usage, reply.usageIsFinal ? 'reported' : 'partial', units)
  return usageOrUnknown(usage, reply.content.length > 0)
}
