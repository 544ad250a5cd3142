// Where requests begin in the bytes that a client writes on one HTTP/1.1 connection. Pure; changes no byte.

import { headerOf, parseHead, type RequestHead } from './request-head'

export type Written =
  /** A request begins; `rest` is what was written of its body so far. */
  | { readonly kind: 'request'; readonly head: RequestHead; readonly rest: Buffer }
  | { readonly kind: 'body'; readonly bytes: Buffer }
  /** No HTTP/1.1, or not any more: bytes are bytes from here on. */
  | { readonly kind: 'raw'; readonly bytes: Buffer }
  /** A head that is not whole yet. */
  | { readonly kind: 'nothing' }

/** As much as Node's own servers take. */
const MAX_HEAD_BYTES = 64 * 1024
const HEAD_START = /^[A-Z]{1,20} [^\r\n]*(?:\r\n|$)/
const LAST_CHUNK = '0\r\n\r\n'

export class RequestFraming {
  private state: 'head' | 'length' | 'chunked' | 'raw' = 'head'
  private remaining = 0
  private held: Buffer = Buffer.alloc(0)
  private hasRequest = false
  private isAnswered = false

  /** What these bytes are. */
  take(chunk: Buffer): Written {
    if (this.state === 'raw') return { kind: 'raw', bytes: chunk }
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    this.held = Buffer.alloc(0)
    return this.mayBegin(bytes) ? this.request(bytes) : this.body(bytes)
  }

  /** The first bytes of an answer came. */
  answered(chunk: Buffer): void {
    this.isAnswered = true
    if (/^HTTP\/1\.1 101\b/.test(chunk.toString('latin1', 0, 12))) this.state = 'raw'
  }

  /** A client that writes trailers ends a chunked body otherwise than most: then it has been answered before it asks again. */
  private mayBegin(bytes: Buffer): boolean {
    const isDue = this.state === 'head' || (this.state === 'chunked' && this.isAnswered)
    return isDue && HEAD_START.test(bytes.toString('latin1', 0, MAX_HEAD_BYTES))
  }

  private request(bytes: Buffer): Written {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0 && bytes.length < MAX_HEAD_BYTES && !this.hasRequest) {
      this.held = bytes
      return { kind: 'nothing' }
    }
    const head = end < 0 ? undefined : parseHead(bytes.toString('latin1', 0, end))
    if (head === undefined) return this.body(bytes)
    this.hasRequest = true
    this.isAnswered = false
    const rest = bytes.subarray(end + 4)
    this.expectBody(head)
    this.count(rest)
    return { kind: 'request', head, rest }
  }

  private expectBody(head: RequestHead): void {
    this.remaining = Number(headerOf(head, 'content-length') ?? 0)
    const isChunked = /chunked/i.test(headerOf(head, 'transfer-encoding') ?? '')
    this.state = isChunked ? 'chunked' : 'length'
  }

  private body(bytes: Buffer): Written {
    if (!this.hasRequest) {
      this.state = 'raw'
      return { kind: 'raw', bytes }
    }
    this.count(bytes)
    return { kind: 'body', bytes }
  }

  private count(bytes: Buffer): void {
    this.remaining -= bytes.length
    if (this.state === 'length' && this.remaining <= 0) this.state = 'head'
    const isLast = bytes.toString('latin1', Math.max(0, bytes.length - LAST_CHUNK.length)) === LAST_CHUNK
    if (this.state === 'chunked' && isLast) this.state = 'head'
  }
}
