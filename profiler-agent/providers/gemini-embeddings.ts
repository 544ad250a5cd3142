// Embeddings of Google: embedContent and batchEmbedContents, and `:predict` of Vertex, which serves other models too.

import type { Block, ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, type UsageOrigin, unknownUsage, usageOf } from '../model/usage'
import { countOf, isObject, type JsonObject, objectOf } from '../wire/json'
import { GEMINI_FORMAT } from './gemini-generate'
import { fieldOf, listOf, methodOf, modelOf } from './gemini-notation'
import { embeddingPrompt } from './gemini-prompt'
import { type GeminiUsage, generateUsage, knownOrUnknown } from './gemini-usage'
import { bodyOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import { vertexGeo } from './vertex-path'
import type { WireFormat } from './wire-format'

const EMBED: readonly string[] = ['embedContent', 'batchEmbedContents']

export const GEMINI_EMBEDDINGS: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && EMBED.includes(methodOf(path)),
  read: (parts) => readEmbeddings(parts, GEMINI_FORMAT, usageOfEmbeddings),
}

export const VERTEX_PREDICT: WireFormat = {
  recognises: ({ exchange, path }) =>
    exchange.method === 'POST' && methodOf(path) === 'predict' && /\/(models|endpoints)\//.test(path),
  read: (parts) => readEmbeddings(parts, 'vertex-predict', usageOfPrediction),
}

type UsageReader = (reply: JsonObject) => GeminiUsage

/** Reads a call that gives vectors or predictions. Older models report no usage: then it is unknown, not 0. */
function readEmbeddings(exchange: ExchangeParts, wireFormat: string, usageIn: UsageReader): ExchangeReading {
  const parts = { ...exchange, requestModel: modelOf(exchange) }
  const body = bodyOf(parts.reply)
  const kind = kindOf(parts, body)
  const prompt: Block[] = embeddingPrompt(parts.request)
  if (isFailed(parts)) return failedReading(parts, wireFormat, kind, prompt)
  const inference = present({
    kind,
    requestModel: parts.requestModel,
    ...usageIn(body),
    geo: vertexGeo(parts.path),
    billed: true,
  }) satisfies InferenceReading
  return readingOf(parts, {
    wireFormat,
    inferences: [inference],
    prompt,
  })
}

/** `:predict` also makes images, videos and, for old models, text. */
function kindOf({ path, requestModel }: ExchangeParts, body: JsonObject): InferenceReading['kind'] {
  const isPrediction = methodOf(path) === 'predict'
  const isVector = listOf(body.predictions).some((each) =>
    Object.keys(objectOf(each)).some((key) => /embedding/i.test(key)),
  )
  return !isPrediction || isVector || /embed|gecko/i.test(requestModel) ? 'embeddings' : 'other'
}

/** Vertex counts the tokens of each vector where it has no usage of the whole. */
function usageOfEmbeddings(body: JsonObject): GeminiUsage {
  const raw = fieldOf(body, 'usageMetadata')
  if (isObject(raw)) {
    const { usage, modalities } = generateUsage(raw, 'reported')
    // A vector has no output to pay for; some replies give nothing but a total.
    const input = usage.inputTokens ?? countOf(fieldOf(raw, 'totalTokenCount'))
    return knownOrUnknown(
      { usage: inputOnly(input, 'reported', raw), ...(modalities && { modalities }) },
      false,
    )
  }
  return usageOfVectors([...listOf(body.embeddings), ...listOf(body.embedding)], (vector) => vector)
}

function usageOfPrediction(body: JsonObject): GeminiUsage {
  const tokens = objectOf(fieldOf(objectOf(body.metadata), 'tokenMetadata'))
  const [input, output] = ['inputTokenCount', 'outputTokenCount'].map((name) =>
    countOf(fieldOf(objectOf(fieldOf(tokens, name)), 'totalTokens')),
  )
  if (typeof input === 'number')
    return {
      usage: usageOf(
        { uncachedInputTokens: input, cacheReadTokens: null, outputTokens: output ?? null },
        'reported',
        tokens,
      ),
    }
  return usageOfVectors(listOf(body.predictions), (prediction) => objectOf(prediction.embeddings))
}

/** The sum over all vectors; `partial` where some of them say nothing. */
function usageOfVectors(
  values: readonly unknown[],
  vectorOf: (value: JsonObject) => JsonObject,
): GeminiUsage {
  const statistics = values.map((value) => objectOf(vectorOf(objectOf(value)).statistics))
  const counts = statistics.map((each) => countOf(fieldOf(each, 'tokenCount')))
  const known = counts.filter((count) => count !== null)
  if (known.length === 0) return { usage: unknownUsage() }
  const input = known.reduce((sum, count) => sum + count, 0)
  return { usage: inputOnly(input, known.length === counts.length ? 'reported' : 'partial', statistics) }
}

function inputOnly(tokens: number | null, origin: UsageOrigin, raw: unknown): Usage {
  return usageOf({ uncachedInputTokens: tokens, cacheReadTokens: null, outputTokens: null }, origin, raw)
}
