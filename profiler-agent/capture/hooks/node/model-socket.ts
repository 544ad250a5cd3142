// A connection of the program to models, as its HTTP client sees it: a socket. Each request that is written to it goes through the
// proxy, with what we know of it; or, when the proxy is gone, to the provider as it was written. Changes nothing but request heads.

import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connectTo } from './plain-connections'
import { isProfilerGone } from './profiler-gone'
import { quietly } from './quietly'
import { RequestFraming } from './request-framing'
import { headBytes, type RequestHead, withHeaders } from './request-head'
import type { Route } from './route'
import type { Tags } from './tags'

/** What a model socket needs to know of the connection that it stands for. */
export interface ModelConnection {
  readonly isTls: boolean
  readonly servername: string | undefined
  /** Origin of the proxy. */
  readonly proxy: string
  readonly routeOf: (head: RequestHead) => Route
  /** Tells of a request that could not go through the proxy. */
  readonly onDirect: () => void
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

export class ModelSocket extends Duplex {
  connecting = true
  readonly encrypted: boolean
  readonly authorized: boolean
  readonly authorizationError = null
  readonly alpnProtocol: string | false
  readonly servername: string | undefined
  timeout = 0
  private readonly framing = new RequestFraming()
  private readonly settings = new SocketSettings()
  private inner: Socket | undefined
  private innerLeadsTo = ''
  private innerError: Error | undefined
  private request: OpenRequest | undefined
  private nextTags: Tags = []
  private written: ((error?: Error | null) => void) | undefined

  constructor(private readonly connection: ModelConnection) {
    super({ allowHalfOpen: false })
    this.encrypted = connection.isTls
    this.authorized = connection.isTls
    this.alpnProtocol = connection.isTls ? 'http/1.1' : false
    this.servername = connection.servername
    // Which connection it takes is known only when a request is written; the client waits for this one before it writes.
    setImmediate(() => this.announce())
  }

  /** The headers for the request that is written next. */
  expect(tags: Tags): void {
    this.nextTags = tags
  }

  private announce(): void {
    if (this.destroyed) return
    this.connecting = false
    this.emit('connect')
    this.emit('ready')
    if (this.encrypted) this.emit('secureConnect')
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.written = callback
    const part = this.framing.take(chunk)
    if (part.kind === 'nothing') this.confirmWritten()
    else if (part.kind === 'request') this.begin(part.head, part.rest)
    else if (part.kind === 'raw') this.sendRaw(part.bytes)
    else {
      if (this.request !== undefined) keep(this.request, part.bytes)
      this.send(part.bytes)
    }
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: string }[],
    callback: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', callback)
  }

  override _read(): void {
    this.inner?.resume()
  }

  override _final(callback: () => void): void {
    this.inner?.end()
    callback()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.leave()
    callback(error)
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
    const isGone = performance.now() < proxyGoneUntil && direct !== undefined
    if (proxied === undefined || isGone) {
      this.goDirect(this.request)
      return
    }
    this.lead(PROXY, this.connection.proxy)
    this.send(Buffer.concat([headBytes(withHeaders(proxied, tags)), rest]))
  }

  private sendRaw(bytes: Buffer): void {
    this.lead(PROXY, this.connection.proxy)
    this.send(bytes)
  }

  private goDirect(request: OpenRequest): void {
    const { direct } = request.route
    const { kept } = request
    if (direct === undefined || kept === undefined) return
    if (request.route.proxied !== undefined) quietly(() => this.connection.onDirect())
    this.lead(direct.origin, direct.origin)
    this.send(Buffer.concat([headBytes(direct.head), ...kept]))
    if (this.writableFinished) this.inner?.end()
  }

  /** Has the connection there; keeps the one that it has. */
  private lead(name: string, origin: string): void {
    if (this.inner !== undefined && this.innerLeadsTo === name) return
    this.leave()
    const inner = connectTo(origin)
    this.inner = inner
    this.innerLeadsTo = name
    this.innerError = undefined
    this.settings.applyTo(inner)
    inner.on('data', (chunk: Buffer) => this.received(chunk, inner))
    inner.on('end', () => this.ended(inner))
    inner.on('timeout', () => inner === this.inner && this.emit('timeout'))
    inner.on('error', (error) => {
      if (inner === this.inner) this.innerError = error
    })
    inner.on('close', () => this.lost(inner))
  }

  private leave(): void {
    const { inner } = this
    this.inner = undefined
    inner?.destroy()
  }

  private send(bytes: Buffer): void {
    const { inner } = this
    inner?.write(bytes, (error) => {
      if (inner === this.inner && !error) this.confirmWritten()
    })
  }

  private confirmWritten(): void {
    const { written } = this
    this.written = undefined
    written?.()
  }

  private received(chunk: Buffer, inner: Socket): void {
    if (inner !== this.inner) return
    const { request } = this
    if (request !== undefined && !request.isAnswered) {
      if (this.innerLeadsTo === PROXY && isToBeSaidByProvider(chunk, request)) {
        this.goDirect(request)
        return
      }
      request.isAnswered = true
      request.kept = undefined
      this.framing.answered(chunk)
    }
    if (!this.push(chunk)) inner.pause()
  }

  private ended(inner: Socket): void {
    if (inner !== this.inner || this.isLost()) return
    this.push(null)
    // As a socket does: whoever does not read hears of the end all the same.
    this.read(0)
  }

  private lost(inner: Socket): void {
    if (inner !== this.inner || this.destroyed) return
    const error = this.innerError
    const { request } = this
    if (!this.isLost() || request === undefined) {
      this.closeWith(error, inner.readableEnded)
      return
    }
    void isProfilerGone(error ?? BROKEN_OFF, new URL(this.connection.proxy)).then((isGone) => {
      if (this.destroyed || inner !== this.inner) return
      if (!isGone) return this.closeWith(error, false)
      proxyGoneUntil = performance.now() + RETRY_PROXY_AFTER_MS
      this.goDirect(request)
    })
  }

  /** True where a request is without an answer from the proxy, and can be sent to the provider. */
  private isLost(): boolean {
    const { request } = this
    if (this.innerLeadsTo !== PROXY || request === undefined || request.isAnswered) return false
    return request.kept !== undefined && request.route.direct !== undefined
  }

  private closeWith(error: Error | undefined, isEnded: boolean): void {
    if (error !== undefined || !isEnded) this.destroy(error)
    else this.confirmWritten()
  }

  setTimeout(milliseconds: number, listener?: () => void): this {
    this.timeout = milliseconds
    if (listener !== undefined)
      if (milliseconds === 0) this.removeListener('timeout', listener)
      else this.once('timeout', listener)
    return this.set('timeout', (socket) => socket.setTimeout(milliseconds))
  }

  setNoDelay(isSet?: boolean): this {
    return this.set('noDelay', (socket) => socket.setNoDelay(isSet))
  }

  setKeepAlive(isSet?: boolean, delay?: number): this {
    return this.set('keepAlive', (socket) => socket.setKeepAlive(isSet, delay))
  }

  ref(): this {
    return this.set('ref', (socket) => socket.ref())
  }

  unref(): this {
    return this.set('ref', (socket) => socket.unref())
  }

  private set(name: string, apply: (socket: Socket) => unknown): this {
    this.settings.set(name, apply, this.inner)
    return this
  }

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  resetAndDestroy(): this {
    this.inner?.resetAndDestroy()
    return this.destroy()
  }

  get pending(): boolean {
    return this.connecting
  }

  get readyState(): string {
    if (this.connecting) return 'opening'
    if (this.readable) return this.writable ? 'open' : 'readOnly'
    return this.writable ? 'writeOnly' : 'closed'
  }

  get bytesRead(): number {
    return this.inner?.bytesRead ?? 0
  }

  get bytesWritten(): number {
    return this.inner?.bytesWritten ?? 0
  }

  get remoteAddress(): string | undefined {
    return this.inner?.remoteAddress
  }

  get remotePort(): number | undefined {
    return this.inner?.remotePort
  }

  get remoteFamily(): string | undefined {
    return this.inner?.remoteFamily
  }

  get localAddress(): string | undefined {
    return this.inner?.localAddress
  }

  get localPort(): number | undefined {
    return this.inner?.localPort
  }

  address(): object {
    return this.inner?.address() ?? {}
  }

  // What programs ask of a connection over TLS; there is none to tell of.
  getPeerCertificate(): object {
    return {}
  }

  getCertificate(): object {
    return {}
  }

  getCipher(): undefined {
    return undefined
  }

  getProtocol(): null {
    return null
  }

  getSession(): undefined {
    return undefined
  }

  isSessionReused(): boolean {
    return false
  }

  disableRenegotiation(): void {
    // There is nothing to negotiate.
  }
}

/** Settings of a socket, for each connection that stands behind it. */
class SocketSettings {
  private readonly all = new Map<string, (socket: Socket) => unknown>()

  set(name: string, apply: (socket: Socket) => unknown, socket: Socket | undefined): void {
    this.all.set(name, apply)
    if (socket !== undefined) apply(socket)
  }

  applyTo(socket: Socket): void {
    // Heads and bodies come in one write or several, and none may wait for the other.
    socket.setNoDelay(true)
    for (const apply of this.all.values()) apply(socket)
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
function isToBeSaidByProvider(chunk: Buffer, { route, kept }: OpenRequest): boolean {
  if (!route.isRedirected || kept === undefined || route.direct === undefined) return false
  const text = chunk.toString('latin1', 0, 4096)
  return UNREACHABLE.test(text) && !MAY_BE_DONE.test(text)
}
