// Cohere's embeddings, v1 and v2, and its older endpoints that report billed units: one inference each.

import type { Block, ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { unknownUsage } from '../model/usage'
import { arrayOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, textOrJson } from './blocks'
import { cohereModalities, cohereUsage } from './cohere-usage'
import { chunksOf, type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import type { WireFormat } from './wire-format'

export const COHERE_EMBED: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && /\/v[12]\/embed$/.test(path),
  read: (parts) => readBilledUnits(parts, 'cohere-embed', 'embeddings'),
}

/** Text generation before chat. Shown as `other`, with what its `meta` says was billed. */
export const COHERE_LEGACY: WireFormat = {
  recognises: ({ exchange, path }) =>
    exchange.method === 'POST' && /\/v1\/(generate|summarize|classify)$/.test(path),
  read: (parts) => readBilledUnits(parts, 'cohere-legacy', 'other'),
}

function readBilledUnits(
  parts: ExchangeParts,
  wireFormat: string,
  kind: InferenceReading['kind'],
): ExchangeReading {
  const prompt = promptOf(parts.request)
  if (isFailed(parts)) return failedReading(parts, wireFormat, kind, prompt)
  const body = lastOf(parts)
  const meta = [body.meta, body.usage].find(isObject)
  return readingOf(parts, {
    wireFormat,
    inferences: [
      present({
        kind,
        requestModel: parts.requestModel,
        responseId: textOf(body.id) ?? textOf(body.generation_id),
        usage: meta === undefined ? unknownUsage() : cohereUsage(meta, 'reported'),
        modalities: meta && cohereModalities(meta),
        billed: true,
      }),
    ],
    prompt,
    unfinished: isStream(parts) && body.is_finished !== true,
  })
}

/** The whole JSON reply, or what the last event of a stream holds of it. */
function lastOf({ reply }: ExchangeParts): JsonObject {
  if (reply.kind === 'json') return reply.value
  const last = objectOf(chunksOf(reply).at(-1))
  return { ...last, ...objectOf(last.response) }
}

function promptOf(request: JsonObject): Block[] {
  const prompt = textOf(request.prompt) ?? textOf(request.text)
  return [
    ...(prompt === undefined ? [] : [{ path: 'prompt', kind: 'user' as const, content: prompt }]),
    ...arrayOf(request.texts).map((text, index) => inputBlock(text, `texts[${index}]`, 'user')),
    ...arrayOf(request.images).map((image, index) => inputBlock(image, `images[${index}]`, 'media')),
    ...arrayOf(request.inputs).flatMap((input, index) =>
      arrayOf(objectOf(input).content).map((part, position) => {
        const kind = objectOf(part).type === 'text' ? 'user' : 'media'
        return inputBlock(part, `inputs[${index}].content[${position}]`, kind)
      }),
    ),
  ]
}

function inputBlock(value: unknown, path: string, kind: 'user' | 'media'): Block {
  if (typeof value === 'string') return { path, kind, content: value }
  return { path, kind, content: isObject(value) ? textOrJson(value) : contentOf(value) }
}
