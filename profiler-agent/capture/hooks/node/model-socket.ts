// A connection of the program to models, as its HTTP client sees it: a socket. What is written to it goes where its link leads it.

import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type ModelConnection, ModelLink } from './model-link'
import type { Tags } from './tags'

type Done = (error?: Error | null) => void

export interface SocketManner {
  readonly isTls: boolean
  readonly servername: string | undefined
}

export class ModelSocket extends Duplex {
  connecting = true
  readonly encrypted: boolean
  readonly authorized: boolean
  readonly authorizationError = null
  readonly alpnProtocol: string | false
  readonly servername: string | undefined
  timeout = 0
  private readonly link: ModelLink

  constructor({ isTls, servername }: SocketManner, connection: ModelConnection) {
    super({ allowHalfOpen: false })
    this.encrypted = isTls
    this.authorized = isTls
    this.alpnProtocol = isTls ? 'http/1.1' : false
    this.servername = servername
    this.link = new ModelLink(connection, {
      received: (chunk) => this.push(chunk),
      ended: () => this.endReading(),
      timedOut: () => this.emit('timeout'),
      failed: (error) => this.destroy(error),
    })
    // Which connection it takes is known only when a request is written; the client waits for this one before it writes.
    setImmediate(() => this.announce())
  }

  /** The headers for the request that is written next. */
  expect(tags: Tags): void {
    this.link.expect(tags)
  }

  private announce(): void {
    if (this.destroyed) return
    this.connecting = false
    this.emit('connect')
    this.emit('ready')
    if (this.encrypted) this.emit('secureConnect')
  }

  private endReading(): void {
    this.push(null)
    // As a socket does: whoever does not read hears of the end all the same.
    this.read(0)
  }

  override _write(chunk: Buffer, _encoding: string, callback: Done): void {
    this.link.write(chunk, callback)
  }

  override _writev(chunks: { chunk: Buffer; encoding: string }[], callback: Done): void {
    this.link.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback)
  }

  override _read(): void {
    this.link.resume()
  }

  override _final(callback: () => void): void {
    this.link.end()
    callback()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.link.destroy()
    callback(error)
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
    this.link.settings.set(name, apply, this.link.socket)
    return this
  }

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  resetAndDestroy(): this {
    this.link.socket?.resetAndDestroy()
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
    return this.link.socket?.bytesRead ?? 0
  }

  get bytesWritten(): number {
    return this.link.socket?.bytesWritten ?? 0
  }

  get remoteAddress(): string | undefined {
    return this.link.socket?.remoteAddress
  }

  get remotePort(): number | undefined {
    return this.link.socket?.remotePort
  }

  get remoteFamily(): string | undefined {
    return this.link.socket?.remoteFamily
  }

  get localAddress(): string | undefined {
    return this.link.socket?.localAddress
  }

  get localPort(): number | undefined {
    return this.link.socket?.localPort
  }

  address(): object {
    return this.link.socket?.address() ?? {}
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
