// Looks at one stream of a node:http2 client: its writes, its response, its end.

import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { intercept, interceptWrites } from './intercept'
import { textHeaders } from './observe-http1'
import type { ObservedCall } from './observed-call'
import type { RequestFacts } from './observed-request'
import { urlOf } from './url-of'

/** What a stream that has just been opened says of itself; undefined where it has no URL. */
export function http2Facts(stream: ClientHttp2Stream): RequestFacts | undefined {
  const headers = textHeaders(stream.sentHeaders ?? {})
  const text = `${headers[':scheme']}://${headers[':authority'] ?? headers.host}${headers[':path']}`
  const url = urlOf(text)
  return url && { method: headers[':method'] ?? 'GET', url, headers }
}

export function observeHttp2(stream: ClientHttp2Stream, call: ObservedCall): void {
  let error: unknown
  let isBodyOver = false
  let isBroken = false
  interceptWrites(stream, (chunk, encoding) => call.sent(chunk, encoding))
  intercept(stream, 'emit', ([event, value]) => {
    if (event === 'error') error = value
    if (event === 'error' || event === 'aborted') isBroken = true
    if (event === 'close') call.ended(false, error)
    if (event !== 'response') return
    answered(call, value as IncomingHttpHeaders)
    // A response without a body ends before it is announced.
    if (isBodyOver) call.ended(stream.rstCode === 0)
  })
  // Where the session hands the bytes in: a listener for them would set the stream flowing.
  intercept(stream, 'push', ([chunk, encoding]) => {
    if (chunk !== null) return call.received(chunk, encoding)
    isBodyOver = stream.rstCode === 0
    if (isBodyOver && call.hasResponse) call.ended(true)
  })
  for (const name of ['close', 'destroy'])
    intercept(stream, name, () => {
      // A session that broke destroys its streams itself, and so do programs when they hear of it.
      if (stream.session?.destroyed === false && stream.rstCode === 0 && !isBroken && !isBodyOver)
        call.givenUp()
    })
}

function answered(call: ObservedCall, headers: IncomingHttpHeaders): void {
  const { ':status': status, ...rest } = headers
  call.answered(Number(status ?? 0), textHeaders(rest))
}
