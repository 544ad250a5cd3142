// The reply of a Responses call, put together from its JSON or from the events of a stream, finished or broken off.

import { arrayOf, countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { byIndex } from './blocks'
import { chunksOf, type Reply } from './parts'
import { errorOfBody, fromFields, type ProviderError } from './provider-error'

export interface ResponsesReply {
  /** The newest `response` object; empty where none came. */
  readonly response: JsonObject
  /** Its items: from the final object, else as far as the stream built them. */
  readonly items: readonly JsonObject[]
  readonly error?: ProviderError
  /** True after `response.completed`, `.incomplete`, `.failed`, `.cancelled`, `.done` (Realtime) or `error`. */
  readonly ended: boolean
}

const TERMINAL: readonly unknown[] = [
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'response.done',
  'error',
]

/** Reads a whole JSON reply or a stream. Throws nothing. */
export function responsesReply(reply: Reply, status: number): ResponsesReply {
  if (reply.kind === 'json') {
    // The only frame of a WebSocket.
    if (/^(error$|response\.)/.test(textOf(reply.value.type) ?? '')) return readEvents([reply.value], status)
    const error = errorOfBody(reply.value, status)
    return { response: reply.value, items: itemsOf(reply.value), ...(error && { error }), ended: true }
  }
  return readEvents(chunksOf(reply), status)
}

function readEvents(events: readonly JsonObject[], status: number): ResponsesReply {
  const items = new Map<number, JsonObject>()
  let response: JsonObject = {}
  let error: ProviderError | undefined
  let ended = false
  for (const event of events) {
    if (isObject(event.response)) response = event.response
    addToItems(items, event)
    error = errorOfEvent(event, status) ?? error
    ended ||= TERMINAL.includes(event.type)
  }
  const final = itemsOf(response)
  return { response, items: final.length > 0 ? final : byIndex(items), ...(error && { error }), ended }
}

function itemsOf(response: JsonObject): JsonObject[] {
  return arrayOf(response.output).filter(isObject)
}

/** Errors come nested (`{error: {…}}`), flat (`{type: "error", code, message}`), or inside a failed response. */
function errorOfEvent(event: JsonObject, status: number): ProviderError | undefined {
  if (event.type === 'error' && !isObject(event.error))
    return fromFields({ code: event.code, message: event.message ?? 'error without a message' }, status)
  // A frame of a WebSocket names its HTTP status beside the error.
  const ownStatus = countOf(event.status) ?? status
  return errorOfBody(event, ownStatus) ?? errorOfBody(objectOf(event.response), status)
}

/** Items arrive empty, grow by deltas, and are given whole when done. */
function addToItems(items: Map<number, JsonObject>, event: JsonObject): void {
  const index = countOf(event.output_index)
  if (index === null) return
  if (isObject(event.item)) items.set(index, event.item)
  const delta = textOf(event.delta)
  if (delta === undefined) return
  const item = items.get(index) ?? {}
  const grown = grow(item, String(event.type), delta)
  if (grown !== undefined) items.set(index, grown)
}

function grow(item: JsonObject, type: string, delta: string): JsonObject | undefined {
  if (type === 'response.output_text.delta' || type === 'response.refusal.delta')
    return { type: 'message', ...item, content: appended(item.content, 'output_text', delta) }
  if (type === 'response.reasoning_summary_text.delta')
    return { type: 'reasoning', ...item, summary: appended(item.summary, 'summary_text', delta) }
  if (type === 'response.reasoning_text.delta')
    return { type: 'reasoning', ...item, content: appended(item.content, 'reasoning_text', delta) }
  if (type === 'response.function_call_arguments.delta')
    return { type: 'function_call', ...item, arguments: `${textOf(item.arguments) ?? ''}${delta}` }
  return undefined
}

/** One part with all text so far: how the parts were cut is only known when the item is done. */
function appended(parts: unknown, type: string, delta: string): JsonObject[] {
  return [{ type, text: `${textOf(objectOf(arrayOf(parts)[0]).text) ?? ''}${delta}` }]
}
