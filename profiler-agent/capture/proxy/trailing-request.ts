// Sends the rare request that has trailers behind its body, which undici cannot, by Node's own client. Answers come to the same handler.

import * as http from 'node:http'
import type { Dispatcher } from 'undici'
import type { CallRequest, ClientRequest } from './client'
import { guardedLookup } from './forbidden-address'
import { pairs, requestHeadersFor } from './forwarded-headers'
import type { RequestBody } from './request-body'
import { MAX_HEADER_BYTES } from './upstream-connections'

export interface TrailingRequest {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly host: string
  readonly req: CallRequest
  /** What comes behind its body is known once that has been read. */
  readonly client: ClientRequest
  readonly body: RequestBody
  readonly certificates?: readonly string[] | undefined
}

export function sendWithTrailers(request: TrailingRequest, handler: Dispatcher.DispatchHandler): void {
  const { origin, path, method, host, req, client, body, certificates } = request
  const { request: send } = origin.startsWith('https:') ? process.getBuiltinModule('node:https') : http
  const ca = certificates ? { ca: [...certificates] } : {}
  const options = {
    method,
    path,
    agent: false as const,
    maxHeaderSize: MAX_HEADER_BYTES,
    lookup: guardedLookup,
    ...ca,
  }
  const sent = send(origin, { ...options, headers: headersOf(req, host) })
  const answer = new Answer(sent)
  handler.onRequestStart?.(answer, {})
  sent.on('information', (info) => {
    answer.rawHeaders = info.rawHeaders
    handler.onResponseStart?.(answer, info.statusCode, info.headers, info.statusMessage)
  })
  sent.on('response', (res) => {
    answer.rawHeaders = res.rawHeaders
    answer.res = res
    handler.onResponseStart?.(answer, res.statusCode ?? 0, res.headers, res.statusMessage)
    res.on('data', (chunk: Buffer) => handler.onResponseData?.(answer, chunk))
    res.on('end', () => handler.onResponseEnd?.(answer, res.trailers))
    res.on('error', (error) => handler.onResponseError?.(answer, error))
  })
  sent.on('error', (error) => handler.onResponseError?.(answer, error))
  const end = () => {
    sent.addTrailers([...pairs(requestHeadersFor(client.rawTrailers))])
    sent.end()
  }
  if (Buffer.isBuffer(body)) sent.write(body, end)
  else
    body
      .once('end', end)
      .once('error', (error) => sent.destroy(error))
      .pipe(sent, { end: false })
}

/** A body with trailers comes in chunks. */
function headersOf({ rawHeaders, headers }: CallRequest, host: string): string[] {
  const names = headers.trailer === undefined ? [] : ['Trailer', headers.trailer]
  return ['Host', host, ...requestHeadersFor(rawHeaders), 'Transfer-Encoding', 'chunked', ...names]
}

/** What the handler may do to the answer. */
class Answer implements Dispatcher.DispatchController {
  rawHeaders: string[] = []
  res: http.IncomingMessage | undefined
  reason: Error | null = null

  constructor(readonly sent: http.ClientRequest) {}

  get aborted(): boolean {
    return this.reason !== null
  }

  get paused(): boolean {
    return this.res?.isPaused() ?? false
  }

  abort(reason: Error): void {
    this.reason = reason
    this.sent.destroy(reason)
  }

  pause(): void {
    this.res?.pause()
  }

  resume(): void {
    this.res?.resume()
  }
}
