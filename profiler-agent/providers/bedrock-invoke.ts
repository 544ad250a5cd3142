// InvokeModel of Amazon Bedrock, streamed or not: bodies in the model's own schema, read as that, and Bedrock's own counts.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { arrayOf, decodeJson, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { readAnthropicMessages } from './anthropic-messages'
import { readConverse } from './bedrock-converse'
import { bedrockPathOf, requestIdOf } from './bedrock-path'
import { CONVERSE_EVENTS } from './bedrock-reply'
import { readBedrockText } from './bedrock-text'
import {
  countsOfHeaders,
  countsOfMetrics,
  guardrailUsage,
  type InvocationCounts,
  withCounts,
} from './bedrock-usage'
import { numberReply, type ReplyBlock } from './blocks'
import { readOpenAiChat } from './openai-chat'
import { chunksOf, type ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { unbilledReading } from './reading'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'bedrock-invoke'

export const BEDROCK_INVOKE: WireFormat = {
  recognises: (parts) => bedrockPathOf(parts)?.operation.startsWith('invoke') ?? isJob(parts),
  read: readBedrockInvoke,
}

/** Jobs that write to a bucket of the user's later on: starting one and asking for it bills nothing by itself. */
function isJob({ exchange, path }: ExchangeParts): boolean {
  return (
    /\/async-invoke(\/[^/]+)?$/.test(path) &&
    /(^|\.)bedrock|amazonaws/.test(`${exchange.provider} ${exchange.url}`)
  )
}

/**
 * Reads `POST …/model/MODEL/invoke` and its streams. Usage is the model's own where its reply has some, filled from
 * Bedrock's counts: in headers of a whole reply, in the last chunk of a stream.
 */
function readBedrockInvoke(outer: ExchangeParts): ExchangeReading {
  const path = bedrockPathOf(outer)
  if (path === undefined) return unbilledReading(outer, WIRE_FORMAT, 'other', null)
  const parts = unwrapped({ ...outer, requestModel: path.model })
  const stream = path.operation !== 'invoke'
  const own = readerFor(parts)(parts)
  // A stream that broke off in its first bytes is no stream of events to anybody.
  const isCut = stream && (parts.reply.kind === 'none' || parts.reply.kind === 'text') && !isFailed(parts)
  const reading = { ...own, wireFormat: WIRE_FORMAT, stream, unfinished: own.unfinished || isCut }
  const [only] = reading.inferences
  if (isFailed(parts) || only === undefined || reading.inferences.length > 1) return reading
  return { ...reading, inferences: [{ ...only, ...beside(parts, only) }] }
}

type Reader = (parts: ExchangeParts) => ExchangeReading

/** By what the bodies look like and not by the model's name: profiles and imported models do not tell. */
function readerFor({ request, reply }: ExchangeParts): Reader {
  const chunks = chunksOf(reply)
  const messages = arrayOf(request.messages)
  if ('anthropic_version' in request || chunks.some(isAnthropic)) return readAnthropicMessages
  if (chunks.some(isConverse) || 'schemaVersion' in request || messages.some(hasUntypedParts))
    return (parts) => withWholeTexts(readConverse(parts, WIRE_FORMAT, reply.kind === 'events'))
  if (chunks.some(isChat) || (messages.length > 0 && !chunks.some((chunk) => 'outputs' in chunk)))
    return (parts) => withStopReason(readOpenAiChat(parts), chunks)
  return (parts) => readBedrockText(parts, WIRE_FORMAT)
}

function isAnthropic(chunk: JsonObject): boolean {
  return chunk.type === 'message' || chunk.type === 'message_start'
}

/** Amazon's own models speak the schema of Converse. */
function isConverse(chunk: JsonObject): boolean {
  return isObject(objectOf(chunk.output).message) || CONVERSE_EVENTS.some((name) => isObject(chunk[name]))
}

function hasUntypedParts(message: unknown): boolean {
  const [part] = arrayOf(objectOf(message).content)
  return isObject(part) && !('type' in part)
}

function isChat(chunk: JsonObject): boolean {
  return arrayOf(chunk.choices).some(
    (choice) => isObject(choice) && ('message' in choice || 'delta' in choice),
  )
}

/** Amazon's models number every piece of a streamed text as a block of its own; the next prompt holds it as one. */
function withWholeTexts(reading: ExchangeReading): ExchangeReading {
  const whole: ReplyBlock[] = []
  for (const { path: _, ...block } of reading.reply) {
    const last = whole.at(-1)
    if (block.kind !== 'output' || last?.kind !== 'output') whole.push(block)
    else whole.splice(-1, 1, { ...last, content: last.content + block.content })
  }
  return { ...reading, reply: numberReply(whole) }
}

/** Mistral's chat models give the reason under a name of their own. */
function withStopReason(reading: ExchangeReading, chunks: readonly JsonObject[]): ExchangeReading {
  const reason = chunks
    .flatMap((chunk) => arrayOf(chunk.choices))
    .map((choice) => textOf(objectOf(choice).stop_reason))
    .findLast((each) => each !== undefined)
  if (reason === undefined) return reading
  return {
    ...reading,
    inferences: reading.inferences.map((inference) => ({ finishReason: reason, ...inference })),
  }
}

/** The exchange with the model's own objects in place of the chunks that carry them in base64. */
function unwrapped(parts: ExchangeParts): ExchangeParts {
  if (parts.reply.kind !== 'events') return parts
  const readings = parts.reply.events.map((event) =>
    typeof event.bytes === 'string'
      ? decodeJson(Buffer.from(event.bytes, 'base64'))
      : { ok: true as const, value: event },
  )
  const events = readings.flatMap((reading) => (reading.ok && isObject(reading.value) ? [reading.value] : []))
  return {
    ...parts,
    reply: { kind: 'events', events, done: countsOfMetrics(events) !== undefined },
    malformed: parts.malformed + readings.length - events.length,
  }
}

/** What Bedrock itself says beside the model's reply. */
function beside(parts: ExchangeParts, inference: InferenceReading): Partial<InferenceReading> {
  const { requestHeaders, responseHeaders } = parts.exchange
  const header = (name: string) => textOf(responseHeaders[name]) ?? textOf(requestHeaders[name])
  return present({
    responseId: inference.responseId ?? requestIdOf(parts.exchange),
    usage: usageOf(parts, inference),
    tier: header('x-amzn-bedrock-service-tier') ?? inference.tier,
    speed: header('x-amzn-bedrock-performanceconfig-latency') ?? inference.speed,
  })
}

function usageOf(parts: ExchangeParts, { kind, usage }: InferenceReading): InferenceReading['usage'] {
  if (kind === 'rerank') return usage
  const chunks = chunksOf(parts.reply)
  const metrics = countsOfMetrics(chunks)
  const counted = metrics ?? countsOfHeaders(parts.exchange.responseHeaders)
  const counts: InvocationCounts = kind === 'embeddings' ? { ...counted, output: null } : counted
  // Headers know the whole of a reply of which the body was cut short; of a stream they know no end.
  const isWhole = parts.reply.kind !== 'events' || metrics !== undefined
  const isCounted = counts.input !== null || counts.output !== null
  const origin = isWhole ? 'reported' : usage.origin === 'unknown' ? 'partial' : usage.origin
  const full = isCounted ? withCounts(usage, counts, origin) : usage
  const guardrail = chunks.map((chunk) => guardrailUsage(chunk['amazon-bedrock-trace'])).find(Boolean)
  return guardrail === undefined ? full : { ...full, raw: { ...objectOf(full.raw), guardrail } }
}
