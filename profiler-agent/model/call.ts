// What a provider adapter reads out of an exchange: billed inferences with usage, and the prompt as blocks. Types only.

import type { CacheSettings } from './cache-settings'
import type { Attribution } from './exchange'
import type { SegmentKind, SpanKind } from './span'
import type { CacheTtl, Usage } from './usage'

/** Parts of a prompt in the order in which the provider renders them (tools, system, messages), then the reply. */
export interface Block {
  readonly path: string
  readonly kind: Exclude<SegmentKind, 'overhead' | 'hidden'>
  /** Tool name for `tool_def`, `tool_call` and, where it can be found, `tool_result`. */
  readonly name?: string
  /** Id that ties a tool result to its tool call. */
  readonly toolCallId?: string
  /** The text that the model sees, cache marks removed; the serialised JSON where there is no plain text. */
  readonly content: string
  /** Set when a cache breakpoint stands on this block. */
  readonly mark?: CacheTtl
}

/**
 * Tokens of audio, images and video: parts of the usage buckets, not in addition to them. Some models price them apart.
 * An absent field is none or unknown.
 */
export interface ModalityTokens {
  /** Parts of the uncached input; where the provider does not say which of a kind were cached, all of them. */
  readonly audioInput?: number
  readonly imageInput?: number
  readonly videoInput?: number
  /** Parts of the cache reads, in addition to those of the uncached input. */
  readonly audioCacheRead?: number
  readonly imageCacheRead?: number
  readonly audioOutput?: number
  readonly imageOutput?: number
  readonly videoOutput?: number
}

/** One billed inference. `responseModel`, `tier` and `geo` are from the response where it says so. */
export interface InferenceReading {
  readonly kind: Extract<SpanKind, 'chat' | 'embeddings' | 'rerank' | 'other'>
  readonly requestModel: string
  readonly responseModel?: string
  readonly responseId?: string
  readonly finishReason?: string
  readonly usage: Usage
  readonly modalities?: ModalityTokens
  readonly tier?: string
  readonly speed?: string
  readonly geo?: string
  /** The provider's own figure, in pico-dollars. */
  readonly providerPicoUsd?: number
  readonly billed: boolean
}

/** Everything an adapter says about one exchange. Throws nothing: what it cannot read is unknown, and counted in `malformed`. */
export interface ExchangeReading {
  readonly wireFormat: string
  readonly stream: boolean
  readonly inferences: readonly InferenceReading[]
  /** The prompt, in render order. */
  readonly prompt: readonly Block[]
  /** The reply: text, reasoning and tool calls. */
  readonly reply: readonly Block[]
  /** An earlier response whose server-held history the prompt continues. */
  readonly previousResponseId?: string
  /** A conversation that the server holds: the prompt continues whatever was said in it last. */
  readonly conversationId?: string
  /** What request and reply say of prompt caching, beside the marks on blocks. */
  readonly cacheSettings?: CacheSettings
  readonly error?: { readonly status: number; readonly code?: string; readonly message: string }
  /** What the body of the request says of who calls: its metadata, the end user, the conversation. */
  readonly caller?: Attribution
  /** Frames or bodies that could not be parsed. */
  readonly malformed: number
  /** True when a stream ended without its terminal event. */
  readonly unfinished: boolean
}
