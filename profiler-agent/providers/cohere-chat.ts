// Cohere's own chat, v1 and v2, by Cohere and whoever hosts its models: exchange → one inference with usage, prompt and reply.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage } from '../model/usage'
import { coherePrompt } from './cohere-prompt'
import { type CohereReply, cohereReply } from './cohere-reply'
import { cohereUsage } from './cohere-usage'
import type { ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import { usageOrUnknown } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'cohere-chat'

export const COHERE_CHAT: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && /\/v[12]\/chat$/.test(path),
  read: readCohereChat,
}

/**
 * Reads `POST …/v1/chat` and `…/v2/chat`. Usage comes with the last event only, so a stream that broke off has none.
 * Replies name no model: the request's counts.
 */
function readCohereChat(parts: ExchangeParts): ExchangeReading {
  const prompt = coherePrompt(parts.request)
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'chat', prompt)
  const reply = cohereReply(parts.reply, parts.exchange.status)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    inferences: [inferenceOf(parts, reply)],
    prompt,
    reply: reply.blocks,
    error: reply.error,
    unfinished: !reply.ended,
  })
}

function inferenceOf({ requestModel }: ExchangeParts, reply: CohereReply): InferenceReading {
  const isOnlyError = reply.error !== undefined && reply.blocks.length === 0 && reply.usage === undefined
  return present({
    kind: 'chat' as const,
    requestModel,
    responseId: reply.id,
    finishReason: reply.finish,
    usage: usageOfReply(reply),
    billed: !isOnlyError,
  })
}

function usageOfReply(reply: CohereReply): Usage {
  if (reply.usage === undefined) return unknownUsage()
  const usage = cohereUsage(reply.usage, reply.ended ? 'reported' : 'partial')
  return usageOrUnknown(usage, reply.blocks.length > 0)
}
