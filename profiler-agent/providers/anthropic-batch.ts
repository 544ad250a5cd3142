// Results of a Message Batch, read when they are downloaded: one billed inference for each request that succeeded.
// Source: @anthropic-ai/sdk 1.12.0 batches.d.ts (MessageBatchIndividualResponse).

import type { ExchangeReading, InferenceReading } from '../model/call'
import { isObject, type JsonObject, objectOf } from '../wire/json'
import { readAnthropicMessages } from './anthropic-messages'
import { chunksOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { batchReading, failedReading } from './reading'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'anthropic-batch'

export const ANTHROPIC_BATCH: WireFormat = {
  recognises: ({ path }) => /\/messages\/batches\/[^/]+\/results$/.test(path),
  read: readAnthropicBatch,
}

/**
 * Reads `GET …/messages/batches/{id}/results`, JSON lines. Creating and polling a batch bills nothing, nor do results
 * that errored, expired or were cancelled. Results downloaded twice have the same ids and count once in a run.
 */
function readAnthropicBatch(parts: ExchangeParts): ExchangeReading {
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'other', [])
  const inferences = chunksOf(parts.reply).flatMap((line) => inferencesOf(parts, objectOf(line.result)))
  return batchReading(parts, WIRE_FORMAT, inferences)
}

/** A message in a batch is read as the reply of a call without a request, at the price of a batch. */
function inferencesOf(parts: ExchangeParts, result: JsonObject): readonly InferenceReading[] {
  if (!isObject(result.message)) return []
  const reply = { kind: 'json' as const, value: result.message }
  const { inferences } = readAnthropicMessages({ ...parts, path: '', request: {}, reply })
  return inferences.map((inference) => ({
    ...inference,
    requestModel: inference.responseModel ?? '',
    tier: inference.tier === undefined || inference.tier === 'standard' ? 'batch' : inference.tier,
  }))
}
