// The connections behind a model socket: to the proxy, and to the provider when the proxy is gone. Requests go there as they are
// written, and are kept until their answer begins, so that they can be sent once more.

import type { Socket } from 'node:net'
import { connectTo } from './plain-connections'
import { isProfilerGone } from './profiler-gone'
import { quietly } from './quietly'
import { RequestFraming } from './request-framing'
import { headBytes, type RequestHead, withHeaders } from './request-head'
import type { Route } from './route'
import { SocketSettings } from './socket-settings'
import type { Tags } from './tags'

/** What is known of the connection that the program asked for. */
export interface ModelConnection {
  /** Origin of the proxy. */
  readonly proxy: string
  /** Whether whoever answers there can be no profiler of ours. */
  readonly isProxyDead: () => boolean
  readonly routeOf: (head: RequestHead) => Route
  /** Tells of a request that could not go through the proxy. */
  readonly onDirect: () => void
}

/** Who reads what comes back. */
export interface LinkReader {
  /** False where no more is wanted until `resume`. */
  readonly received: (chunk: Buffer) => boolean
  readonly ended: () => void
  readonly timedOut: () => void
  /** The connection is over, before its time if there is no error either. */
  readonly failed: (error: Error | undefined) => void
}

/** What was written of a request is kept until it is answered, so that it can be sent once more; larger ones cannot. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024
/** After the proxy was found gone, requests go straight to the provider for this long before it is tried again. */
const RETRY_PROXY_AFTER_MS = 1000
/** Where a connection leads that is no HTTP/1.1. */
const PROXY = 'proxy'

let proxyGoneUntil = Number.NEGATIVE_INFINITY

interface OpenRequest {
  readonly route: Route
  /** What was written after the head, as long as it can be sent again. */
  kept: Buffer[] | undefined
  keptBytes: number
  isAnswered: boolean
}

export class ModelLink {
  readonly settings = new SocketSettings()
  /** The connection that carries the request that was written last. */
  socket: Socket | undefined
  private readonly framing = new RequestFraming()
  private leadsTo = ''
  private error: Error | undefined
  private request: OpenRequest | undefined
  private nextTags: Tags = []
  private written: (() => void) | undefined
  private isOver = false
  private isWrittenWhole = false

  constructor(
    private readonly connection: ModelConnection,
    private readonly reader: LinkReader,
  ) {}

  /** The headers for the request that is written next. */
  expect(tags: Tags): void {
    this.nextTags = tags
  }

  /** One write at a time; `written` is called when the next may come. */
  write(chunk: Buffer, written: () => void): void {
    this.written = written
    const part = this.framing.take(chunk)
    if (part.kind === 'nothing') this.confirmWritten()
    else if (part.kind === 'request') this.begin(part.head, part.rest)
    else if (part.kind === 'raw') this.sendRaw(part.bytes)
    else {
      if (this.request !== undefined) keep(this.request, part.bytes)
      this.send(part.bytes)
    }
  }

  resume(): void {
    this.socket?.resume()
  }

  /** Nothing more will be written. */
  end(): void {
    this.isWrittenWhole = true
    this.socket?.end()
  }

  destroy(): void {
    this.isOver = true
    this.leave()
  }

  private begin(head: RequestHead, rest: Buffer): void {
    const route = this.connection.routeOf(head)
    // A client that asks before it has its answer cannot be given answers of two connections.
    const isPipelined = this.request !== undefined && !this.request.isAnswered
    this.request = { route, kept: isPipelined ? undefined : [], keptBytes: 0, isAnswered: false }
    keep(this.request, rest)
    const tags = this.nextTags
    this.nextTags = []
    const { proxied, direct } = route
    const isGone =
      direct !== undefined && (performance.now() < proxyGoneUntil || this.connection.isProxyDead())
    if (proxied === undefined || isGone) {
      this.goDirect(route, [rest])
      return
    }
    this.lead(PROXY, this.connection.proxy)
    this.send(Buffer.concat([headBytes(withHeaders(proxied, tags)), rest]))
  }

  /** On the connection that there is: a WebSocket goes on where its request went. */
  private sendRaw(bytes: Buffer): void {
    if (this.socket === undefined) this.lead(PROXY, this.connection.proxy)
    this.send(bytes)
  }

  /** `body` is what was written of it so far. */
  private goDirect({ proxied, direct }: Route, body: readonly Buffer[]): void {
    if (direct === undefined) return
    if (proxied !== undefined) quietly(() => this.connection.onDirect())
    this.lead(direct.origin, direct.origin)
    this.send(Buffer.concat([headBytes(direct.head), ...body]))
    if (this.isWrittenWhole) this.socket?.end()
  }

  /** Has the connection there; keeps the one that it has. */
  private lead(name: string, origin: string): void {
    if (this.socket !== undefined && this.leadsTo === name) return
    this.leave()
    const socket = connectTo(origin)
    this.socket = socket
    this.leadsTo = name
    this.error = undefined
    this.settings.applyTo(socket)
    socket.on('data', (chunk: Buffer) => this.received(chunk, socket))
    socket.on('end', () => this.ended(socket))
    socket.on('timeout', () => {
      if (socket === this.socket) this.reader.timedOut()
    })
    socket.on('error', (error) => {
      if (socket === this.socket) this.error = error
    })
    socket.on('close', () => this.lost(socket))
  }

  private leave(): void {
    const { socket } = this
    this.socket = undefined
    socket?.destroy()
  }

  private send(bytes: Buffer): void {
    const { socket } = this
    socket?.write(bytes, (error) => {
      if (socket === this.socket && !error) this.confirmWritten()
    })
  }

  private confirmWritten(): void {
    const { written } = this
    this.written = undefined
    written?.()
  }

  private received(chunk: Buffer, socket: Socket): void {
    if (socket !== this.socket) return
    const { request } = this
    if (request !== undefined && !request.isAnswered) {
      if (
        this.leadsTo === PROXY &&
        request.kept !== undefined &&
        isToBeSaidByProvider(chunk, request.route)
      ) {
        this.goDirect(request.route, request.kept)
        return
      }
      request.isAnswered = true
      request.kept = undefined
      this.framing.answered(chunk)
    }
    if (!this.reader.received(chunk)) socket.pause()
  }

  private ended(socket: Socket): void {
    if (socket === this.socket && !this.isLost()) this.reader.ended()
  }

  private lost(socket: Socket): void {
    if (socket !== this.socket || this.isOver) return
    const { error, request } = this
    if (!this.isLost() || request === undefined) {
      if (error !== undefined || !socket.readableEnded) this.reader.failed(error)
      else this.confirmWritten()
      return
    }
    void isProfilerGone(error ?? BROKEN_OFF, new URL(this.connection.proxy)).then((isGone) => {
      if (this.isOver || socket !== this.socket) return
      if (isGone) proxyGoneUntil = performance.now() + RETRY_PROXY_AFTER_MS
      if (isGone && request.kept !== undefined) this.goDirect(request.route, request.kept)
      else this.reader.failed(error)
    })
  }

  /** True where a request is without an answer from the proxy, and can be sent to the provider. */
  private isLost(): boolean {
    const { request } = this
    if (this.leadsTo !== PROXY || request === undefined || request.isAnswered) return false
    return request.kept !== undefined && request.route.direct !== undefined
  }
}

const BROKEN_OFF = { code: 'ECONNRESET' }

/** A copy: the client may use its memory again. */
function keep(request: OpenRequest, bytes: Buffer): void {
  if (request.kept === undefined || request.isAnswered) return
  request.keptBytes += bytes.length
  if (request.keptBytes > MAX_KEPT_BYTES) request.kept = undefined
  else request.kept.push(Buffer.from(bytes))
}

/** The proxy's own words for a provider that it did not get a connection to. */
const UNREACHABLE = /^HTTP\/1\.1 502 .*\r\nx-costflame-error: upstream_unreachable\r\n/is
/** It had one, and the request may have been carried out. */
const MAY_BE_DONE = /\((?:[^()]*\b)?(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)\b/

/** A program that spoke to the provider is told by the provider, or by the network, why there is no answer. */
function isToBeSaidByProvider(chunk: Buffer, { isRedirected, direct }: Route): boolean {
  if (!isRedirected || direct === undefined) return false
  const text = chunk.toString('latin1', 0, 4096)
  return UNREACHABLE.test(text) && !MAY_BE_DONE.test(text)
}
