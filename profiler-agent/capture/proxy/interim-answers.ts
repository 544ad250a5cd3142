// Answers before the answer (1xx): sends them to the client as they come, and has undici read the one that it takes for an error.

import { channel } from 'node:diagnostics_channel'
import { ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type ClientResponse, http2HeadersOf, isHttp2Response } from './client'
import type { RawHeaders } from './forwarded-headers'

const CONTINUE = 100
/** undici breaks a connection off whose server says 100 unasked. It is given this to read, which means nothing to anybody. */
const READ_AS_CONTINUE = 109

/** The status that the upstream sent, of one that undici read. */
export function sentStatus(status: number): number {
  return status === READ_AS_CONTINUE ? CONTINUE : status
}

/** Sends an interim answer ahead of the final one; a client that has gone, or speaks HTTP/1.0, gets none. */
export function sendInterim(res: ClientResponse, status: number, text: string, raw: RawHeaders): void {
  if (res.headersSent || res.destroyed) return
  if (isHttp2Response(res)) res.stream.additionalHeaders({ ':status': status, ...http2HeadersOf(raw) })
  else if (res instanceof ServerResponse && res.req.httpVersion !== '1.0')
    writeInTurn(res, headText(status, text, raw))
}

/** A pipelined request has no socket until those before it are answered. */
function writeInTurn(res: ServerResponse, head: string): void {
  if (res.socket) res.socket.write(head, 'latin1')
  else res.once('socket', (socket: Socket) => socket.write(head, 'latin1'))
}

/** Status line and headers as they stand on the wire of HTTP/1.1. `text` is the reason phrase; empty gives the usual one. */
export function headText(status: number, text: string, raw: RawHeaders): string {
  const lines = [`HTTP/1.1 ${status} ${text || STATUS_CODES[status] || ''}`]
  for (let index = 0; index + 1 < raw.length; index += 2) lines.push(`${raw[index]}: ${raw[index + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Where every undici of this process tells on which connection it sends a request: one at a time on each. */
const requestsSent = channel('undici:client:sendHeaders')
const readers = new WeakMap<Socket, StatusReader>()

/** Has undici read a 100 from now on, on any connection. Doing it again changes nothing. */
export function readContinue(): void {
  requestsSent.unsubscribe(onRequestSent)
  requestsSent.subscribe(onRequestSent)
}

function onRequestSent(message: unknown): void {
  const { socket } = message as { readonly socket: Socket }
  const reader = readers.get(socket) ?? readThrough(socket)
  reader.begin()
}

function readThrough(socket: Socket): StatusReader {
  const reader = new StatusReader()
  readers.set(socket, reader)
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    const chunk: unknown = read(size)
    if (reader.isReading && chunk instanceof Buffer) reader.look(chunk)
    return chunk
  }
  return reader
}

/** Offset and length of the status in `HTTP/1.1 100 Continue`. */
const STATUS_AT = 9
const STATUS_LENGTH = 3
const ONE = 0x31
const LF = 0x0a
const CR = 0x0d

/** Looks at what a server says up to its final status, and gives each `100` there another last digit. */
class StatusReader {
  /** False in bodies, which are left alone. */
  isReading = false
  /** The status line so far. */
  #line = ''
  #isLineEmpty = true

  begin(): void {
    this.isReading = true
    this.#line = ''
  }

  look(chunk: Buffer): void {
    // Nearly every answer is the final one, and its status comes in one piece.
    if (this.#line === '' && (chunk[STATUS_AT] ?? ONE) !== ONE) {
      this.isReading = false
      return
    }
    for (let at = 0; at < chunk.length && this.isReading; at++) {
      const byte = chunk[at] ?? 0
      if (this.#line.length === STATUS_AT + STATUS_LENGTH) this.#passHeaders(byte)
      else if (this.#takeStatus(byte) === CONTINUE) chunk[at] = 0x30 + (READ_AS_CONTINUE % 10)
    }
  }

  /** The status, once this is its last digit. */
  #takeStatus(byte: number): number | undefined {
    this.#line += String.fromCharCode(byte)
    if (this.#line.length < STATUS_AT + STATUS_LENGTH) return undefined
    const status = Number(this.#line.slice(STATUS_AT))
    this.isReading = status >= 100 && status < 200 && status !== 101
    this.#isLineEmpty = false
    return status
  }

  /** An empty line ends an interim answer. */
  #passHeaders(byte: number): void {
    if (byte === LF && this.#isLineEmpty) this.#line = ''
    else if (byte !== CR) this.#isLineEmpty = byte === LF
  }
}
