// Looks at one request of node:http or node:https: its writes, its response, its end.

import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { intercept, interceptWrites } from './intercept'
import type { ObservedCall } from './observed-call'
import type { RequestFacts } from './observed-request'
import { urlOf } from './url-of'

/** What a request that has just been made says of itself; undefined where it has no URL. */
export function http1Facts(request: ClientRequest): RequestFacts | undefined {
  const headers = headersOf(request)
  const origin = `${request.protocol || 'http:'}//${headers.host ?? request.host}`
  // A client behind a proxy asks for the whole URL.
  const text = /^https?:\/\//.test(request.path) ? request.path : origin + request.path
  const url = urlOf(text)
  return url && { method: request.method, url, headers }
}

function headersOf(request: ClientRequest): Record<string, string> {
  const headers = textHeaders(request.getHeaders() as IncomingHttpHeaders)
  // Headers that were given as a list are written out at once.
  const written = (request as { _header?: unknown })._header
  if (typeof written !== 'string') return headers
  for (const line of written.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return headers
}

/** Headers as one text a name. */
export function textHeaders(headers: object): Record<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  )
}

export function observeHttp1(request: ClientRequest, call: ObservedCall): void {
  let error: unknown
  interceptWrites(request, (chunk, encoding) => call.sent(chunk, encoding))
  interceptGivingUp(request, call)
  intercept(request, 'emit', ([event, value]) => {
    if (event === 'response') observeResponse(value as IncomingMessage, call)
    else if (event === 'error') error = value
    else if (event === 'close') call.ended(false, error)
  })
}

function observeResponse(response: IncomingMessage, call: ObservedCall): void {
  call.answered(response.statusCode ?? 0, textHeaders(response.headers))
  interceptGivingUp(response, call)
  // Where the parser hands the bytes in: a listener for them would set the stream flowing.
  intercept(response, 'push', ([chunk, encoding]) => {
    if (chunk !== null) call.received(chunk, encoding)
    else if (response.complete) call.ended(true)
  })
  intercept(response, 'emit', ([event, value]) => {
    if (event === 'error') call.ended(false, value)
  })
}

/** Node itself destroys both only once the socket is gone. */
function interceptGivingUp(stream: ClientRequest | IncomingMessage, call: ObservedCall): void {
  intercept(stream, 'destroy', () => {
    if (stream.socket?.destroyed !== true) call.givenUp()
  })
}
