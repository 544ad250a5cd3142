// The capture side of one WebSocket: reads a copy of what passes and hands on the masked record of each exchange. Never touches the socket.

import type { ExchangeEnd } from '../../../model/exchange'
import { CallIdentity } from '../call-identity'
import type { CaptureTools } from '../captured-call'
import type { CallRequest } from '../client'
import { exchangeOf } from '../exchange-record'
import { type RawHeaders, requestHeadersFor, withHeader } from '../forwarded-headers'
import type { Route } from '../routing'
import { MessageReader } from './messages'
import { REALTIME_ENDINGS, RESPONSES_ENDINGS, ResponsesTraffic } from './responses-traffic'
import type { Moment, SocketExchange, SocketExchanges, SocketTraffic } from './traffic'
import { WholeTraffic } from './whole-traffic'

export type Side = 'client' | 'server'

export interface SocketParts {
  readonly req: CallRequest
  readonly route: Route
  /** Headers of the upstream's 101. */
  readonly responseHeaders: RawHeaders
  readonly since: Moment
}

/** Throws nothing: a fault costs records of this socket, is said through the guard, and the bytes go on. */
export class CapturedSocket implements SocketExchanges {
  readonly #readers: Readonly<Record<Side, MessageReader>>
  readonly #traffic: SocketTraffic
  readonly #identities = new Map<object, CallIdentity>()
  #undelivered = 0
  #isOver = false
  #isUnreadable = false

  constructor(
    readonly parts: SocketParts,
    readonly tools: CaptureTools,
    /** Called once, when the socket is over and every record has been handed on or given up. */
    readonly onDelivered: () => void,
  ) {
    this.#readers = { client: new MessageReader(tools), server: new MessageReader(tools) }
    const endings = endingsOf(parts.route.path)
    this.#traffic = endings
      ? new ResponsesTraffic(this, tools, endings)
      : new WholeTraffic(this, tools, parts.since)
  }

  get isIdle(): boolean {
    return this.#traffic.isIdle || this.#isUnreadable
  }

  passed(side: Side, bytes: Uint8Array): void {
    if (this.#isUnreadable) return
    try {
      const at = now()
      for (const message of this.#readers[side].push(bytes))
        if (side === 'client') this.#traffic.fromClient(message, at)
        else this.#traffic.fromServer(message, at)
    } catch (error) {
      // One direction alone makes no exchanges: requests without replies would look cut short.
      this.#isUnreadable = true
      this.#dropUnread()
      this.tools.guard.report('reading a WebSocket', error)
    }
  }

  ended(end: ExchangeEnd): void {
    this.tools.guard.run('ending a WebSocket', () => this.#traffic.ended(end, now()))
    this.#dropUnread()
    this.#isOver = true
    this.#tellWhenDelivered()
  }

  begun(key: object, startTime: number): void {
    const { req, route } = this.parts
    const identity = new CallIdentity(req, route, this.tools)
    this.#identities.set(key, identity)
    this.tools.later.add(() => identity.announce(startTime))
  }

  finished(key: object, exchange: SocketExchange): void {
    const identity = this.#identities.get(key)
    if (!identity) return
    this.#identities.delete(key)
    this.#undelivered++
    // What was under way when the messages could not be read any more lacks some.
    const isCut = this.#isUnreadable
    this.tools.later.add(() =>
      this.#deliver(identity, exchange, isCut)
        .catch((error: unknown) => this.tools.guard.report('recording a call', error))
        .finally(() => this.#onDelivered()),
    )
  }

  #dropUnread(): void {
    for (const reader of Object.values(this.#readers)) reader.drop()
  }

  #onDelivered(): void {
    this.#undelivered--
    this.#tellWhenDelivered()
  }

  #tellWhenDelivered(): void {
    if (this.#isOver && this.#undelivered === 0) this.onDelivered()
  }

  async #deliver(identity: CallIdentity, exchange: SocketExchange, isCut: boolean): Promise<void> {
    const { req, route, responseHeaders } = this.parts
    const headers = withHeader(requestHeadersFor(req.rawHeaders), 'host', route.host)
    const record = await exchangeOf(
      {
        ...exchange,
        ...identity.facts,
        copyTruncated: exchange.copyTruncated || isCut,
        transport: 'websocket',
        requestHeaders: withHeader(headers, 'content-type', 'application/json'),
        responseHeaders: withHeader(responseHeaders, 'content-type', 'application/x-ndjson'),
      },
      this.tools.secrets,
    )
    this.tools.onExchange(record)
  }
}

function endingsOf(path: string): ReadonlySet<string> | undefined {
  const [, endpoint] = /\/(responses|realtime)\/?(?:\?|$)/.exec(path) ?? []
  if (endpoint === undefined) return undefined
  return endpoint === 'responses' ? RESPONSES_ENDINGS : REALTIME_ENDINGS
}

function now(): Moment {
  return { startTime: Date.now(), startedAt: performance.now() }
}
