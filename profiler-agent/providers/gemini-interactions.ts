// Gemini Interactions, of AI Studio and Vertex: create, retrieve, cancel and delete, by models and agents.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { sumOfKnown, type Units, unknownUsage } from '../model/usage'
import { countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { geminiSettings } from './cache-settings'
import { groundingUnits } from './gemini-grounding'
import { interactionPrompt, stepBlocks } from './gemini-interactions-items'
import { type InteractionReply, interactionReply } from './gemini-interactions-reply'
import { fieldOf, listOf, modelId } from './gemini-notation'
import { geminiTier } from './gemini-tier'
import { type GeminiUsage, interactionUsage, knownOrUnknown } from './gemini-usage'
import { type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf, unbilledReading } from './reading'
import { unitsOf } from './usage-rules'
import { vertexGeo } from './vertex-path'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'gemini-interactions'

export const GEMINI_INTERACTIONS: WireFormat = {
  recognises: ({ path }) =>
    /\/v\d\w*\/(projects\/[^/]+\/locations\/[^/]+\/)?interactions(\/[^/]+(\/cancel)?)?$/.test(path),
  read: readGeminiInteractions,
}

/**
 * Reads `POST …/interactions` and whatever is done with `…/interactions/{id}`. A background interaction is billed by the
 * exchange that carries its usage; one that is retrieved again repeats it under its `responseId`, so that whoever collects
 * calls can count it once. A stream without its completing event has broken off.
 */
function readGeminiInteractions(exchange: ExchangeParts): ExchangeReading {
  const { request } = exchange
  const named = textOf(request.model) ?? textOf(request.agent) ?? ''
  const parts = { ...exchange, requestModel: modelId(named) }
  const prompt = interactionPrompt(request)
  const history = present({ previousResponseId: textOf(fieldOf(request, 'previousInteractionId')) })
  if (isFailed(parts)) return { ...failedReading(parts, WIRE_FORMAT, 'chat', prompt), ...history }
  if (parts.exchange.method === 'DELETE') return unbilledReading(parts, WIRE_FORMAT, 'other', null)
  const reply = interactionReply(parts.reply, parts.exchange.status)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    inferences: [inferenceOf(parts, reply)],
    prompt,
    reply: reply.steps.filter(isOutput).flatMap((step) => stepBlocks(step, 'output')),
    ...history,
    cacheSettings: geminiSettings(request),
    error: reply.error,
    unfinished: isStream(parts) && !reply.ended,
  })
}

/** A retrieved interaction may repeat what the user said. */
function isOutput({ type, role }: JsonObject): boolean {
  return type !== 'user_input' && role !== 'user'
}

function inferenceOf(parts: ExchangeParts, reply: InteractionReply): InferenceReading {
  const { interaction, usage } = reply
  const model = textOf(interaction.model) ?? textOf(interaction.agent)
  const isBilled = usage === undefined ? !isWithoutWork(parts, reply) : !isRunning(parts, reply)
  return present({
    kind: 'chat' as const,
    requestModel: parts.requestModel || (model === undefined ? '' : modelId(model)),
    responseModel: model && modelId(model),
    responseId: textOf(interaction.id),
    finishReason: reply.status,
    ...(isBilled ? usageOfReply(parts, reply) : { usage: unknownUsage(usage ?? null) }),
    tier: geminiTier(parts, usage ?? {}, interaction),
    geo: vertexGeo(parts.path),
    billed: isBilled,
  })
}

const RUNNING: readonly unknown[] = ['in_progress', 'queued']

/** What a poll tells of an interaction that still runs is not its usage yet. */
function isRunning({ reply }: ExchangeParts, { status }: InteractionReply): boolean {
  return reply.kind === 'json' && RUNNING.includes(status)
}

/** Without usage these bill nothing, or nothing yet: polls, background calls, replies that are nothing but an error. */
function isWithoutWork(parts: ExchangeParts, reply: InteractionReply): boolean {
  const isPoll = parts.exchange.method !== 'POST' || parts.path.endsWith('/cancel')
  const isBackground = parts.request.background === true || isRunning(parts, reply)
  const isOnlyError = (reply.error !== undefined || reply.status === 'failed') && reply.steps.length === 0
  return isPoll || isBackground || isOnlyError
}

function usageOfReply(parts: ExchangeParts, reply: InteractionReply): GeminiUsage {
  if (reply.usage === undefined) return { usage: unknownUsage() }
  const model = textOf(reply.interaction.model) ?? parts.requestModel
  const origin = reply.ended ? 'reported' : 'partial'
  const read = interactionUsage(reply.usage, origin, groundingOf(reply, model))
  return knownOrUnknown(read, reply.steps.length > 0)
}

/** The provider's own count; without one, the searches that stand in the steps. Search in own data has no such fee. */
function groundingOf({ usage = {}, steps }: InteractionReply, model: string): Units {
  const counts = listOf(fieldOf(usage, 'groundingToolCount')).filter(isObject)
  if (counts.length === 0) return groundingUnits(searchesOf(steps), model)
  const countOfTool = (tool: string) =>
    sumOfKnown(counts.filter(({ type }) => type === tool).map(({ count }) => countOf(count)))
  return unitsOf({ grounding: countOfTool('google_search'), mapsGrounding: countOfTool('google_maps') })
}

function searchesOf(steps: readonly JsonObject[]): Parameters<typeof groundingUnits>[0] {
  const calls = steps.filter(({ type }) => type === 'google_search_call')
  const queries = calls.flatMap((call) =>
    listOf(objectOf(call.arguments).queries).flatMap((query) => textOf(query) ?? []),
  )
  return {
    queries,
    isSearched: calls.length > 0,
    isMapped: steps.some(({ type }) => type === 'google_maps_call'),
  }
}
