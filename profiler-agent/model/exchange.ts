// One HTTP exchange as a capture saw it: the common record in which every way in ends. Types only.

import type { Frame } from './span'

/** How an exchange ended. `truncated`: the upstream broke off; `aborted`: the client did; `unreachable`: no upstream answered. */
export type ExchangeEnd = 'complete' | 'truncated' | 'aborted' | 'unreachable'

/** Who makes a call and for what: first what its `x-costflame-*` headers say, then, in the pipeline, what all sources of it say. */
export interface Attribution {
  readonly agent?: string
  readonly agentId?: string
  /** The program does not say so: a rule of the user's does. */
  readonly agentByRule?: true
  readonly step?: string
  readonly stepId?: string
  readonly parent?: string
  readonly session?: string
  readonly agentVersion?: string
  readonly intent?: string
  readonly tenant?: string
  readonly tags?: Readonly<Record<string, string>>
  /** Frames as sent: innermost first, not yet source-mapped, not yet filtered to the user's own. */
  readonly callSite?: readonly Frame[]
  /** Which request of its own the program was answering, as the hook knows it. */
  readonly context?: string
  /** Trace id of the call (W3C `traceparent`, else another's header): the spans of one trace belong to one piece of work. */
  readonly traceId?: string
  /** Command line of the process that made the call, for runs that nobody announced. */
  readonly command?: string
  /** What was sent and could not be understood or kept, in words for people. */
  readonly ignored?: readonly string[]
}

/** What a budget did to a call. */
export interface BudgetEffect {
  /** `refused`: nothing was sent, the answer is ours · `ended`: the reply was broken off, in its own format. */
  readonly stop?: 'refused' | 'ended'
  /** `budget/totalTokens` …, with `stop`. */
  readonly rule?: string
  /** What the program was told, with `stop`. */
  readonly message?: string
  /** What the refused request would have taken. */
  readonly avoided?: AvoidedInput
  /** Cap of the output in tokens that the request went up with in place of its own. */
  readonly outputCap?: number
}

/** An estimate, without the reply that nobody gave. */
export interface AvoidedInput {
  readonly inputTokens: number
  /** At what the request before cost that it goes on from; absent where there is none, or its price is not known. */
  readonly picoUsd?: number
}

/**
 * Bodies are the bytes on the wire after transfer encoding, before content decoding (`content-encoding` is in the headers).
 * Header names are lower case; credentials are masked in headers, URL and attribution before this record exists.
 * `startTime` is ms since the epoch; the other times are ms after it on a monotonic clock.
 */
export interface HttpExchange {
  readonly id: string
  readonly runId: string
  readonly provider: string
  /** Set where the call went over a WebSocket: the body of the request is its frame, the reply the frames of one response as JSON lines. */
  readonly transport?: 'websocket'
  readonly method: string
  /** Upstream URL, credentials masked. */
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly requestBody: Uint8Array
  readonly status: number
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: Uint8Array
  readonly startTime: number
  readonly firstByteMs?: number
  readonly durationMs: number
  readonly end: ExchangeEnd
  /** Network error text where `end` is not `complete`. */
  readonly error?: string
  /** True when a copy hit its cap; the bytes on the wire were whole. */
  readonly copyTruncated: boolean
  readonly attribution: Attribution
  /** Set where a budget changed, ended or refused the call. The request's body is the client's all the same. */
  readonly budget?: BudgetEffect
  /** Only where a credential may still be read from the bodies: those of this call alone, to mask there beside all that are remembered. Never written. */
  readonly secrets?: readonly string[]
  /** Set where the exchange was not seen live but read from a recording. */
  readonly recording?: RecordingPlace
}

/** Where a recorded exchange stands, and the moment whose prices count: its own, else that of the import (ms since the epoch). */
export interface RecordingPlace {
  /** Relative to what was imported, with forward slashes. */
  readonly file: string
  /** From 0. */
  readonly index: number
  readonly pricedAt: number
  readonly pricedAtBasis: 'recorded' | 'import'
}
