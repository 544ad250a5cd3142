// An exchange taken apart for the adapters: path, request JSON, and the reply as one JSON value or as a list of events.

import type { HttpExchange } from '../model/exchange'
import { decodeJson, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { decodeSse } from '../wire/sse'
import { textOfUtf8, withoutByteOrderMark } from '../wire/utf8'
import { decodeBody } from './body'

export type Reply =
  | { readonly kind: 'none' }
  /** Neither JSON nor an event stream: an error page, or a body that was cut. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: JsonObject }
  | { readonly kind: 'events'; readonly events: readonly JsonObject[]; readonly done: boolean }

export interface ExchangeParts {
  readonly exchange: HttpExchange
  /** Path of the URL without query and without a trailing slash. */
  readonly path: string
  readonly request: JsonObject
  readonly requestModel: string
  readonly reply: Reply
  readonly malformed: number
}

/** Takes an exchange apart. Throws nothing; what cannot be parsed is counted in `malformed`. */
export function partsOf(exchange: HttpExchange): ExchangeParts {
  const path = pathOf(exchange.url)
  const request = readRequest(exchange)
  const reply = readReply(exchange)
  return {
    exchange,
    path,
    request: request.value,
    requestModel: textOf(request.value.model) ?? modelInPath(path) ?? '',
    reply: reply.reply,
    malformed: request.malformed + reply.malformed,
  }
}

/** True where the reply came, or was asked for, as a stream. */
export function isStream(parts: ExchangeParts): boolean {
  return parts.reply.kind === 'events' || parts.request.stream === true
}

function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : (url.split(/[?#]/)[0] ?? '')
  return path.replace(/\/+$/, '')
}

/** Azure names the deployment in the path, Google the model. */
function modelInPath(path: string): string | undefined {
  const name = /\/(?:deployments|models)\/([^/:]+)/.exec(path)?.[1]
  if (name === undefined) return undefined
  try {
    return decodeURIComponent(name)
  } catch {
    // Not percent-encoded after all: the name is what stands there.
    return name
  }
}

function readRequest(exchange: HttpExchange): { value: JsonObject; malformed: number } {
  const body = decodeBody(exchange.requestBody, exchange.requestHeaders)
  if (body.bytes.length === 0) return { value: {}, malformed: body.malformed }
  const reading = decodeJson(body.bytes)
  const isForm = (exchange.requestHeaders['content-type'] ?? '').startsWith('multipart/')
  return {
    value: reading.ok ? objectOf(reading.value) : {},
    malformed: body.malformed + (reading.ok || isForm ? 0 : 1),
  }
}

/** The bytes say what the framing is: recordings lack headers, and servers label errors wrongly. */
function readReply(exchange: HttpExchange): { reply: Reply; malformed: number } {
  const body = decodeBody(exchange.responseBody, exchange.responseHeaders)
  const start = startOfText(body.bytes)
  const { malformed } = body
  if (start === '') return { reply: { kind: 'none' }, malformed }
  const isEventStream = (exchange.responseHeaders['content-type'] ?? '').includes('text/event-stream')
  if (!/^[[{]/.test(start) && (isEventStream || /^(:|data|event|id|retry)/.test(start)))
    return readEvents(body.bytes, malformed)
  const reading = decodeJson(body.bytes)
  // Google wraps errors of streams into an array.
  const value = reading.ok && Array.isArray(reading.value) ? reading.value[0] : reading.ok && reading.value
  if (isObject(value)) return { reply: { kind: 'json', value }, malformed }
  return { reply: { kind: 'text', text: textOfUtf8(body.bytes) }, malformed: malformed + 1 }
}

/** The first characters that are not white space: servers send blank lines to keep a connection alive. */
function startOfText(bytes: Uint8Array): string {
  const text = withoutByteOrderMark(bytes)
  const first = text.findIndex((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d))
  return first < 0 ? '' : textOfUtf8(text.subarray(first, first + 16))
}

function readEvents(bytes: Uint8Array, malformedBody: number): { reply: Reply; malformed: number } {
  const events: JsonObject[] = []
  let malformed = malformedBody
  let done = false
  for (const event of decodeSse(bytes)) {
    if (event.data.trim() === '[DONE]') {
      done = true
      continue
    }
    const reading = decodeJson(event.data)
    if (!reading.ok || !isObject(reading.value)) malformed++
    // Some compatible servers name the type on the `event:` line only.
    else if (event.event === undefined || 'type' in reading.value) events.push(reading.value)
    else events.push({ type: event.event, ...reading.value })
  }
  return { reply: { kind: 'events', events, done }, malformed }
}
