// Models of other publishers on Vertex, called with `:rawPredict`: the body is in the publisher's own format.

import type { ExchangeReading } from '../model/call'
import { isObject } from '../wire/json'
import { readAnthropicMessages } from './anthropic-messages'
import { fieldOf, methodOf, modelOf } from './gemini-notation'
import { geminiTier } from './gemini-tier'
import { readOpenAiChat } from './openai-chat'
import { readOther } from './other'
import { chunksOf, type ExchangeParts } from './parts'
import { tokenCountReading } from './reading'
import { publisherOf, vertexGeo } from './vertex-path'
import type { WireFormat } from './wire-format'

const RAW: readonly string[] = ['rawPredict', 'streamRawPredict']

export const VERTEX_PUBLISHERS: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && RAW.includes(methodOf(path)),
  read: readVertexPublisher,
}

/**
 * Reads `…/publishers/PUBLISHER/models/MODEL:rawPredict` and `:streamRawPredict` by the shape of the bodies: Anthropic
 * Messages, or chat as OpenAI, Mistral and others write it. The model is that of the path. Counting tokens is free.
 */
function readVertexPublisher(exchange: ExchangeParts): ExchangeReading {
  const inPath = modelOf(exchange)
  if (/^count[-_]?tokens$/i.test(inPath)) return tokenCountReading(exchange, 'anthropic-messages')
  const parts = { ...exchange, requestModel: inPath }
  return withPlace(parts, readByShape(parts))
}

function readByShape(parts: ExchangeParts): ExchangeReading {
  if (isAnthropic(parts)) return readAnthropicMessages(parts)
  if (isChat(parts)) return readOpenAiChat(parts)
  return readOther(parts)
}

function isAnthropic({ path, request, reply }: ExchangeParts): boolean {
  if (publisherOf(path) === 'anthropic' || request.anthropic_version !== undefined) return true
  return chunksOf(reply).some(({ type }) => type === 'message' || type === 'message_start')
}

function isChat({ request, reply }: ExchangeParts): boolean {
  return Array.isArray(request.messages) || chunksOf(reply).some(({ choices }) => Array.isArray(choices))
}

/** Vertex names the place in the path, and may add the kind of traffic to the usage. */
function withPlace(parts: ExchangeParts, reading: ExchangeReading): ExchangeReading {
  const geo = vertexGeo(parts.path)
  return {
    ...reading,
    inferences: reading.inferences.map((inference) => {
      const raw = isObject(inference.usage.raw) ? inference.usage.raw : {}
      const tier = fieldOf(raw, 'trafficType') === undefined ? undefined : geminiTier(parts, raw, {})
      return { ...inference, ...(geo && { geo }), ...(tier && { tier }) }
    }),
  }
}
