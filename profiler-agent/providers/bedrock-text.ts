// Models in InvokeModel that have a schema of their own and no usage object: Titan, Llama, Mistral, Cohere, Jurassic, old
// Claude, embeddings, rerankers, images. Read by their fields, since an ARN does not tell the family.

import type { Block, ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { arrayOf, type JsonObject, objectOf, textOf } from '../wire/json'
import { rerankUsage, speechTokens, textUsage } from './bedrock-text-usage'
import { contentOf } from './blocks'
import { chunksOf, type ExchangeParts } from './parts'
import { errorOfBody, isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'

/** Reads such a call. `wireFormat` is said by the caller; a stream has ended where a chunk gave the reason. */
export function readBedrockText(parts: ExchangeParts, wireFormat: string): ExchangeReading {
  const prompt = textPrompt(parts.request)
  const chunks = chunksOf(parts.reply)
  const kind = kindOf(parts, chunks)
  if (isFailed(parts)) return failedReading(parts, wireFormat, kind, prompt)
  const text = chunks.flatMap(textsIn).join('')
  const finishReason = chunks.map(finishIn).findLast((reason) => reason !== undefined)
  const error = chunks.map((chunk) => errorOfBody(chunk, parts.exchange.status)).find(Boolean)
  const ended = parts.reply.kind !== 'events' || finishReason !== undefined || parts.reply.done
  const usage =
    kind === 'rerank'
      ? rerankUsage(parts.request)
      : textUsage(chunks, kind === 'embeddings', ended ? 'reported' : 'partial')
  return readingOf(parts, {
    wireFormat,
    stream: parts.reply.kind === 'events',
    inferences: [
      present({
        kind,
        requestModel: parts.requestModel,
        responseModel: chunks.map((chunk) => textOf(chunk.model)).find(Boolean),
        responseId: chunks.map((chunk) => textOf(chunk.id) ?? textOf(chunk.generation_id)).find(Boolean),
        finishReason,
        usage,
        modalities: speechTokens(chunks),
        billed: error === undefined || text !== '' || usage.origin !== 'unknown',
      }),
    ],
    prompt,
    reply: text === '' ? [] : [{ kind: 'output', content: text }],
    error,
    unfinished: !ended,
  })
}

function kindOf(
  { request, requestModel }: ExchangeParts,
  chunks: readonly JsonObject[],
): InferenceReading['kind'] {
  const says = (pattern: RegExp, ...fields: string[]) =>
    pattern.test(requestModel) || chunks.some((chunk) => fields.some((field) => field in chunk))
  if (/rerank/.test(requestModel) || (Array.isArray(request.documents) && 'query' in request)) return 'rerank'
  if (says(/embed|marengo/, 'embedding', 'embeddings', 'embeddingsByType')) return 'embeddings'
  return says(/(^|\.)stability\.|[.-](image|canvas|reel)-/, 'images', 'artifacts') ? 'other' : 'chat'
}

/** Texts of one chunk or whole body, by the name that each family gives to its output. */
function textsIn(chunk: JsonObject): string[] {
  const lists = [chunk.results, chunk.outputs, chunk.generations, chunk.choices, chunk.completions]
  const inLists = lists.flatMap(arrayOf).map(objectOf)
  const { outputText, generation, completion, text, message } = chunk
  const candidates = [
    ...[outputText, generation, completion, text, message],
    ...inLists.flatMap((item) => [item.outputText, item.text, objectOf(item.data).text]),
    objectOf(objectOf(chunk.event).textOutput).content,
  ]
  return candidates.flatMap((candidate) => textOf(candidate) ?? [])
}

function finishIn(chunk: JsonObject): string | undefined {
  const lists = [chunk.results, chunk.outputs, chunk.generations, chunk.choices, chunk.completions]
  return [chunk, ...lists.flatMap(arrayOf).map(objectOf)]
    .flatMap((item) => [
      ...[item.completionReason, item.stop_reason, item.finish_reason, item.finishReason],
      objectOf(item.finishReason).reason,
    ])
    .map(textOf)
    .find((reason) => reason !== undefined)
}

/** Blocks of a request, by the name that each family gives to its input; paths are where they stand in its JSON. */
function textPrompt(request: JsonObject): Block[] {
  return [
    ...listed(request, 'tools', 'tool_def'),
    ...single(request, 'preamble', 'system'),
    ...listed(request, 'documents', 'retrieval'),
    ...listed(request, 'chat_history', 'user'),
    ...(['prompt', 'inputText', 'inputPrompt', 'query', 'message'] as const).flatMap((name) =>
      single(request, name, 'user'),
    ),
    ...listed(request, 'texts', 'user'),
    ...listed(request, 'tool_results', 'tool_result'),
  ]
}

function single(request: JsonObject, path: string, kind: Block['kind']): Block[] {
  const content = textOf(request[path])
  return content === undefined ? [] : [{ path, kind, content }]
}

function listed(request: JsonObject, name: string, kind: Block['kind']): Block[] {
  return arrayOf(request[name]).map((value, index) => {
    const item = objectOf(value)
    const isAnswer = item.role === 'CHATBOT'
    return present({
      path: `${name}[${index}]`,
      kind: isAnswer ? ('assistant' as const) : kind,
      name: kind === 'tool_def' ? textOf(item.name) : undefined,
      content: textOf(value) ?? textOf(item.message) ?? contentOf(value),
    })
  })
}
