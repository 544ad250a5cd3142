// The same reply in other clothes: what a server, a proxy or a recorder may change about its bytes without saying anything else.

import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Recorded } from './recorded-corpus'

/** By what is done to each exchange. */
export const VARIANTS: Readonly<Record<string, (recorded: Recorded) => Recorded>> = {
  'packed by gzip': (recorded) => packed(recorded, 'gzip', gzipSync(bytesOf(recorded))),
  'packed by zstd': (recorded) => packed(recorded, 'zstd', zstdCompressSync(bytesOf(recorded))),
  'without a content type': (recorded) => withHeaders(recorded, (name) => !/^content-type$/i.test(name)),
  'with header names in capitals': (recorded) => ({
    ...recorded,
    response_headers: Object.fromEntries(
      Object.entries(recorded.response_headers).map(([name, value]) => [name.toUpperCase(), value]),
    ),
  }),
  'with events that end in CRLF': (recorded) =>
    withBody(recorded, (body) => (isEvents(body) ? crlf(body) : body)),
  'with comments between events': (recorded) =>
    withBody(recorded, (body) =>
      isEvents(body) ? `: hello\n\n${body.replace(/\n\n/g, '\n\n: ping\n\n')}` : body,
    ),
  'with a blank line before it': (recorded) =>
    withBody(recorded, (body) => (body.startsWith('{') ? `\n\n${body}` : body)),
  'printed prettily': (recorded) =>
    withBody(recorded, (body) =>
      wholeJson(body) === undefined ? body : JSON.stringify(wholeJson(body), null, 2),
    ),
  'with fields that nobody knows': (recorded) => withBody(recorded, (body) => everyObject(body, withUnknown)),
}

const UNKNOWN = { zz_new: { tokens: [1, { usage_hint: null }], nested: { total_tokens: 'many' } } }

function withUnknown(object: object): object {
  return { ...UNKNOWN, ...object, zz_last: null }
}

function bytesOf({ response_body, response_body_base64 }: Recorded): Buffer {
  return response_body_base64 === undefined
    ? Buffer.from(response_body ?? '')
    : Buffer.from(response_body_base64, 'base64')
}

function packed(recorded: Recorded, encoding: string, bytes: Buffer): Recorded {
  if (bytesOf(recorded).length === 0) return recorded
  const { response_body: _, ...rest } = recorded
  return {
    ...rest,
    response_headers: { ...recorded.response_headers, 'content-encoding': encoding },
    response_body_base64: bytes.toString('base64'),
  }
}

function withHeaders(recorded: Recorded, keep: (name: string) => boolean): Recorded {
  const kept = Object.entries(recorded.response_headers).filter(([name]) => keep(name))
  return { ...recorded, response_headers: Object.fromEntries(kept) }
}

function withBody(recorded: Recorded, change: (body: string) => string): Recorded {
  const { response_body: body = '' } = recorded
  return body === '' || recorded.response_body_base64 !== undefined
    ? recorded
    : { ...recorded, response_body: change(body) }
}

function isEvents(body: string): boolean {
  return /^(?::|data|event|id|retry)/.test(body)
}

function crlf(body: string): string {
  return body.replace(/\r?\n/g, '\r\n')
}

function wholeJson(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // Events, lines or an error page: that stays as it is.
    return undefined
  }
}

/** Changes the object of a JSON body, or the one of each event or line. */
function everyObject(body: string, change: (object: object) => object): string {
  const whole = wholeJson(body)
  if (Array.isArray(whole)) return JSON.stringify(whole.map((each) => (isObject(each) ? change(each) : each)))
  if (whole !== undefined) return JSON.stringify(change(whole))
  return body
    .split('\n')
    .map((line) => {
      const [, lead = '', json = ''] = /^(data:\s*)?(\{.*\})\s*$/.exec(line) ?? []
      const object = wholeJson(json)
      return object === undefined ? line : lead + JSON.stringify(change(object))
    })
    .join('\n')
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
