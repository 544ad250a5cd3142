// One listening port that speaks HTTP/1.1 and, to clients that begin with its preface, HTTP/2 without TLS (h2c). Answers nothing itself.

import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Http2Server, ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ClientRequest, ClientResponse } from './client'

/** What a provider would take is not ours to refuse, and what is for us alone must not make a call fail: baggage and call sites grow. */
const MAX_HEADER_BYTES = 2 * 1024 * 1024
/** Node counts what waits for slow readers of a whole connection; each stream has its own bound already. */
const MAX_HTTP2_SESSION_MEGABYTES = 1024
/** Their bytes are bound enough here, too: Node takes no more than 64 KB of them. */
const MAX_HTTP2_HEADERS = 10_000
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export interface HttpHandlers {
  request(req: ClientRequest, res: ClientResponse): void
  /** An upgrade to WebSocket; errors of the socket are ignored already. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** `server` listens, and is closed, as any HTTP server; connections that it does not know are closed by these two. */
export interface HttpServer {
  readonly server: Server
  /** Call after `server.close()`: lets open calls finish and ends every connection that has none. */
  closeIdleConnections(): void
  closeAllConnections(): void
}

/** Takes connections and calls for as long as they take: no timeout is set. */
export function createHttpServer(handlers: HttpHandlers): HttpServer {
  return new SniffingServer(handlers)
}

class SniffingServer implements HttpServer {
  readonly server: Server
  #http2: Http2Server | undefined
  readonly #http1: (socket: Socket) => void
  readonly #undecided = new Set<Socket>()
  readonly #sessions = new Set<ServerHttp2Session>()

  constructor(readonly handlers: HttpHandlers) {
    const onRequest: RequestListener = (req, res) => handlers.request(req, res)
    this.server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, onRequest)
    // Their bytes are bound enough: Node answers more than a thousand with an error of its own.
    this.server.maxHeadersCount = 0
    disableServerTimeouts(this.server)
    this.server.on('upgrade', (req, socket, head) => this.#upgrade(handlers, req, socket, head))
    const serveHttp1 = this.server.listeners('connection')
    this.#http1 = (socket) => {
      for (const listener of serveHttp1) listener.call(this.server, socket)
    }
    this.server.removeAllListeners('connection').on('connection', (socket: Socket) => this.#sniff(socket))
  }

  closeIdleConnections(): void {
    this.server.closeIdleConnections()
    for (const socket of this.#undecided) socket.destroy()
    for (const session of this.#sessions) session.close()
  }

  closeAllConnections(): void {
    this.server.closeAllConnections()
    for (const socket of this.#undecided) socket.destroy()
    for (const session of this.#sessions) session.destroy()
  }

  /** Loading Node's module takes a tenth of the profiler's start, and few clients speak HTTP/2. */
  #createHttp2({ request }: HttpHandlers): Http2Server {
    const http2 = process.getBuiltinModule('node:http2').createServer({
      maxSessionMemory: MAX_HTTP2_SESSION_MEGABYTES,
      maxHeaderListPairs: MAX_HTTP2_HEADERS,
      settings: { maxHeaderListSize: MAX_HEADER_BYTES },
    })
    http2.on('request', (req, res) => request(req, res))
    http2.on('session', (session) => {
      this.#sessions.add(session)
      session.once('close', () => this.#sessions.delete(session))
    })
    http2.on('sessionError', ignoreConnectionError)
    return http2
  }

  /** Reads as many bytes as tell the versions apart, and gives them back. */
  #sniff(socket: Socket): void {
    this.#undecided.add(socket)
    const forget = () => this.#undecided.delete(socket)
    socket.on('error', ignoreConnectionError).once('close', forget)
    const known: Buffer[] = []
    const onData = (chunk: Buffer) => {
      known.push(chunk)
      const start = known.length === 1 ? chunk : Buffer.concat(known)
      const isHttp2 = beginsHttp2(start)
      if (isHttp2 === undefined) return
      socket.pause()
      socket.off('data', onData).off('error', ignoreConnectionError).off('close', forget)
      forget()
      socket.unshift(start)
      if (!isHttp2) return this.#serveHttp1(socket)
      this.#http2 ??= this.#createHttp2(this.handlers)
      this.#http2.emit('connection', socket)
    }
    socket.on('data', onData)
  }

  #serveHttp1(socket: Socket): void {
    this.#http1(socket)
    socket.resume()
  }

  #upgrade(handlers: HttpHandlers, req: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (req.headers.upgrade?.toLowerCase() === 'websocket') {
      // Nobody else listens on a socket that was taken out of HTTP; a peer that left is no trouble of ours.
      socket.on('error', () => socket.destroy())
      handlers.upgrade(req, socket, head)
      return
    }
    // An offer, which a server may ignore (RFC 9110, section 7.8); Node takes every offer, so the request is read again without it.
    socket.unshift(Buffer.concat([headWithoutUpgrade(req), head]))
    this.#serveHttp1(socket as Socket)
  }
}

/** `undefined` while both are possible. */
function beginsHttp2(start: Buffer): boolean | undefined {
  const length = Math.min(start.length, HTTP2_PREFACE.length)
  if (!start.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length))) return false
  return length === HTTP2_PREFACE.length ? true : undefined
}

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    if (!/^(?:upgrade|connection|http2-settings)$/i.test(rawHeaders[index] ?? ''))
      lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

function disableServerTimeouts(server: Server): void {
  server.requestTimeout = 0
  server.headersTimeout = 0
  server.timeout = 0
  // A server that closes idle connections races with the client's next request.
  server.keepAliveTimeout = 0
}

function ignoreConnectionError(): void {
  // Without a request there is nobody to tell; a call under way hears of it through its response.
}
