// The client's side of a call, the same for HTTP/1.1 and HTTP/2: the request as plain facts, and the two shapes of Node's objects.

import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { RawHeaders } from './forwarded-headers'

export type ClientRequest = IncomingMessage | Http2ServerRequest

/** A `ServerResponse` or an `Http2ServerResponse`: what they have in common. Status and headers are sent by `sendHead`. */
export interface ClientResponse extends Writable {
  readonly headersSent: boolean
  sendDate: boolean
  addTrailers(trailers: OutgoingHttpHeaders): void
}

/** A request line and headers as HTTP/1.1 has them, whichever version they came in. */
export interface CallRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: RawHeaders
  /** Port of ours that the connection came to. */
  readonly port: number
}

/** Whether something comes behind the body, as far as is known by now. */
export function hasTrailers({ headers, rawTrailers }: ClientRequest): boolean {
  const isChunked = headers['content-length'] === undefined
  return isChunked && (headers.trailer !== undefined || rawTrailers.length > 0)
}

/** `node:http2` is loaded when the first client speaks it, which few do. */
function isHttp2Request(req: ClientRequest): req is Http2ServerRequest {
  return req.httpVersionMajor === 2
}

/** The same for the other side of a call. */
export function isHttp2Response(res: ClientResponse): res is Http2ServerResponse {
  return 'stream' in res
}

const HTTP2_INTERNAL_ERROR = 2

/**
 * `:authority` becomes the `host`; a cookie that HTTP/2 has split is one again. Holds nothing of the request itself, with all
 * that hangs on it: records wait for a while.
 */
export function callRequestOf(req: ClientRequest): CallRequest {
  const { method = 'GET', url = '/', headers, rawHeaders, socket } = req
  const port = socket.localPort ?? 0
  if (!isHttp2Request(req)) return { method, url, headers, rawHeaders, port }
  const { ':authority': authority, cookie } = req.headers
  const host = typeof authority === 'string' ? authority : headers.host
  const raw = withoutPseudoHeaders(rawHeaders, cookie)
  const withHost = host === undefined ? headers : { ...headers, host }
  return { method, url, headers: withHost, rawHeaders: raw, port }
}

function withoutPseudoHeaders(raw: RawHeaders, cookie: string | undefined): string[] {
  const kept: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? ''
    if (!name.startsWith(':') && name !== 'cookie') kept.push(name, raw[index + 1] ?? '')
  }
  return cookie === undefined ? kept : [...kept, 'cookie', cookie]
}

/**
 * Sends status and headers. HTTP/2 has no reason phrase, and names each header once; only `set-cookie` may not be joined.
 * `text` is the reason phrase, or empty.
 */
export function sendHead(res: ClientResponse, status: number, text: string, raw: RawHeaders): void {
  if (res instanceof ServerResponse) {
    res.writeHead(status, text, [...raw])
    // A body that came in the same packet goes out in the same packet; headers alone do not wait for one.
    process.nextTick(() => res.writableEnded || res.destroyed || res.flushHeaders())
  } else if (isHttp2Response(res)) res.writeHead(status, http2HeadersOf(raw))
}

/** Names in lower case, each once; several values of one are joined, but for `set-cookie`. */
export function http2HeadersOf(raw: RawHeaders): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    const value = raw[index + 1] ?? ''
    const before = headers[name]
    if (name === 'set-cookie') headers[name] = [...(before ?? []), value]
    else headers[name] = before === undefined ? value : `${before}, ${value}`
  }
  return headers
}

/**
 * Ends the client's connection, or in HTTP/2 its stream, so that it sees an error and never a clean end, after the bytes that it
 * is still owed. Without chunked encoding or a length (`hasLength`) an end would look clean: then the connection is reset.
 */
export function breakOff(res: ClientResponse, hasLength: boolean): void {
  if (isHttp2Response(res)) res.write('', () => res.stream.close(HTTP2_INTERNAL_ERROR))
  else if (!(res instanceof ServerResponse) || !res.socket) res.destroy()
  else breakOffSocket(res.socket, res.chunkedEncoding || hasLength)
}

function breakOffSocket(socket: Socket, endsVisibly: boolean): void {
  if (endsVisibly) socket.end(() => socket.destroy())
  else socket.write('', () => socket.resetAndDestroy())
}
