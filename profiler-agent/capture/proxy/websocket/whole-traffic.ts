// A WebSocket that speaks no protocol that we group: one exchange of everything that was seen on it.

import type { ExchangeEnd } from '../../../model/exchange'
import { GrowingExchange } from './socket-exchange'
import type { CopyLimits, Moment, SocketExchanges, SocketTraffic } from './traffic'

const SWITCHING_PROTOCOLS = 101
const OPEN_BRACE = 0x7b

/** Keeps messages that are JSON objects, in text or binary frames; audio and other bytes are passed over. */
export class WholeTraffic implements SocketTraffic {
  readonly isIdle = true
  readonly #exchange: GrowingExchange

  constructor(
    readonly exchanges: SocketExchanges,
    limits: CopyLimits,
    since: Moment,
  ) {
    this.#exchange = new GrowingExchange('GET', since, limits)
    exchanges.begun(this, since.startTime)
  }

  fromClient(message: Uint8Array): void {
    if (message[0] === OPEN_BRACE) this.#exchange.addRequest(message)
  }

  fromServer(message: Uint8Array, at: Moment): void {
    if (message[0] === OPEN_BRACE) this.#exchange.addReply(message, at)
  }

  /** Whoever hangs up, a socket has no other end. */
  ended(_end: ExchangeEnd, at: Moment): void {
    this.exchanges.finished(this, this.#exchange.over(SWITCHING_PROTOCOLS, 'complete', at))
  }
}
