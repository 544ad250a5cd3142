// The capturing proxy: takes a client's request, sends it upstream byte by byte, and hands on a masked record when it is over.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CallGate, CallHold } from '../../model/call-gate'
import type { HttpExchange } from '../../model/exchange'
import { redactText, SecretMemory } from '../redact'
import { answerOf, answerUpgrade, sendAnswer } from './answers'
import { BodyCopy, CopyRoom, REQUESTS_PART } from './body-copy'
import { askBudget } from './budget/ask-budget'
import { GateKeeper } from './budget/gate-keeper'
import { giveUpCall } from './budget/refused-call'
import type { HeldCall } from './budget/stream-watch'
import type { StartedCall } from './call-identity'
import { type Doors, routeFor } from './call-route'
import { type CallParts, CapturedCall, type CaptureTools } from './captured-call'
import { type ClientRequest, type ClientResponse, callRequestOf, hasTrailers } from './client'
import { pairs, requestHeadersFor, withHeader, withoutHeader } from './forwarded-headers'
import { Guard } from './guard'
import { LaterWork } from './later-work'
import { Relay } from './relay'
import { bodyOfParts, lengthOf, type RequestBody, readBody } from './request-body'
import type { Route } from './routing'
import { sendWithTrailers } from './trailing-request'
import { unreachableAnswer } from './unreachable'
import { type ConnectionEnvironment, openUpstreams, type UpstreamConnections } from './upstream-connections'
import type { SplicedBody } from './usage-splice'
import { UsageWish, type WishOptions } from './usage-wish'
import { SocketLinks } from './websocket/socket-links'

export interface ProxyOptions extends Doors, WishOptions {
  /** Called once per call that went upstream, when it is over. Its bodies own their memory. */
  readonly onExchange: (exchange: HttpExchange) => void
  readonly onStart?: (call: StartedCall) => void
  /** The run of a call: the id that the caller gave, or a run for calls that give none. */
  readonly resolveRun: (runId: string | undefined) => string
  /** Budgets that may refuse, end or cap calls. Calls that it is not concerned with wait for nothing. */
  readonly gate?: CallGate
  /** Cap of each body copy in bytes, 32 MB unless set; the bytes on the wire are never cut. */
  readonly maxCopyBytes?: number
  /** Cap of all copies of calls under way, 256 MB unless set; requests fill at most half of it, so that replies with their usage find room. */
  readonly maxOpenCopyBytes?: number
  /** Shared with whoever else masks: what the proxy sees as a credential is added to it. */
  readonly secrets?: SecretMemory
  /** Proxy and certificate variables, `process.env` unless set. */
  readonly env?: ConnectionEnvironment
  readonly log: (message: string) => void
}

export interface Proxy {
  /** Answers every request; routes of the server's own come first. Never throws. */
  handle(req: ClientRequest, res: ClientResponse): void
  /** Answers every upgrade of a connection to WebSocket, as `handle` does requests. `head` is what came after the request. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Calls under way, from the first byte of the request until the record has been handed on. */
  readonly openCalls: number
  /** Resolves when every record of a call that is over has been handed on. */
  settled(): Promise<void>
  /** Resolves when no call is open and every record has been handed on; then closes the upstream connections. WebSockets end when idle. */
  close(): Promise<void>
}

const DEFAULT_MAX_COPY_BYTES = 32 * 1024 * 1024
const DEFAULT_MAX_OPEN_COPY_BYTES = 256 * 1024 * 1024

export function createProxy(options: ProxyOptions): Proxy {
  return new CapturingProxy(options)
}

/** A request's body, and whether it may ask for a stream, where that matters. */
interface Upload {
  readonly client: ClientRequest
  readonly body: RequestBody
  readonly mayNameStream: boolean
  /** What its budget holds of the call. */
  readonly hold?: CallHold | undefined
  /** True where the client's body was compressed, and this one is not. */
  readonly isDecoded?: boolean
}

interface Arrival {
  readonly startTime: number
  readonly startedAt: number
}

class CapturingProxy implements Proxy {
  readonly #options: ProxyOptions
  readonly #guard: Guard
  readonly #secrets: SecretMemory
  readonly #upstreams: UpstreamConnections
  readonly #tools: CaptureTools
  readonly #gate: GateKeeper | undefined
  readonly #wish: UsageWish
  readonly #later = new LaterWork()
  readonly #whenIdle: (() => void)[] = []
  readonly #sockets: SocketLinks
  #openCalls = 0

  constructor(options: ProxyOptions) {
    this.#options = options
    this.#secrets = options.secrets ?? new SecretMemory()
    this.#guard = new Guard((message) => options.log(redactText(message, this.#secrets)))
    this.#secrets.remember([options.token])
    this.#tools = {
      ...options,
      guard: this.#guard,
      secrets: this.#secrets,
      later: this.#later,
      maxCopyBytes: options.maxCopyBytes ?? DEFAULT_MAX_COPY_BYTES,
      copyRoom: new CopyRoom(options.maxOpenCopyBytes ?? DEFAULT_MAX_OPEN_COPY_BYTES),
    }
    this.#wish = new UsageWish(options, this.#guard)
    this.#gate = options.gate && new GateKeeper(options.gate, this.#guard, this.#tools)
    this.#upstreams = openUpstreams(options.env ?? process.env, options.log)
    this.#sockets = new SocketLinks({
      ...{ tools: this.#tools, upstreams: this.#upstreams, keeper: this.#gate },
      onDelivered: () => this.#onDelivered(),
    })
  }

  get openCalls(): number {
    return this.#openCalls
  }

  settled(): Promise<void> {
    return this.#later.settled()
  }

  async close(): Promise<void> {
    this.#sockets.endWhenIdle()
    if (this.#openCalls > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    // Nobody waits for a connection that is still being made, and it may take minutes to fail.
    await this.#upstreams.dispatcher.destroy()
  }

  handle(req: ClientRequest, res: ClientResponse): void {
    const arrival = { startTime: Date.now(), startedAt: performance.now() }
    const request = callRequestOf(req)
    const admission = routeFor(request, this.#options)
    if ('problem' in admission) {
      sendAnswer(res, admission.problem)
      return
    }
    this.#openCalls++
    const { route } = admission
    const { maxCopyBytes, copyRoom } = this.#tools
    const copy = new BodyCopy(maxCopyBytes, copyRoom, REQUESTS_PART)
    const identity = this.#gate?.name(request, route)
    const facts = { req: request, route, body: copy, startTime: arrival.startTime }
    const parts: CallParts = identity ? { ...facts, identity } : facts
    const abandoned = () => {
      copy.drop()
      this.#onDelivered()
    }
    if (identity && this.#gate?.concerns(identity))
      readBody(req, copy, true, {
        ready: (body, mayNameStream) =>
          this.#askBudget(parts, res, { client: req, body, mayNameStream }, arrival),
        abandoned,
      })
    else
      readBody(req, copy, this.#wish.concerns(req, route), {
        ready: (body, mayNameStream) =>
          this.#spliceAndForward(parts, res, { client: req, body, mayNameStream }, arrival),
        abandoned,
      })
  }

  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const arrival = { startTime: Date.now(), startedAt: performance.now() }
    const request = callRequestOf(req)
    const admission = routeFor(request, this.#options)
    if ('problem' in admission) {
      answerUpgrade(socket, admission.problem)
      return
    }
    this.#openCalls++
    this.#sockets.open(request, admission.route, arrival, socket, head)
  }

  #askBudget(parts: CallParts, res: ClientResponse, upload: Upload, arrival: Arrival): void {
    const { body } = upload
    const { identity } = parts
    if (!this.#gate || !identity || !Buffer.isBuffer(body)) {
      this.#spliceAndForward(parts, res, upload, arrival)
      return
    }
    askBudget({
      ...{ keeper: this.#gate, identity, parts, body, res, startedAt: arrival.startedAt },
      record: () => this.#captured(parts),
      passes: ({ outputCap, ...passage }) =>
        this.#spliceAndForward(
          outputCap === undefined ? parts : { ...parts, outputCap },
          res,
          { ...upload, ...passage },
          arrival,
        ),
    })
  }

  /** A long body is looked through a little at a time, and its client may leave meanwhile. */
  #spliceAndForward(parts: CallParts, res: ClientResponse, upload: Upload, arrival: Arrival): void {
    const spliced = this.#spliced(parts.route, upload)
    if (!(spliced instanceof Promise)) {
      this.#forwardOrAnswer(parts, res, upload, arrival, spliced)
      return
    }
    let hasLeft = false
    res.once('close', () => {
      hasLeft = true
    })
    void spliced.then((sent) => {
      if (hasLeft) giveUpCall(this.#captured(parts), arrival.startedAt, upload.hold)
      else this.#forwardOrAnswer(parts, res, upload, arrival, sent)
    })
  }

  #captured(parts: CallParts): CapturedCall {
    return new CapturedCall(parts, this.#tools, () => this.#onDelivered())
  }

  #forwardOrAnswer(
    parts: CallParts,
    res: ClientResponse,
    upload: Upload,
    arrival: Arrival,
    spliced: SplicedBody | undefined,
  ): void {
    try {
      this.#forward(parts, res, upload, arrival, spliced)
    } catch (error) {
      this.#guard.report('forwarding a call', error)
      upload.hold?.ended()
      sendAnswer(res, answerOf(500, 'proxy_fault', `The proxy failed: ${String(error)}. Please report this.`))
    }
  }

  #forward(
    parts: CallParts,
    res: ClientResponse,
    upload: Upload,
    arrival: Arrival,
    spliced: SplicedBody | undefined,
  ): void {
    const { client, hold } = upload
    const { req, route } = parts
    const body = spliced ? bodyOfParts(spliced) : upload.body
    const given = requestHeadersFor(req.rawHeaders)
    const headers = upload.isDecoded ? withoutHeader(given, 'content-encoding') : given
    const upHeaders = spliced || hold ? withHeader(headers, 'accept-encoding', 'identity') : headers
    // Of a body that is on its way only the client knows the length; of a whole one undici does.
    const said = spliced ? String(lengthOf(spliced)) : req.headers['content-length']
    if (!Buffer.isBuffer(body) && said !== undefined) upHeaders.push('content-length', said)
    const call = this.#captured(parts)
    const relay = new Relay(res, call, {
      startedAt: arrival.startedAt,
      removesUsage: spliced !== undefined,
      held: hold && this.#held(call, hold),
      resets: this.#upstreams.resets,
      unreachable: (error) => unreachableAnswer(route.provider, route.origin, error),
    })
    const { dispatcher, isProxied, certificates } = this.#upstreams
    const { origin, path, host } = route
    const { method } = req
    if (hasTrailers(client) && !isProxied)
      sendWithTrailers({ origin, path, method, req, client, host, body, certificates }, relay)
    else
      dispatcher.dispatch(
        {
          origin,
          path,
          method,
          // Through an HTTP proxy undici keeps duplicates only of headers that come in pairs.
          headers: isProxied ? pairs(upHeaders) : upHeaders,
          body: Buffer.isBuffer(body) && body.length === 0 ? null : body,
        },
        relay,
      )
    call.announce()
  }

  #held({ id, parts: { route } }: CapturedCall, hold: CallHold): HeldCall {
    const failed = (error: unknown) => this.#guard.report('watching a reply', error)
    return { id, provider: route.provider, path: route.path, hold, failed }
  }

  #spliced(route: Route, { client, body, mayNameStream }: Upload): ReturnType<UsageWish['putInto']> {
    if (!mayNameStream || !Buffer.isBuffer(body) || !this.#wish.concerns(client, route)) return undefined
    return this.#wish.putInto(body)
  }

  #onDelivered(): void {
    this.#openCalls--
    if (this.#openCalls === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
  }
}
