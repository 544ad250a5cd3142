// OpenAI Chat Completions, by OpenAI and everyone who speaks it: exchange → one inference with usage, prompt and reply.

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage } from '../model/usage'
import { numberReply } from './blocks'
import { chatPrompt } from './openai-chat-prompt'
import { type ChatReply, chatReply } from './openai-chat-reply'
import { chatUsage, isAllZero, providerCost } from './openai-usage'
import { type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading } from './reading'
import { requestedTier } from './tier'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-chat'

export const OPENAI_CHAT: WireFormat = {
  recognises: ({ path }) => path.endsWith('/chat/completions'),
  read: readOpenAiChat,
}

/**
 * Reads `POST …/chat/completions`. A stream without usage has unknown usage; usage of a stream that broke off is
 * `partial`. A reply that is nothing but an error is not billed, whatever its status.
 */
export function readOpenAiChat(parts: ExchangeParts): ExchangeReading {
  const prompt = chatPrompt(parts.request)
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, 'chat', prompt)
  const reply = chatReply(parts.reply, parts.exchange.status)
  const finished = isFinished(parts, reply)
  return {
    wireFormat: WIRE_FORMAT,
    stream: isStream(parts),
    inferences: [inferenceOf(parts, reply, finished)],
    prompt,
    reply: numberReply(reply.blocks),
    ...(reply.error && { error: reply.error }),
    malformed: parts.malformed,
    unfinished: isStream(parts) && !finished,
  }
}

/** `[DONE]` ends a stream. Servers that omit it are believed when the model has finished and the connection closed well. */
function isFinished({ exchange, reply }: ExchangeParts, read: ChatReply): boolean {
  if (reply.kind === 'json') return true
  if (reply.kind !== 'events') return false
  return (
    reply.done || (read.finish !== undefined && (read.usage !== undefined || exchange.end === 'complete'))
  )
}

function inferenceOf(parts: ExchangeParts, reply: ChatReply, finished: boolean): InferenceReading {
  const { provider } = parts.exchange
  const isOnlyError = reply.error !== undefined && !reply.hasChoices && reply.usage === undefined
  return present({
    kind: 'chat' as const,
    requestModel: parts.requestModel,
    responseModel: reply.model,
    responseId: reply.id,
    finishReason: reply.finish,
    usage: usageOfReply(reply, provider, finished),
    tier: reply.tier ?? requestedTier(parts.request),
    providerPicoUsd: reply.usage && providerCost(reply.usage, provider),
    billed: !isOnlyError,
  })
}

function usageOfReply(reply: ChatReply, provider: string, finished: boolean): Usage {
  if (reply.usage === undefined) return unknownUsage()
  const usage = chatUsage(reply.usage, provider, finished ? 'reported' : 'partial')
  const saysNothing = usage.inputTokens === null && usage.outputTokens === null
  return saysNothing || (isAllZero(usage) && reply.blocks.length > 0) ? unknownUsage(reply.usage) : usage
}
