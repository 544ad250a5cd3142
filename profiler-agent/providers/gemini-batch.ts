// The results of a Gemini batch, in the job itself or in the file that it wrote: each one a reply, billed at the batch tier.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { unknownUsage, usageOf } from '../model/usage'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { GEMINI_FORMAT, geminiInference } from './gemini-generate'
import { fieldOf, listOf, methodOf, modelId } from './gemini-notation'
import { geminiReply } from './gemini-reply'
import { bodyOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { batchReading } from './reading'
import type { WireFormat } from './wire-format'

const BATCH = 'batch'

/** A job that still runs has no results, and other files are other things: both are left to the next format. */
export const GEMINI_BATCH: WireFormat = {
  recognises: (parts) =>
    parts.exchange.method === 'GET' &&
    (/\/batches\/[^/]+$/.test(parts.path) || methodOf(parts.path) === 'download') &&
    !isFailed(parts) &&
    resultsIn(parts).length > 0,
  read: readGeminiBatch,
}

/**
 * Reads `GET …/batches/{id}` and `GET …/files/{id}:download`: an inference for each result that is not an error, under
 * the id of its reply, so that a second look can be told from the first.
 */
function readGeminiBatch(exchange: ExchangeParts): ExchangeReading {
  const job = bodyOf(exchange.reply)
  const model = textOf(objectOf(job.metadata).model) ?? textOf(job.model) ?? ''
  const parts = { ...exchange, requestModel: modelId(model) }
  const billed = resultsIn(parts).flatMap((result, index) => inferenceOf(parts, result, index))
  return batchReading(exchange, GEMINI_FORMAT, billed)
}

/** The job shows its results in two places; one is enough. */
function resultsIn({ reply }: ExchangeParts): readonly JsonObject[] {
  if (reply.kind === 'events') return reply.events.filter(isResult)
  if (reply.kind !== 'json') return []
  const job = reply.value
  const outputs = [job.response, objectOf(job.metadata).output, job.output, job.dest, job]
  const lists = outputs.map((output) => {
    const inlined = fieldOf(objectOf(output), 'inlinedResponses')
    return listOf(isObject(inlined) ? fieldOf(inlined, 'inlinedResponses') : inlined)
      .filter(isObject)
      .filter(isResult)
  })
  return lists.find((list) => list.length > 0) ?? (isResult(job) ? [job] : [])
}

function isResult({ response }: JsonObject): boolean {
  const said = objectOf(response)
  return (
    isObject(fieldOf(said, 'usageMetadata')) || isObject(said.embedding) || Array.isArray(said.candidates)
  )
}

function inferenceOf(parts: ExchangeParts, result: JsonObject, index: number): InferenceReading[] {
  const response = objectOf(result.response)
  if (isObject(response.embedding)) return [embeddingOf(parts, response, index)]
  const inference = geminiInference(parts, geminiReply({ kind: 'json', value: response }, 200), BATCH)
  return inference.billed ? [{ responseId: placeOf(parts, index), ...inference }] : []
}

/** `tokenCount` is a 64-bit number, which JSON carries as text. */
function embeddingOf(parts: ExchangeParts, response: JsonObject, index: number): InferenceReading {
  const count = Number(fieldOf(response, 'tokenCount') ?? Number.NaN)
  const buckets = { uncachedInputTokens: count, cacheReadTokens: null, outputTokens: null }
  const isKnown = Number.isSafeInteger(count) && count >= 0
  return {
    kind: 'embeddings',
    requestModel: parts.requestModel,
    responseId: placeOf(parts, index),
    usage: isKnown ? usageOf(buckets, 'reported', { tokenCount: response.tokenCount }) : unknownUsage(),
    tier: BATCH,
    billed: true,
  }
}

/** The id of a result that has none of its own. */
function placeOf({ path }: ExchangeParts, index: number): string {
  return `${path.split('/').at(-1) ?? ''}[${index}]`
}
