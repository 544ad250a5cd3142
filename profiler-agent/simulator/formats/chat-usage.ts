// How each provider that speaks Chat Completions reports usage, and where a stream carries it. Source: recorded traffic; providers' references.

import type { JsonObject } from '../json'
import { cacheWriteTotal, type ReplyUsage } from '../reply'
import type { ModelRequest } from './wire-format'

export interface ChatDialect {
  readonly usage: (usage: ReplyUsage, request: ModelRequest) => JsonObject
  /** `apart`: a last chunk without choices; `with-finish`: the chunk that has the finish reason. */
  readonly inStream: 'apart' | 'with-finish'
  /** True where a stream has usage whether or not the request asks for it. */
  readonly unasked: boolean
  /** True where the message tells its reasoning as `reasoning_content`. */
  readonly tellsReasoning: boolean
}

const OPENAI: ChatDialect = {
  inStream: 'apart',
  unasked: false,
  tellsReasoning: false,
  usage: (usage, { cache }) => ({
    ...totals(usage.input, usage.output),
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      audio_tokens: 0,
      ...(cache.rule?.chargesWrites ? { cache_write_tokens: cacheWriteTotal(usage) } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }),
}

/** By provider id. */
const DIALECTS: Readonly<Record<string, ChatDialect>> = {
  deepseek: {
    inStream: 'with-finish',
    unasked: false,
    tellsReasoning: true,
    usage: (usage) => ({
      ...totals(usage.input, usage.output),
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
      completion_tokens_details: { reasoning_tokens: usage.reasoning },
      prompt_cache_hit_tokens: usage.cacheRead,
      prompt_cache_miss_tokens: usage.input - usage.cacheRead,
    }),
  },
  xai: {
    inStream: 'apart',
    unasked: true,
    tellsReasoning: true,
    // Reasoning stands beside the completion, not in it.
    usage: (usage) => ({
      prompt_tokens: usage.input,
      completion_tokens: usage.output - usage.reasoning,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: {
        text_tokens: usage.input,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: usage.cacheRead,
      },
      completion_tokens_details: {
        reasoning_tokens: usage.reasoning,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
      num_sources_used: 0,
    }),
  },
  groq: {
    inStream: 'with-finish',
    unasked: true,
    tellsReasoning: false,
    // Details only where there is something to tell.
    usage: (usage) => ({
      queue_time: 0.001,
      prompt_time: 0.001,
      completion_time: 0.001,
      total_time: 0.002,
      ...totals(usage.input, usage.output),
      ...(usage.cacheRead > 0 ? { prompt_tokens_details: { cached_tokens: usage.cacheRead } } : {}),
      ...(usage.reasoning > 0 ? { completion_tokens_details: { reasoning_tokens: usage.reasoning } } : {}),
    }),
  },
  mistral: {
    inStream: 'with-finish',
    unasked: true,
    tellsReasoning: false,
    usage: (usage) => ({
      ...totals(usage.input, usage.output),
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
    }),
  },
  openrouter: { ...OPENAI, unasked: true },
}

/** How a provider reports; as OpenAI does where nothing else is known. */
export function chatDialectOf(provider: string): ChatDialect {
  return DIALECTS[provider] ?? OPENAI
}

function totals(input: number, output: number): JsonObject {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}
