// What one provider API means to the simulator: reading its requests, wording its replies, streams and errors. Types only.

import type { CacheRule } from '../../rules/cache-rules'
import type { JsonObject } from '../json'
import type { CountTokens, Prompt, PromptUnit } from '../prompt'
import type { Reply } from '../reply'

/** What scripts can ask about a call. */
export interface CallFacts {
  readonly model: string
  readonly systemText: string
  readonly lastUserText: string
  /** Tools whose results stand at the end of the prompt; empty when the last word is not a tool's. */
  readonly lastToolResults: readonly { readonly name: string; readonly text: string }[]
  /** Model calls since the last user message, this one included: 1 for the first step of an agent loop. */
  readonly step: number
}

/** What a request is read with, besides its body. */
export interface Reading {
  readonly count: CountTokens
  /** Provider id: whose cache rules hold. */
  readonly provider: string
  /** What the path says instead of the body (Gemini, Bedrock). */
  readonly path?: { readonly model: string; readonly stream: boolean }
}

/** A request for an answer, read and checked. */
export interface ModelRequest {
  readonly provider: string
  readonly model: string
  readonly stream: boolean
  readonly prompt: Prompt
  readonly facts: CallFacts
  /** Cap on output tokens; absent where the request sets none. */
  readonly maxOutputTokens?: number
  readonly cache: {
    readonly rule: CacheRule | undefined
    /** What the provider tells caches apart by, besides key and model. */
    readonly scope: string
    readonly lifetime?: string
    readonly implicitBreakpoint: boolean
    /** Tokens at the beginning of the prompt that the provider holds because a call of its own made it. */
    readonly heldTokens?: number
    /** Id of the earlier answer whose request it wants to be compared with. */
    readonly compareWith?: string
    /** True when the provider may compare later requests with this one. */
    readonly isComparable?: boolean
  }
  /** True when the cache is to be written and nothing said. */
  readonly isPrewarm?: boolean
  readonly body: JsonObject
}

/** What became of the prefix of an earlier request in a later one. Words are those of the rows in rules/cache-invalidation.ts. */
export type Diagnosis =
  | { readonly kind: 'not-found' | 'reused' | 'unavailable' }
  | {
      readonly kind: 'missed'
      readonly reason: string
      /** Tokens that would have been read, had nothing changed. */
      readonly missedTokens: number
      /** Tokens up to the earlier request's last breakpoint. */
      readonly reusableTokens: number
    }

/** One server-sent event; `event` is the `event:` line where the format has one. */
export interface StreamEvent {
  readonly event?: string
  readonly data: string
}

/** Ids and clock of one answer; ids count up per server. */
export interface AnswerContext {
  /** Counted per server, e.g. `000012`. */
  readonly serial: string
  /** Ms since the epoch. */
  readonly at: number
  /** In how many pieces text and arguments are streamed. */
  readonly chunks: number
  readonly withUsage: boolean
  readonly diagnosis?: Diagnosis
}

export interface WireFormat {
  readonly name: 'chat' | 'responses' | 'messages' | 'generate' | 'converse'
  /** Provider id where the path and the model name none. */
  readonly usualProvider: string
  /** Throws `RequestRefused` for what the provider would refuse. */
  read(body: JsonObject, reading: Reading): ModelRequest
  answer(request: ModelRequest, reply: Reply, context: AnswerContext): JsonObject
  stream(request: ModelRequest, reply: Reply, context: AnswerContext): StreamEvent[]
  /** The event by which the provider reports an error in the middle of a stream. */
  streamError(message: string): StreamEvent
  /** What an answer adds to the prompt of a request that goes on from it; absent where no cache looks at it. */
  echo?(answer: JsonObject, count: CountTokens): readonly PromptUnit[]
}
