// An exchange taken apart for the adapters: path, request JSON, and the reply as one JSON value or as the events of a stream.

import type { HttpExchange } from '../model/exchange'
import { decodeEventStream, type EventStreamMessage, isEventStream } from '../wire/event-stream'
import { decodeJson, isObject, type JsonObject, type JsonReading, objectOf, textOf } from '../wire/json'
import { decodeJsonArray } from '../wire/json-array'
import { decodeJsonLines } from '../wire/json-lines'
import type { JsonMemory } from '../wire/json-memory'
import { decodeSse } from '../wire/sse'
import { textOfUtf8, withoutByteOrderMark } from '../wire/utf8'
import { decodeBody } from './body'

export type Reply =
  | { readonly kind: 'none' }
  /** Neither JSON nor an event stream: an error page, or a body that was cut. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: JsonObject }
  /**
   * Objects of a stream in any framing: SSE, JSON lines, a streamed JSON array, AWS event stream (event name as `type`,
   * exceptions with an `error`). `done`: `[DONE]` came, or the array was closed; JSON lines and AWS have no such mark.
   */
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

/** Takes an exchange apart; `bodies` are earlier requests, with which this one may share values. Throws nothing; what cannot be parsed is counted in `malformed`. */
export function partsOf(exchange: HttpExchange, bodies?: JsonMemory): ExchangeParts {
  const path = pathOf(exchange.url)
  const request = readRequest(exchange, bodies)
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

/** Objects of a reply: the whole JSON body as the only one, or the events of a stream. */
export function chunksOf(reply: Reply): readonly JsonObject[] {
  if (reply.kind === 'events') return reply.events
  return reply.kind === 'json' ? [reply.value] : []
}

/** The JSON body of a reply; an empty object for a stream, a text or nothing. */
export function bodyOf(reply: Reply): JsonObject {
  return reply.kind === 'json' ? reply.value : {}
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
  return name === undefined ? undefined : decodedName(name)
}

/** A name out of a path, with its percent-encoding undone. */
export function decodedName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    // Not percent-encoded after all: the name is what stands there.
    return name
  }
}

function readRequest(exchange: HttpExchange, bodies?: JsonMemory): { value: JsonObject; malformed: number } {
  const body = decodeBody(exchange.requestBody, exchange.requestHeaders)
  if (body.bytes.length === 0) return { value: {}, malformed: body.malformed }
  const reading = bodies?.decode(body.bytes) ?? decodeJson(body.bytes)
  const isForm = (exchange.requestHeaders['content-type'] ?? '').startsWith('multipart/')
  return {
    value: reading.ok ? objectOf(reading.value) : {},
    malformed: body.malformed + (reading.ok || isForm ? 0 : 1),
  }
}

/** The bytes say what the framing is: recordings lack headers, and servers label errors wrongly. */
function readReply(exchange: HttpExchange): Framed {
  const { bytes, malformed } = decodeBody(exchange.responseBody, exchange.responseHeaders)
  const framed = readFraming(bytes, exchange)
  return { reply: framed.reply, malformed: malformed + framed.malformed }
}

interface Framed {
  readonly reply: Reply
  readonly malformed: number
}

function readFraming(bytes: Uint8Array, exchange: HttpExchange): Framed {
  if (isEventStream(bytes)) return readEventStream(bytes)
  const start = startOfText(bytes)
  if (start === '') return { reply: { kind: 'none' }, malformed: 0 }
  const contentType = exchange.responseHeaders['content-type'] ?? ''
  if (
    !/^[[{]/.test(start) &&
    (contentType.includes('event-stream') || /^(:|data|event|id|retry)/.test(start))
  )
    return readSse(bytes)
  if (start.startsWith('[')) return readArray(bytes, exchange)
  const reading = decodeJson(bytes)
  // The frames of a socket are a stream though there be only one; of a lone object elsewhere no header says what it is.
  if (reading.ok && isObject(reading.value) && exchange.transport !== 'websocket')
    return { reply: { kind: 'json', value: reading.value }, malformed: 0 }
  const lines = start.startsWith('{') ? readLines(bytes) : undefined
  return lines ?? { reply: { kind: 'text', text: textOfUtf8(bytes) }, malformed: 1 }
}

/** The first characters that are not white space: servers send blank lines to keep a connection alive. */
function startOfText(bytes: Uint8Array): string {
  const text = withoutByteOrderMark(bytes)
  const first = text.findIndex((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d))
  return first < 0 ? '' : textOfUtf8(text.subarray(first, first + 16))
}

function readSse(bytes: Uint8Array): Framed {
  const events: JsonObject[] = []
  let malformed = 0
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

/** Elements of a streamed array. An error of a stream comes as an array too, with itself as the only element. */
function readArray(bytes: Uint8Array, { status }: HttpExchange): Framed {
  const { elements, closed } = decodeJsonArray(bytes)
  const { events, malformed } = objectsIn(elements)
  const [only] = events
  if (status >= 400 && only !== undefined) return { reply: { kind: 'json', value: only }, malformed }
  // Bare vectors and the like: JSON that says nothing about usage.
  if (closed && events.length === 0) return { reply: { kind: 'json', value: {} }, malformed: 0 }
  return { reply: { kind: 'events', events, done: closed }, malformed }
}

/** JSON lines, where at least the first is an object; else the body is no such thing. */
function readLines(bytes: Uint8Array): Framed | undefined {
  const { events, malformed } = objectsIn(decodeJsonLines(bytes))
  return events.length === 0 ? undefined : { reply: { kind: 'events', events, done: false }, malformed }
}

/** Messages of an AWS event stream, each with the name of its event, exception or error as `type`. */
function readEventStream(bytes: Uint8Array): Framed {
  const { messages, malformed } = decodeEventStream(bytes)
  const { events, malformed: broken } = objectsIn(messages.map(messageOf))
  return { reply: { kind: 'events', events, done: false }, malformed: malformed + broken }
}

function messageOf({ headers, payload }: EventStreamMessage): JsonReading {
  // An error says everything in its headers.
  const reading: JsonReading = payload.length === 0 ? { ok: true, value: {} } : decodeJson(payload)
  const fault = headers[':exception-type'] ?? headers[':error-code']
  if (fault !== undefined) {
    const body = reading.ok ? objectOf(reading.value) : {}
    return {
      ok: true,
      value: { type: fault, error: { type: fault, message: headers[':error-message'], ...body } },
    }
  }
  if (!reading.ok || !isObject(reading.value)) return reading
  return { ok: true, value: { type: headers[':event-type'], ...reading.value } }
}

function objectsIn(readings: readonly JsonReading[]): { events: JsonObject[]; malformed: number } {
  const events = readings.flatMap((reading) => (reading.ok && isObject(reading.value) ? [reading.value] : []))
  return { events, malformed: readings.length - events.length }
}
