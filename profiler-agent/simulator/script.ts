// The script of the embedded model server: what it replies to which call. Types only.

import type { Wanted } from './reply'

/**
 * What goes wrong in a reply.
 * `status`: an HTTP error in the provider's own body. `reset`: the connection breaks after `afterEvents` stream events (half way
 * through a plain body). `end`: the stream ends there as if it were whole. `stall`: nothing more comes for `ms` (for ever without
 * it). `malformed`: an event (or the body) is not JSON. `error`: the provider's error event. `no-usage`: usage is left out.
 */
export type Fault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly message?: string
      readonly code?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'reset' | 'end' | 'malformed'; readonly afterEvents: number }
  | { readonly kind: 'error'; readonly afterEvents: number; readonly message?: string }
  | { readonly kind: 'stall'; readonly afterEvents: number; readonly ms?: number }
  | { readonly kind: 'no-usage' }

/** Conditions; all that are given must hold. Texts are compared case-sensitively. */
export interface When {
  readonly api?: 'chat' | 'responses' | 'messages' | 'generate' | 'converse'
  /** Model id, with `*` for any characters. */
  readonly model?: string
  readonly systemContains?: string
  readonly lastUserContains?: string
  /** Name of a tool whose result ends the prompt; `null`: no tool result does. */
  readonly lastToolResult?: string | null
  readonly lastToolResultContains?: string
  /** Model calls since the last user message, from 1. */
  readonly step?: number
  /** Number of the call on this server, from 1. */
  readonly call?: number
}

export interface Pace {
  /** Whole time of a reply. */
  readonly latencyMs: number
  /** Time to the first event of a stream; less than `latencyMs`. */
  readonly firstTokenMs: number
  /** Pieces in which each text and each tool call's arguments are streamed. */
  readonly chunks: number
}

export interface ScriptedReply extends Wanted, Partial<Pace> {
  readonly when?: When
  /** How many calls may use it; without it 1, or any number where there is a condition. */
  readonly times: number
  readonly fault?: Fault
  /** By how much the server's clock goes forward before the call is looked at. */
  readonly afterMs?: number
}

export interface Script {
  readonly replies: readonly ScriptedReply[]
  readonly pace: Partial<Pace>
  /** What a call gets that no reply fits: the default reply, or an HTTP 400 that says so. */
  readonly otherwise: 'echo' | 'error'
  /** Requests a minute with one beginning and one cache key that one machine takes, each with caches of its own; absent: any number. */
  readonly requestsPerMinute?: number
}
