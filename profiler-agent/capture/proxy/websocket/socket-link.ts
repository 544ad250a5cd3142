// Joins a client's WebSocket to the upstream's, byte for byte both ways, with back-pressure and aborts. What passes it only shows to the capture.

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { CallHold } from '../../../model/call-gate'
import type { ExchangeEnd } from '../../../model/exchange'
import { answerUpgrade, type ProxyAnswer } from '../answers'
import { BodyCopy } from '../body-copy'
import type { GateKeeper } from '../budget/gate-keeper'
import { CapturedCall, type CaptureTools } from '../captured-call'
import { type RawHeaders, responseHeadersFor } from '../forwarded-headers'
import { headText, sentStatus } from '../interim-answers'
import { rawHeadersOf, sendableText } from '../relay'
import { networkErrorText } from '../unreachable'
import { CapturedSocket, type Side, type SocketParts } from './captured-socket'
import { GatedSocket } from './gated-socket'

export interface SocketLinkOptions {
  readonly parts: Omit<SocketParts, 'responseHeaders'>
  readonly tools: CaptureTools
  /** Set where a budget is concerned: its calls are asked about one by one. */
  readonly keeper?: GateKeeper | undefined
  /** What a budget holds of the whole socket, where it cannot be asked about single calls. */
  readonly hold?: CallHold | undefined
  /** The answer for a client whose upgrade got none. */
  readonly unreachable: (error: Error) => ProxyAnswer
  /** Called once, when the socket is over and its records have been handed on. */
  readonly onDelivered: () => void
}

export class SocketLink implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined
  #upstream: Duplex | undefined
  #capture: CapturedSocket | undefined
  #gated: GatedSocket | undefined
  #refusal: Refusal | undefined
  /** Who ended the socket first. */
  #endedBy: Side | undefined
  #endsWhenIdle = false
  #isOver = false

  constructor(
    readonly client: Duplex,
    readonly head: Buffer,
    readonly options: SocketLinkOptions,
  ) {
    client.on('error', ignoreSocketError)
    client.once('end', () => {
      this.#endedBy ??= 'client'
    })
    client.once('close', () => this.#onClientClose())
    if (head.length > 0) client.unshift(head)
  }

  /** Ends the socket as soon as nothing is under way on it. */
  endWhenIdle(): void {
    this.#endsWhenIdle = true
    if (this.#capture?.isIdle) this.#endClient()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(new Error('the client has gone'))
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: object,
    upstream: Duplex,
  ): void {
    upstream.on('error', ignoreSocketError)
    if (this.#isOver) {
      upstream.destroy()
      return
    }
    const raw = rawHeadersOf(controller)
    this.client.write(headText(status, '', [...responseHeadersFor(raw), ...UPGRADED]), 'latin1')
    this.#join(upstream, raw)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: object,
    text = '',
  ): void {
    if (this.#isOver) return
    const raw = rawHeadersOf(controller)
    if (status < 200) {
      this.client.write(headText(sentStatus(status), sendableText(text), responseHeadersFor(raw)), 'latin1')
      return
    }
    const { parts, tools, onDelivered } = this.options
    const call = new CapturedCall(
      { ...parts, body: new BodyCopy(0), startTime: parts.since.startTime },
      tools,
      onDelivered,
    )
    this.#refusal = { call, status, raw }
    call.announce()
    const headers = [...responseHeadersFor(raw), 'Connection', 'close']
    this.client.write(headText(status, sendableText(text), headers), 'latin1')
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return
    this.#refusal?.call.chunk(chunk)
    if (this.client.write(chunk)) return
    controller.pause()
    this.client.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    if (this.#isOver) return
    this.client.end()
    this.#finishRefusal('complete')
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isOver) return
    if (this.#refusal) {
      this.client.destroy()
      this.#finishRefusal('truncated', networkErrorText(error))
      return
    }
    const answer = this.options.unreachable(error)
    answerUpgrade(this.client, answer)
    const { parts, tools, onDelivered } = this.options
    const startTime = parts.since.startTime
    const call = new CapturedCall({ ...parts, body: new BodyCopy(0), startTime }, tools, onDelivered)
    call.announce()
    this.#refusal = { call, status: answer.status, raw: [] }
    this.#finishRefusal('unreachable', answer.message)
  }

  #join(upstream: Duplex, responseHeaders: RawHeaders): void {
    const { parts, tools, onDelivered } = this.options
    const capture = new CapturedSocket({ ...parts, responseHeaders }, tools, onDelivered)
    this.#capture = capture
    this.#upstream = upstream
    if (upstream instanceof Socket) upstream.setNoDelay(true)
    upstream.once('end', () => {
      this.#endedBy ??= 'server'
    })
    upstream.once('close', () => this.#onUpstreamClose())
    if (this.options.keeper) {
      const { client } = this
      const close = () => this.#closeByBudget()
      this.#gated = new GatedSocket({ client, upstream, capture, keeper: this.options.keeper, close })
      upstream.on('data', () => this.#endIfIdle(capture))
      this.#endIfIdle(capture)
      return
    }
    // Piped first, so that each chunk is on its way before it is looked at.
    this.client.pipe(upstream)
    upstream.pipe(this.client)
    this.client.on('data', (bytes: Buffer) => capture.passed('client', bytes))
    upstream.on('data', (bytes: Buffer) => {
      capture.passed('server', bytes)
      this.#endIfIdle(capture)
    })
    this.#endIfIdle(capture)
  }

  #endIfIdle({ isIdle }: CapturedSocket): void {
    if (this.#endsWhenIdle && isIdle) this.#endClient()
  }

  /** The client reads what it was told, and answers the close, before its connection goes. */
  #closeByBudget(): void {
    this.#endedBy ??= 'server'
    this.#upstream?.destroy()
    this.client.end()
    const patience = setTimeout(() => this.client.destroy(), CLOSING_MS).unref()
    this.client.once('close', () => clearTimeout(patience))
  }

  #onUpstreamClose(): void {
    if (this.#gated?.isClosed) return
    this.#endedBy ??= 'server'
    this.#endClient()
  }

  /** What the client is still owed goes out first. */
  #endClient(): void {
    this.client.end(() => this.client.destroy())
  }

  #onClientClose(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#gated?.ended()
    const end = this.#endedBy === 'server' ? 'truncated' : 'aborted'
    if (this.#upstream) this.#upstream.destroy()
    else this.#controller?.abort(new Error('the client has gone'))
    if (this.#refusal) this.#deliverRefusal(this.#refusal, end, 'the client closed the connection')
    else this.options.hold?.ended()
    if (this.#capture) this.#capture.ended(end)
    else if (!this.#refusal) this.options.onDelivered()
  }

  #finishRefusal(end: ExchangeEnd, error?: string): void {
    this.#isOver = true
    if (this.#refusal) this.#deliverRefusal(this.#refusal, end, error)
  }

  #deliverRefusal({ call, status, raw }: Refusal, end: ExchangeEnd, error?: string): void {
    this.options.hold?.ended()
    call.ended({
      status,
      responseHeaders: raw,
      durationMs: performance.now() - this.options.parts.since.startedAt,
      end,
      ...(error === undefined ? {} : { error }),
    })
  }
}

/** An upgrade that became a plain HTTP answer. */
interface Refusal {
  readonly call: CapturedCall
  readonly status: number
  readonly raw: RawHeaders
}

/** A client that was told to close has so long to do it. */
const CLOSING_MS = 2_000
const UPGRADED = ['Connection', 'Upgrade', 'Upgrade', 'websocket']

function ignoreSocketError(): void {
  // The socket's `close` follows and is heard.
}
