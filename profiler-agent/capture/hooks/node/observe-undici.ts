// Looks at one request of undici, Node's own (the global fetch) or npm's: its body, its response, its end.

import { intercept } from './intercept'
import type { ObservedCall } from './observed-call'
import type { RequestFacts } from './observed-request'
import { urlOf } from './url-of'

/** What the channel `undici:request:create` shows. */
export interface UndiciRequest {
  readonly origin?: unknown
  readonly path?: unknown
  readonly method?: unknown
  /** Text in older majors, names and values in turn in newer ones. */
  readonly headers?: unknown
}

export function undiciFacts(request: UndiciRequest): RequestFacts | undefined {
  const url = urlOf(String(request.origin) + String(request.path))
  return url && { method: String(request.method), url, headers: headersOf(request.headers) }
}

function headersOf(headers: unknown): Record<string, string> {
  if (Array.isArray(headers)) return pairsOf(headers)
  const lines = String(headers).split('\r\n')
  return pairsOf(lines.flatMap((line) => /^([^:]+): ?(.*)$/.exec(line)?.slice(1) ?? []))
}

/** Names and values in turn, each text or bytes; a name that comes again adds to its value. */
function pairsOf(flat: readonly unknown[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = textOf(flat[at]).toLowerCase()
    const value = textOf(flat[at + 1])
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
}

/** What undici tells a request of itself; the later of two names is that of undici 8. */
export function observeUndici(request: object, call: ObservedCall): void {
  intercept(request, 'onBodySent', ([chunk]) => call.sent(chunk))
  for (const name of ['onHeaders', 'onResponseStart'])
    intercept(request, name, ([status, headers]) => {
      if (typeof status === 'number' && status >= 200) call.answered(status, responseHeaders(headers))
    })
  for (const name of ['onData', 'onResponseData']) intercept(request, name, ([chunk]) => call.received(chunk))
  for (const name of ['onComplete', 'onResponseEnd']) intercept(request, name, () => call.ended(true))
  for (const name of ['onError', 'onResponseError'])
    intercept(request, name, ([error]) => {
      if (isAbort(error)) call.givenUp()
      call.ended(false, error)
    })
}

function responseHeaders(headers: unknown): Record<string, string> {
  if (Array.isArray(headers)) return pairsOf(headers)
  return pairsOf(Object.entries(Object(headers)).flat())
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
