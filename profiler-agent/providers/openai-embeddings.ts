// Embeddings in OpenAI's notation, by OpenAI, Azure, Mistral, Voyage, routers and local servers.

import type { ExchangeReading } from '../model/call'
import { present } from '../model/present'
import { unknownUsage } from '../model/usage'
import { isObject, textOf } from '../wire/json'
import { textBlocks } from './openai-completions'
import { modalitiesOf } from './openai-modalities'
import { embeddingsUsage, providerCost } from './openai-usage'
import { bodyOf, type ExchangeParts } from './parts'
import { errorOfBody, isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-embeddings'

/** Not `/api/embeddings`, which is Ollama's own. */
const PATH = /(?<!\/api)\/(multimodal|contextualized)?embeddings$/

export const OPENAI_EMBEDDINGS: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && PATH.test(path),
  read: readOpenAiEmbeddings,
}

/** Reads `POST …/embeddings`. The vectors are nobody's prompt or reply and are left out. */
export function readOpenAiEmbeddings(parts: ExchangeParts): ExchangeReading {
  const { exchange, request, reply } = parts
  const prompt = textBlocks(request.input ?? request.inputs, 'input')
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'embeddings', prompt)
  const body = bodyOf(reply)
  const raw = isObject(body.usage) ? body.usage : undefined
  const error = errorOfBody(body, exchange.status)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    stream: false,
    inferences: [
      present({
        kind: 'embeddings' as const,
        requestModel: parts.requestModel,
        responseModel: textOf(body.model),
        responseId: textOf(body.id),
        usage: raw ? embeddingsUsage(raw) : unknownUsage(),
        modalities: raw && modalitiesOf(raw),
        providerPicoUsd: raw && providerCost(raw, exchange.provider),
        billed: raw !== undefined || error === undefined,
      }),
    ],
    prompt,
    error,
  })
}
