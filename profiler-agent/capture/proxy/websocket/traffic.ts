// What a WebSocket's messages amount to: the record of one exchange over it, and who makes such records. Types only.

import type { BudgetEffect, ExchangeEnd } from '../../../model/exchange'
import type { CaptureTools } from '../captured-call'

/** A moment on both clocks: ms since the epoch, and ms of `performance.now()`. */
export interface Moment {
  readonly startTime: number
  readonly startedAt: number
}

/** How much may be kept: of one body or message, and of all that is under way. */
export type CopyLimits = Pick<CaptureTools, 'maxCopyBytes' | 'copyRoom'>

/** One exchange over a socket. Bodies are JSON lines and own their memory; `firstByteMs` and `durationMs` count from `startTime`. */
export interface SocketExchange {
  readonly method: string
  readonly status: number
  readonly startTime: number
  readonly requestBody: Uint8Array
  readonly responseBody: Uint8Array
  readonly firstByteMs?: number
  readonly durationMs: number
  readonly end: ExchangeEnd
  readonly copyTruncated: boolean
  /** Where a budget refused or ended it, or gave it a cap. */
  readonly budget?: BudgetEffect
}

/** Hears of the exchanges of one socket: each is begun once and finished once, under the same key. */
export interface SocketExchanges {
  begun(key: object, startTime: number): void
  finished(key: object, exchange: SocketExchange): void
}

/** Groups the messages of one socket into exchanges. */
export interface SocketTraffic {
  /** True when nothing is under way that the socket's end would cut short. */
  readonly isIdle: boolean
  fromClient(message: Uint8Array, at: Moment): void
  fromServer(message: Uint8Array, at: Moment): void
  /** The socket is over; whatever is still open ends like this. */
  ended(end: ExchangeEnd, at: Moment): void
}
