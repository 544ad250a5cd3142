// Ollama's own API: chat, generation and embeddings. Its OpenAI and Anthropic surfaces are read as those formats.
// Source: ollama 0.6.4 index.d.ts; ollama/ollama docs/api.md and api/types.go (Metrics).

import type { ExchangeReading, InferenceReading } from '../model/call'
import { present } from '../model/present'
import { type Usage, unknownUsage, usageOf } from '../model/usage'
import { countOf, type JsonObject } from '../wire/json'
import { ollamaPrompt } from './ollama-prompt'
import { type OllamaReply, ollamaReply } from './ollama-reply'
import { bodyOf, type ExchangeParts, isStream } from './parts'
import { isFailed } from './provider-error'
import { failedReading, readingOf } from './reading'
import { inputBuckets } from './usage-rules'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'ollama'

export const OLLAMA: WireFormat = {
  recognises: ({ exchange, path }) =>
    exchange.method === 'POST' && /\/api\/(chat|generate|embed|embeddings)$/.test(path),
  read: readOllama,
}

/**
 * Reads `POST …/api/{chat,generate,embed,embeddings}`. The counts stand on the line with `done: true`; one that is
 * missing is unknown, since older servers leave out the prompt's when they had it cached. Loading and unloading a
 * model is not an inference.
 */
function readOllama(parts: ExchangeParts): ExchangeReading {
  const kind = /\/embed(dings)?$/.test(parts.path) ? 'embeddings' : 'chat'
  const prompt = ollamaPrompt(parts.request)
  if (isFailed(parts)) return failedReading(parts, WIRE_FORMAT, kind, prompt)
  const reply = ollamaReply(parts.reply, parts.exchange.status)
  // Without `stream: false` a chat is a stream.
  const isStreamed =
    isStream(parts) || (kind === 'chat' && parts.reply.kind !== 'json' && parts.request.stream !== false)
  return readingOf(parts, {
    wireFormat: WIRE_FORMAT,
    stream: isStreamed,
    inferences: [kind === 'chat' ? chatInference(parts, reply) : embeddingInference(parts, reply)],
    prompt,
    reply: reply.blocks,
    error: reply.error,
    unfinished: kind === 'chat' && reply.last === undefined,
  })
}

function chatInference(parts: ExchangeParts, reply: OllamaReply): InferenceReading {
  const isOnlyError = reply.error !== undefined && reply.blocks.length === 0
  const billed = !isOnlyError && !isLoading(parts.request, reply)
  return inferenceOf('chat', parts, reply, billed ? chatUsage(reply) : unknownUsage(), billed)
}

/** A request without a prompt only loads the model, or unloads it with `keep_alive: 0`. */
function isLoading(request: JsonObject, reply: OllamaReply): boolean {
  if (reply.finish === 'load' || reply.finish === 'unload') return true
  const { messages, prompt } = request
  const asksNothing = 'model' in request && !prompt && !(Array.isArray(messages) && messages.length > 0)
  return asksNothing && reply.blocks.length === 0 && chatUsage(reply).origin === 'unknown'
}

function chatUsage({ last }: OllamaReply): Usage {
  if (last === undefined) return unknownUsage()
  const raw = metricsOf(last)
  const [input, output] = [countOf(last.prompt_eval_count), countOf(last.eval_count)]
  if (input === null && output === null) return unknownUsage(raw)
  const read = countOf(last.prompt_eval_cached_count)
  return usageOf({ ...inputBuckets(input, read), outputTokens: output }, 'reported', raw)
}

function embeddingInference(parts: ExchangeParts, reply: OllamaReply): InferenceReading {
  const body = bodyOf(parts.reply)
  const input = countOf(body.prompt_eval_count)
  const raw = metricsOf(body)
  const buckets = { uncachedInputTokens: input, cacheReadTokens: null, outputTokens: null }
  const usage = input === null ? unknownUsage(raw) : usageOf(buckets, 'reported', raw)
  return inferenceOf('embeddings', parts, reply, usage, reply.error === undefined)
}

function inferenceOf(
  kind: InferenceReading['kind'],
  { requestModel }: ExchangeParts,
  reply: OllamaReply,
  usage: Usage,
  billed: boolean,
): InferenceReading {
  return present({
    kind,
    requestModel,
    responseModel: reply.model,
    finishReason: reply.finish,
    usage,
    billed,
  })
}

/** Counts and durations (nanoseconds), which stand beside the reply itself; `null` where there are none. */
function metricsOf(line: JsonObject): JsonObject | null {
  const metrics = Object.entries(line).filter(([key]) => /_(count|duration)$/.test(key))
  return metrics.length === 0 ? null : Object.fromEntries(metrics)
}
