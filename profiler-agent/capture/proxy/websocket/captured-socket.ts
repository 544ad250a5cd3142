// The capture side of one WebSocket: reads a copy of what passes and hands on the masked record of each exchange. Never touches the socket.

import type { BudgetEffect, ExchangeEnd } from '../../../model/exchange'
import { CallIdentity } from '../call-identity'
import type { CaptureTools } from '../captured-call'
import type { CallRequest } from '../client'
import { exchangeOf } from '../exchange-record'
import { type RawHeaders, requestHeadersFor, withHeader } from '../forwarded-headers'
import type { Route } from '../routing'
import { MessageReader } from './messages'
import { REALTIME_ENDINGS, RESPONSES_ENDINGS, ResponsesTraffic } from './responses-traffic'
import { GrowingExchange } from './socket-exchange'
import type { Moment, SocketExchange, SocketExchanges, SocketTraffic } from './traffic'
import { WholeTraffic } from './whole-traffic'

export type Side = 'client' | 'server'

export interface SocketParts {
  readonly req: CallRequest
  readonly route: Route
  /** Headers of the upstream's 101. */
  readonly responseHeaders: RawHeaders
  readonly since: Moment
  /** Of the first exchange, where it has been named. */
  readonly identity?: CallIdentity | undefined
}

/** A call that was named before its message went up, and what its budget did to it. */
export interface NamedCall {
  readonly identity: CallIdentity
  readonly budget?: BudgetEffect
}

/** Throws nothing: a fault costs records of this socket, is said through the guard, and the bytes go on. */
export class CapturedSocket implements SocketExchanges {
  readonly #readers: Readonly<Record<Side, MessageReader>>
  readonly #traffic: SocketTraffic
  readonly #calls = new Map<object, NamedCall>()
  /** Of the exchange that begins next. */
  #next: NamedCall | undefined
  /** What a budget does to exchanges that are under way. */
  #stop: BudgetEffect | undefined
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
    this.#next = parts.identity && { identity: parts.identity }
    const endings = endingsOf(parts.route.path)
    this.#traffic = endings
      ? new ResponsesTraffic(this, tools, endings)
      : new WholeTraffic(this, tools, parts.since)
  }

  get isIdle(): boolean {
    return this.#traffic.isIdle || this.#isUnreadable
  }

  passed(side: Side, bytes: Uint8Array): void {
    this.#read(() => {
      for (const message of this.#readers[side].push(bytes)) this.#take(side, message)
    })
  }

  /** The same for a message that somebody else has read; the exchange that it begins is `call`. */
  passedMessage(side: Side, message: Uint8Array, call?: NamedCall): void {
    this.#read(() => {
      this.#next = call
      this.#take(side, message)
      this.#next = undefined
    })
  }

  /** A call that went no further: its message, and what was answered in place of the server. */
  refused(call: NamedCall, message: Uint8Array, answer: Uint8Array, status: number): void {
    const at = now()
    const exchange = new GrowingExchange('POST', at, this.tools)
    exchange.addRequest(message)
    exchange.addReply(answer, at)
    this.#next = call
    this.begun(exchange, at.startTime)
    this.finished(exchange, exchange.over(status, 'complete', at))
  }

  /** What is under way is ended by a budget. */
  stopped(budget: BudgetEffect): void {
    this.#stop = budget
  }

  #take(side: Side, message: Uint8Array): void {
    if (side === 'client') this.#traffic.fromClient(message, now())
    else this.#traffic.fromServer(message, now())
  }

  #read(read: () => void): void {
    if (this.#isUnreadable) return
    try {
      read()
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
    const call = this.#next ?? { identity: new CallIdentity(req, route, this.tools) }
    this.#next = undefined
    const { identity } = call
    this.#calls.set(key, call)
    this.tools.later.add(() => identity.announce(startTime))
  }

  finished(key: object, exchange: SocketExchange): void {
    const call = this.#calls.get(key)
    if (!call) return
    this.#calls.delete(key)
    const stop = exchange.end === 'truncated' ? this.#stop : undefined
    const budget = call.budget || stop ? { ...call.budget, ...stop } : undefined
    this.#undelivered++
    // What was under way when the messages could not be read any more lacks some.
    const isCut = this.#isUnreadable
    this.tools.later.add(() =>
      this.#deliver(call.identity, budget ? { ...exchange, budget } : exchange, isCut)
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

/** True for sockets on which each call is a message of its own. */
export function hasCallMessages(path: string): boolean {
  return endingsOf(path) !== undefined
}

function endingsOf(path: string): ReadonlySet<string> | undefined {
  const [, endpoint] = /\/(responses|realtime)\/?(?:\?|$)/.exec(path) ?? []
  if (endpoint === undefined) return undefined
  return endpoint === 'responses' ? RESPONSES_ENDINGS : REALTIME_ENDINGS
}

function now(): Moment {
  return { startTime: Date.now(), startedAt: performance.now() }
}
