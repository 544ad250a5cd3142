// OpenAI Chat Completions, by OpenAI and everyone who speaks it: exchange → inferences with usage, prompt and reply.

import type { Block, ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage } from '../model/usage'
import { arrayOf, isObject, objectOf, textOf } from '../wire/json'
import { openAiSettings } from './cache-settings'
import { chatPrompt } from './openai-chat-prompt'
import { type ChatReply, chatReply } from './openai-chat-reply'
import { modalitiesOf } from './openai-modalities'
import { chatUsage, providerCost } from './openai-usage'
import { bodyOf, type ExchangeParts, isStream, type Reply } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import { tierOf } from './tier'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-chat'

/** Chat; Mistral's agents; xAI's deferred replies, which come by another request; Snowflake's older endpoint. */
const POSTED = /\/(chat|agents)\/completions$|\/cortex\/inference:complete$/
const DEFERRED = /\/chat\/deferred-completion\/[^/]+$/

export const OPENAI_CHAT: WireFormat = {
  recognises: ({ exchange, path }) => (exchange.method === 'POST' ? POSTED : DEFERRED).test(path),
  read: readOpenAiChat,
}

/** The same where no path says so: hosts that serve a model under an address of its own. */
export const OPENAI_CHAT_BY_SHAPE: WireFormat = {
  recognises: ({ exchange, request, reply }) =>
    exchange.method === 'POST' && Array.isArray(request.messages) && hasChatShape(reply),
  read: readOpenAiChat,
}

function hasChatShape(reply: Reply): boolean {
  if (reply.kind === 'events') return reply.events.some(({ object }) => object === 'chat.completion.chunk')
  if (reply.kind !== 'json' || !Array.isArray(reply.value.choices)) return false
  return objectOf(reply.value.usage).prompt_tokens !== undefined
}

/** Reads `POST …/chat/completions`. */
export function readOpenAiChat(parts: ExchangeParts): ExchangeReading {
  return readChoices(parts, WIRE_FORMAT, chatPrompt(parts.request))
}

/**
 * Reads a reply of choices. A stream without usage has unknown usage; usage of a stream that broke off is `partial`.
 * A reply that is nothing but an error is not billed, whatever its status.
 */
export function readChoices(
  parts: ExchangeParts,
  wireFormat: string,
  prompt: readonly Block[],
): ExchangeReading {
  if (isFailed(parts)) return failedReading(parts, wireFormat, 'chat', prompt)
  const reply = chatReply(parts.reply, parts.exchange.status)
  const finished = isFinished(parts, reply)
  return readingOf(parts, {
    wireFormat,
    inferences: inferencesOf(parts, reply, finished),
    prompt,
    reply: reply.blocks,
    cacheSettings: openAiSettings(parts.exchange, parts.request, bodyOf(parts.reply)),
    error: reply.error,
    unfinished: isStream(parts) && !finished,
  })
}

/** `[DONE]` ends a stream. Servers that omit it are believed when the model has finished and the connection closed well. */
function isFinished({ exchange, reply }: ExchangeParts, read: ChatReply): boolean {
  if (reply.kind === 'json') return true
  if (reply.kind !== 'events') return false
  return (
    reply.done || (read.finish !== undefined && (read.usage !== undefined || exchange.end === 'complete'))
  )
}

function inferencesOf(parts: ExchangeParts, reply: ChatReply, finished: boolean): InferenceReading[] {
  const whole = inferenceOf(parts, reply, finished)
  return modelsBehind(reply, parts.exchange.provider, whole) ?? [whole]
}

function inferenceOf(parts: ExchangeParts, reply: ChatReply, finished: boolean): InferenceReading {
  const { provider } = parts.exchange
  return present({
    kind: 'chat' as const,
    requestModel: parts.requestModel,
    responseModel: reply.model,
    responseId: reply.id,
    finishReason: reply.finish,
    usage: withSearch(usageOfReply(reply, provider, finished), reply.model ?? parts.requestModel),
    modalities: reply.usage && modalitiesOf(reply.usage),
    tier: tierOf(reply.tier, parts.request),
    providerPicoUsd: reply.usage && providerCost(reply.usage, provider),
    billed: reply.usage !== undefined || !isWithoutWork(parts, reply),
  })
}

/** Without usage these bill nothing, or nothing yet: replies that are nothing but an error, and deferred ones. */
function isWithoutWork({ exchange, request }: ExchangeParts, reply: ChatReply): boolean {
  if (reply.hasChoices) return false
  return reply.error !== undefined || request.deferred === true || exchange.method !== 'POST'
}

function usageOfReply(reply: ChatReply, provider: string, finished: boolean): Usage {
  if (reply.usage === undefined) return unknownUsage()
  const usage = chatUsage(reply.usage, provider, finished ? 'reported' : 'partial')
  return usageOrUnknown(usage, reply.blocks.length > 0)
}

/**
 * Search models of Chat Completions search the web before every answer, and are billed for it by the call, which stands
 * nowhere in the reply. Source: platform.openai.com "Web search", Chat Completions.
 */
function withSearch(usage: Usage, model: string): Usage {
  const searches = /-search-(preview|api)\b/.test(model) && usage.origin !== 'unknown'
  return searches ? { ...usage, units: { webSearch: 1, ...usage.units } } : usage
}

/**
 * The models behind a compound system of Groq, each billed at its own price; `undefined` where the reply names none, or
 * where their usage is not all of the usage.
 */
function modelsBehind(
  { breakdown }: ChatReply,
  provider: string,
  whole: InferenceReading,
): InferenceReading[] | undefined {
  const models = arrayOf(breakdown?.models).filter(isObject)
  const inferences = models.map((each) => {
    const raw = objectOf(each.usage)
    const responseModel = textOf(each.model) ?? ''
    return { ...whole, responseModel, usage: chatUsage(raw, provider, whole.usage.origin) }
  })
  const sum = (side: 'inputTokens' | 'outputTokens') =>
    inferences.reduce((tokens, { usage }) => tokens + (usage[side] ?? Number.NaN), 0)
  const isAll =
    sum('inputTokens') === whole.usage.inputTokens && sum('outputTokens') === whole.usage.outputTokens
  // A figure for the whole cannot be shared out.
  const isSplit = isAll && inferences.length > 0 && whole.providerPicoUsd === undefined
  return isSplit ? inferences : undefined
}
