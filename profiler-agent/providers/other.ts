// Every exchange that no adapter reads yet: kept as one entry of kind `other` with unknown usage, so that it is seen.

import type { ExchangeReading } from '../model/call'
import { type JsonObject, objectOf, textOf } from '../wire/json'
import type { ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, unbilledReading } from './reading'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'other'

/** Endpoints that surely bill nothing themselves; a batch is billed when its results are read. */
const FREE =
  /\/(models|files|uploads|batches|moderations|assistants|conversations|containers|vector_stores|count_?tokens|count-tokens|tokenize|detokenize|input_items)(\/|$|:)|:countTokens$|\/threads(\/[^/]+)?(\/messages.*)?$/i

export const OTHER: WireFormat = { recognises: () => true, read: readOther }

/** Reads anything. Billed unless the method or the path says that it surely is not. */
export function readOther(parts: ExchangeParts): ExchangeReading {
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'other', [])
  const raw = parts.reply.kind === 'json' ? usageIn(parts.reply.value) : null
  const reading = unbilledReading(parts, WIRE_FORMAT, 'other', raw)
  if (isFree(parts)) return reading
  return {
    ...reading,
    inferences: reading.inferences.map((inference) => ({ ...inference, ...replyOf(parts), billed: true })),
  }
}

function isFree({ exchange, path }: ExchangeParts): boolean {
  // `/models/NAME:generateContent` is a call on a model and not the list of models.
  const isModelCall = /\/models\/[^/]+:(?!count)/.test(path)
  return exchange.method !== 'POST' || (FREE.test(path) && !isModelCall)
}

/** The provider's own usage object, kept unread. */
function usageIn(body: JsonObject): unknown {
  return body.usage ?? body.usageMetadata ?? null
}

function replyOf({ reply }: ExchangeParts): { responseModel?: string; responseId?: string } {
  const body = reply.kind === 'json' ? reply.value : objectOf(null)
  const [responseModel, responseId] = [textOf(body.model) ?? textOf(body.modelVersion), textOf(body.id)]
  return { ...(responseModel && { responseModel }), ...(responseId && { responseId }) }
}
