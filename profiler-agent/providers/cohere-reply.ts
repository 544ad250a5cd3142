// The reply of a Cohere chat of either version, put together from its JSON or from the events of a stream.

import { arrayOf, countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { byIndex, type ReplyBlock } from './blocks'
import { v1Calls } from './cohere-prompt'
import { toolCall } from './openai-chat-prompt'
import { chunksOf, type Reply } from './parts'
import { errorOfBody, type ProviderError } from './provider-error'

export interface CohereReply {
  readonly id?: string
  readonly finish?: string
  /** `usage` of v2, `meta` of v1. */
  readonly usage?: JsonObject
  readonly error?: ProviderError
  /** True after the last event, or for a whole JSON body. */
  readonly ended: boolean
  readonly blocks: readonly ReplyBlock[]
}

/** What the events add to: texts by their index, tool calls by theirs. */
interface Draft {
  id?: string
  finish?: string
  usage?: JsonObject
  error?: ProviderError
  ended: boolean
  plan: string
  readonly parts: Map<number, { text: string; thinking: string }>
  readonly calls: Map<number, JsonObject>
  v1Text: string
  v1Calls: unknown
}

/** Reads a whole JSON reply or a stream. Throws nothing. */
export function cohereReply(reply: Reply, status: number): CohereReply {
  const draft: Draft = {
    ended: false,
    plan: '',
    parts: new Map(),
    calls: new Map(),
    v1Text: '',
    v1Calls: undefined,
  }
  // The first line of a stream that broke off behind it looks like a JSON body.
  if (reply.kind === 'json' && !('event_type' in reply.value)) addWhole(draft, reply.value, status)
  else for (const event of chunksOf(reply)) addEvent(draft, event, status)
  const { id, finish, usage, error, ended } = draft
  return {
    ...(id && { id }),
    ...(finish && { finish }),
    ...(usage && { usage }),
    ...(error && { error }),
    ended,
    blocks: blocksOf(draft),
  }
}

/** A finished reply: a JSON body, or the copy of it that ends a v1 stream. */
function addWhole(draft: Draft, body: JsonObject, status: number): void {
  draft.ended = true
  addHead(draft, body, status)
  draft.v1Text = textOf(body.text) ?? draft.v1Text
  draft.v1Calls = Array.isArray(body.tool_calls) ? body.tool_calls : draft.v1Calls
  const message = objectOf(body.message)
  for (const [index, part] of arrayOf(message.content).entries()) addPart(draft, index, objectOf(part))
  if (typeof message.content === 'string') addPart(draft, 0, { text: message.content })
  draft.plan += textOf(message.tool_plan) ?? ''
  for (const [index, call] of arrayOf(message.tool_calls).entries()) draft.calls.set(index, objectOf(call))
}

function addHead(draft: Draft, body: JsonObject, status: number): void {
  draft.id = textOf(body.response_id) ?? textOf(body.generation_id) ?? textOf(body.id) ?? draft.id
  draft.finish = textOf(body.finish_reason) ?? draft.finish
  const said = [body.usage, body.meta].find(isObject)
  if (said !== undefined) draft.usage = said
  draft.error = errorOfBody(body, status) ?? draft.error
}

function addEvent(draft: Draft, event: JsonObject, status: number): void {
  addHead(draft, event, status)
  const type = textOf(event.event_type) ?? textOf(event.type)
  if (type === 'stream-end' || event.is_finished === true) {
    if (isObject(event.response)) addWhole(draft, event.response, status)
    draft.ended = true
    return
  }
  const delta = objectOf(event.delta)
  if (type === 'message-end') {
    addHead(draft, delta, status)
    draft.ended = true
    return
  }
  if (type === 'text-generation' || type === 'tool-calls-chunk') draft.v1Text += textOf(event.text) ?? ''
  if (type === 'tool-calls-generation') draft.v1Calls = event.tool_calls
  const message = objectOf(delta.message)
  draft.plan += textOf(message.tool_plan) ?? ''
  const index = countOf(event.index) ?? 0
  if (isObject(message.content)) addPart(draft, index, message.content)
  if (isObject(message.tool_calls)) addCall(draft.calls, index, message.tool_calls)
}

function addPart({ parts }: Draft, index: number, part: JsonObject): void {
  const known = parts.get(index) ?? { text: '', thinking: '' }
  parts.set(index, {
    text: known.text + (textOf(part.text) ?? ''),
    thinking: known.thinking + (textOf(part.thinking) ?? ''),
  })
}

/** Arguments come in pieces; the first piece has the rest. */
function addCall(calls: Map<number, JsonObject>, index: number, piece: JsonObject): void {
  const known = calls.get(index) ?? {}
  const [before, added] = [objectOf(known.function), objectOf(piece.function)]
  const text = `${textOf(before.arguments) ?? ''}${textOf(added.arguments) ?? ''}`
  calls.set(index, { ...known, ...piece, function: { ...before, ...added, arguments: text } })
}

function blocksOf(draft: Draft): ReplyBlock[] {
  const texts: ReplyBlock[] = byIndex(draft.parts).flatMap(({ text, thinking }) => [
    { kind: 'reasoning', content: thinking },
    { kind: 'output', content: text },
  ])
  return [
    ...[
      ...texts,
      { kind: 'reasoning' as const, content: draft.plan },
      { kind: 'output' as const, content: draft.v1Text },
    ].filter(({ content }) => content !== ''),
    ...byIndex(draft.calls).map(toolCall),
    ...v1Calls(draft.v1Calls),
  ]
}
