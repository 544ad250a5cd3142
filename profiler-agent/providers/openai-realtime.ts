// OpenAI Realtime over a WebSocket: every finished response among the frames is one inference.
// Source: openai 7.57.0 realtime.d.ts `RealtimeResponseUsage`.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { unknownUsage } from '../model/usage'
import { arrayOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { modalitiesOf } from './openai-modalities'
import { replyBlocks, responsesPrompt } from './openai-responses-items'
import { responsesUsage } from './openai-usage'
import { chunksOf, type ExchangeParts } from './parts'
import { errorOfBody, isFailed } from './provider-error'
import { failedReading, readingOf, unbilledReading } from './reading'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-realtime'

export const OPENAI_REALTIME: WireFormat = {
  recognises: ({ exchange, path }) => exchange.transport === 'websocket' && path.endsWith('/realtime'),
  read: readOpenAiRealtime,
}

/** Reads the frames of one or more responses. A response that was begun and never done has unknown usage. */
function readOpenAiRealtime(parts: ExchangeParts): ExchangeReading {
  const requestModel = parts.requestModel || modelInQuery(parts.exchange.url)
  const prompt = responsesPrompt(objectOf(parts.request.response))
  if (isFailed(parts)) return failedReading({ ...parts, requestModel }, WIRE_FORMAT, 'chat', prompt)
  const frames = chunksOf(parts.reply)
  const done = frames.filter(({ type }) => type === 'response.done').map(({ response }) => objectOf(response))
  const begun = frames.filter(({ type }) => type === 'response.created')
  const error = frames
    .map((frame) => errorOfBody(frame, parts.exchange.status))
    .find((each) => each !== undefined)
  const { provider } = parts.exchange
  // One that was begun has worked; without any, nothing has.
  const responses = done.length > 0 ? done : begun.slice(0, 1).map(() => ({}))
  const inferences = responses.map((response) => inferenceOf(response, requestModel, provider))
  const { inferences: nothing } = unbilledReading({ ...parts, requestModel }, WIRE_FORMAT, 'chat', null)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    stream: true,
    inferences: inferences.length > 0 ? inferences : nothing,
    prompt,
    reply: done.flatMap(({ output }) => arrayOf(output).filter(isObject).flatMap(replyBlocks)),
    error,
    unfinished: begun.length > done.length,
  })
}

function inferenceOf(response: JsonObject, requestModel: string, provider: string): InferenceReading {
  const raw = isObject(response.usage) ? response.usage : undefined
  const hasOutput = arrayOf(response.output).length > 0
  return present({
    kind: 'chat' as const,
    requestModel,
    responseModel: textOf(response.model),
    responseId: textOf(response.id),
    finishReason: textOf(objectOf(response.status_details).reason) ?? textOf(response.status),
    usage: raw ? usageOrUnknown(responsesUsage(raw, provider, {}, 'reported'), hasOutput) : unknownUsage(),
    modalities: raw && modalitiesOf(raw),
    billed: raw !== undefined || response.status !== 'failed',
  })
}

function modelInQuery(url: string): string {
  return URL.canParse(url) ? (new URL(url).searchParams.get('model') ?? '') : ''
}
