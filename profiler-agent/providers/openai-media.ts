// Images, transcription and speech as OpenAI offers them: one inference, with usage where the model is billed by tokens.
// Source: openai 7.57.0 images.d.ts, audio/transcriptions.d.ts. Older models are billed by image, second or character and say nothing.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage } from '../model/usage'
import { isObject, type JsonObject, textOf } from '../wire/json'
import { imageModalities, modalitiesOf } from './openai-modalities'
import { chatUsage, providerCost, responsesUsage } from './openai-usage'
import type { ExchangeParts } from './parts'
import { errorOfBody, isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

/** OpenRouter's has nothing behind `images`. */
const IMAGES = /\/images(\/(generations|edits|variations))?$/
const AUDIO = /\/audio\/(transcriptions|translations|speech)$/

export const OPENAI_MEDIA: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && (IMAGES.test(path) || AUDIO.test(path)),
  read: readOpenAiMedia,
}

/** Reads `POST …/images/…` and `POST …/audio/…`, streamed or not. What was made or heard is not kept. */
function readOpenAiMedia(parts: ExchangeParts): ExchangeReading {
  const isImages = IMAGES.test(parts.path)
  const wireFormat = isImages ? 'openai-images' : 'openai-audio'
  const requestModel = parts.requestModel || modelInForm(parts)
  const text = textOf(parts.request.prompt) ?? textOf(parts.request.input)
  const prompt = text === undefined ? [] : [{ path: 'prompt', kind: 'user' as const, content: text }]
  if (isFailed(parts)) return failedReading({ ...parts, requestModel }, wireFormat, 'other', prompt)
  const { body, finished } = lastOf(parts)
  const error = errorOfBody(body, parts.exchange.status)
  // Sound and subtitles are no JSON, and nothing is wrong with that.
  const heard = parts.reply.kind === 'text' ? { ...parts, malformed: 0 } : parts
  return readingOf(heard, {
    wireFormat,
    inferences: [inferenceOf({ ...parts, requestModel }, body, isImages, error === undefined)],
    prompt,
    error,
    unfinished: !finished,
  })
}

/** The reply, or the event of a stream that has the usage. */
function lastOf({ reply }: ExchangeParts): { body: JsonObject; finished: boolean } {
  if (reply.kind === 'json') return { body: reply.value, finished: true }
  if (reply.kind !== 'events') return { body: {}, finished: true }
  const last = reply.events.findLast(({ usage, error }) => isObject(usage) || error !== undefined)
  const isEnd = ({ type }: JsonObject) => /\.(completed|done)$/.test(textOf(type) ?? '')
  return { body: last ?? {}, finished: reply.done || reply.events.some(isEnd) }
}

function inferenceOf(
  { exchange, requestModel }: ExchangeParts,
  body: JsonObject,
  isImages: boolean,
  isWithoutError: boolean,
): InferenceReading {
  const raw = isObject(body.usage) ? body.usage : undefined
  return present({
    kind: 'other' as const,
    requestModel,
    responseModel: textOf(body.model),
    usage: raw ? usageOf(raw, exchange.provider) : unknownUsage(),
    modalities: raw && (isImages ? imageModalities(raw) : modalitiesOf(raw)),
    providerPicoUsd: raw && providerCost(raw, exchange.provider),
    billed: raw !== undefined || isWithoutError,
  })
}

/** In the notation of Responses, or of chat. `{type: "duration", seconds}` is billed by time: no tokens are known. */
function usageOf(raw: JsonObject, provider: string): Usage {
  const usage =
    'prompt_tokens' in raw
      ? chatUsage(raw, provider, 'reported')
      : responsesUsage(raw, provider, {}, 'reported')
  return usageOrUnknown(usage, true)
}

/** The `model` field of a multipart form. */
function modelInForm({ exchange }: ExchangeParts): string {
  const { buffer, byteOffset, byteLength } = exchange.requestBody
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const at = bytes.indexOf('name="model"')
  if (at < 0) return ''
  const field = bytes.subarray(at, at + 300).toString('latin1')
  return /\r?\n\r?\n([^\r\n]*)/.exec(field)?.[1] ?? ''
}
