// Converse of Amazon Bedrock, streamed or not, and its token counting: exchange → one inference with usage, prompt and reply.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage } from '../model/usage'
import { objectOf, textOf } from '../wire/json'
import { type BedrockPath, bedrockPathOf, requestIdOf } from './bedrock-path'
import { converseBlock, conversePrompt } from './bedrock-prompt'
import { type ConverseReply, converseReply } from './bedrock-reply'
import { converseUsage } from './bedrock-usage'
import { converseSettings } from './cache-settings'
import type { ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf, tokenCountReading } from './reading'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'bedrock-converse'

const OPERATIONS: readonly string[] = ['converse', 'converse-stream', 'count-tokens']

export const BEDROCK_CONVERSE: WireFormat = {
  recognises: (parts) => OPERATIONS.includes(bedrockPathOf(parts)?.operation ?? ''),
  read: readBedrockConverse,
}

/** Reads `POST …/model/MODEL/converse`, `…/converse-stream` and `…/count-tokens`, which is free. */
function readBedrockConverse(parts: ExchangeParts): ExchangeReading {
  const { model, operation } = bedrockPathOf(parts) ?? UNKNOWN_PATH
  const named = { ...parts, requestModel: model }
  if (operation === 'count-tokens') return tokenCountReading(named, WIRE_FORMAT)
  return readConverse(named, WIRE_FORMAT, operation === 'converse-stream')
}

const UNKNOWN_PATH: BedrockPath = { model: '', operation: 'converse' }

/** Reads a call in the schema of Converse: `requestModel` is known, and events are named as Converse names them. */
export function readConverse(parts: ExchangeParts, wireFormat: string, stream: boolean): ExchangeReading {
  const prompt = conversePrompt(parts.request)
  if (isFailed(parts)) return { ...failedReading(parts, wireFormat, 'chat', prompt), stream }
  const reply = converseReply(parts.reply, parts.exchange.status)
  return readingOf(parts, {
    wireFormat,
    stream,
    inferences: [inferenceOf(parts, reply)],
    prompt,
    reply: reply.content.map((part) => converseBlock(part, 'output')),
    cacheSettings: converseSettings(parts.request),
    error: reply.error,
    unfinished: stream && !reply.ended,
  })
}

function inferenceOf(
  { exchange, request, requestModel }: ExchangeParts,
  reply: ConverseReply,
): InferenceReading {
  const isOnlyError = reply.error !== undefined && reply.usage === undefined && reply.content.length === 0
  return present({
    kind: 'chat' as const,
    requestModel,
    responseModel: reply.model,
    responseId: requestIdOf(exchange),
    finishReason: reply.stopReason,
    usage: usageOfReply(reply),
    tier: reply.tier ?? textOf(objectOf(request.serviceTier).type),
    speed: reply.latency ?? textOf(objectOf(request.performanceConfig).latency),
    billed: !isOnlyError,
  })
}

/** A guardrail that stops a prompt answers in the model's place: then the zeros are true. */
const GUARDRAIL = 'guardrail_intervened'

function usageOfReply({ usage: raw, content, stopReason, guardrail }: ConverseReply): Usage {
  const kept = guardrail === undefined ? (raw ?? null) : { ...raw, guardrail }
  if (raw === undefined) return unknownUsage(kept)
  const usage = { ...converseUsage(raw, 'reported'), raw: kept }
  return usageOrUnknown(usage, content.length > 0 && stopReason !== GUARDRAIL)
}
