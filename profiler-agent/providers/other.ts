// Every exchange that no adapter reads yet: kept as one entry of kind `other` with unknown usage, so that it is seen.

import type { ExchangeReading } from '../model/call'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { chunksOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf, unbilledReading } from './reading'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'other'

/** Path segments of endpoints that surely bill nothing themselves; a batch is billed when its results are read. */
const FREE_SEGMENTS = [
  ...['models', 'files', 'uploads', 'batches', 'moderations', 'assistants', 'conversations', 'containers'],
  ...['vector_stores', 'skills', 'organizations', 'datasets', 'connectors', 'check-api-key', 'input_items'],
  ...['count_?tokens', 'count-tokens', 'tokenize', 'detokenize', 'client_secrets', 'batch/jobs'],
  ...['realtime/sessions', 'realtime/transcription_sessions', 'token'],
]

/** Looking after the models of an Ollama server. */
const FREE_OLLAMA = 'api/(tags|show|ps|pull|push|create|copy|delete|version|blobs|me|signout)'

const FREE = new RegExp(
  `/(${FREE_SEGMENTS.join('|')}|${FREE_OLLAMA})(/|$|:)|:countTokens$|/threads(/[^/]+)?(/messages.*)?$`,
  'i',
)

/** What SDKs tell beside their calls, which asks no model: OpenAI Agents sends its traces. Source: @openai/agents 0.20.0. */
const TELEMETRY = /\/traces\/ingest$/

export const OTHER: WireFormat = { recognises: () => true, read: readOther }

/** Reads anything. Billed unless the method or the path says that it surely is not. */
export function readOther(parts: ExchangeParts): ExchangeReading {
  if (TELEMETRY.test(parts.path))
    return readingOf(parts, { wireFormat: WIRE_FORMAT, inferences: [], prompt: [] })
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'other', [])
  const raw =
    chunksOf(parts.reply)
      .map(usageIn)
      .findLast((usage) => usage !== null) ?? null
  const reading = unbilledReading(parts, WIRE_FORMAT, 'other', raw)
  if (isFree(parts)) return reading
  return {
    ...reading,
    inferences: reading.inferences.map((inference) => ({ ...inference, ...replyOf(parts), billed: true })),
  }
}

function isFree({ exchange, path, request }: ExchangeParts): boolean {
  // MCP and A2A: tools and agents, which call their models themselves.
  if (textOf(request.jsonrpc) !== undefined) return true
  // `/models/NAME:generateContent` is a call on a model and not the list of models.
  const isModelCall = /\/models\/[^/]+:(?!count)/.test(path)
  // A socket is opened by GET, and its frames are calls.
  if (exchange.transport === 'websocket') return false
  return exchange.method !== 'POST' || (FREE.test(path) && !isModelCall)
}

/** The provider's own usage object, kept unread: what its fields mean is not known here. */
function usageIn(body: JsonObject): JsonObject | null {
  const said = [
    body.usage,
    body.usageMetadata,
    // Pages of a document that was read.
    body.usage_info,
    objectOf(body.response).usage,
    objectOf(body.meta).billed_units,
  ]
  return said.find(isObject) ?? null
}

function replyOf({ reply }: ExchangeParts): { responseModel?: string; responseId?: string } {
  const bodies = chunksOf(reply)
  const last = (...fields: string[]) =>
    fields
      .flatMap((field) => bodies.map((body) => textOf(body[field])))
      .findLast((text) => text !== undefined)
  const [responseModel, responseId] = [last('modelVersion', 'model'), last('id')]
  return { ...(responseModel && { responseModel }), ...(responseId && { responseId }) }
}
