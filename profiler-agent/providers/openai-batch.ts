// The results of a batch in OpenAI's form, as its client downloads them: each line one reply, billed at the batch tier.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { readOpenAiChat } from './openai-chat'
import { readOpenAiEmbeddings } from './openai-embeddings'
import { readOpenAiResponses } from './openai-responses'
import { chunksOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { batchReading } from './reading'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-batch'

/** OpenAI, Azure, Groq, Mistral and others. The same path serves every other file too, so the lines decide. */
export const OPENAI_BATCH: WireFormat = {
  recognises: (parts) =>
    parts.exchange.method === 'GET' &&
    /\/files\/[^/]+\/content$/.test(parts.path) &&
    !isFailed(parts) &&
    chunksOf(parts.reply).some(isResult),
  read: readOpenAiBatch,
}

/**
 * Reads `GET …/files/{id}/content` of a batch's output: one inference for each reply that was billed, under the reply's
 * id, so that a second download can be told from the first. Lines of requests that failed bill nothing.
 */
function readOpenAiBatch(parts: ExchangeParts): ExchangeReading {
  const billed = chunksOf(parts.reply)
    .filter(isResult)
    .flatMap((line) => inferencesOf(line, parts))
  return batchReading(parts, WIRE_FORMAT, billed)
}

/** A line of a batch's input has a `body` of its own and no response. */
function isResult(line: JsonObject): boolean {
  return textOf(line.custom_id) !== undefined && isObject(objectOf(line.response).body)
}

function inferencesOf(line: JsonObject, parts: ExchangeParts): InferenceReading[] {
  const response = objectOf(line.response)
  const body = objectOf(response.body)
  const status = typeof response.status_code === 'number' ? response.status_code : 200
  const exchange = { ...parts.exchange, method: 'POST', status, end: 'complete' as const }
  const reading = readerOf(body)({
    ...parts,
    exchange,
    path: '',
    request: {},
    reply: { kind: 'json', value: body },
  })
  const lineId = textOf(line.id)
  return reading.inferences
    .filter(({ billed }) => billed)
    .map((inference) => ({ ...(lineId && { responseId: lineId }), ...inference, tier: 'batch' }))
}

function readerOf(body: JsonObject): (parts: ExchangeParts) => ExchangeReading {
  if (body.object === 'response') return readOpenAiResponses
  return Array.isArray(body.data) ? readOpenAiEmbeddings : readOpenAiChat
}
