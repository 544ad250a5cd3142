// The reply of a Messages call, put together from its JSON or from the events of a stream, finished or broken off.

import { arrayOf, countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { mergeUsage } from './anthropic-usage'
import { byIndex } from './blocks'
import { chunksOf, type Reply } from './parts'
import { errorOfBody, type ProviderError } from './provider-error'

export interface AnthropicReply {
  readonly id?: string
  readonly model?: string
  readonly stopReason?: string
  /** What a refusal is about, where the provider says. */
  readonly refusalCategory?: string
  readonly usage?: JsonObject
  /** True when the usage is the final one, with its output. */
  readonly usageIsFinal: boolean
  readonly content: readonly JsonObject[]
  readonly error?: ProviderError
  /** True after `message_stop`, or for a whole JSON body. */
  readonly ended: boolean
}

/** Reads a whole JSON reply or a stream. Throws nothing. */
export function anthropicReply(reply: Reply, status: number): AnthropicReply {
  if (reply.kind !== 'json') return readEvents(chunksOf(reply), status)
  const error = errorOfBody(reply.value, status)
  return {
    ...headOf(reply.value),
    ...(isObject(reply.value.usage) && { usage: reply.value.usage }),
    usageIsFinal: true,
    content: arrayOf(reply.value.content).filter(isObject),
    ...(error && { error }),
    ended: true,
  }
}

function headOf(message: JsonObject): Partial<AnthropicReply> {
  const [id, model] = [textOf(message.id), textOf(message.model)]
  return { ...(id && { id }), ...(model && { model }), ...endOf(message) }
}

/** Why the model stopped, in a whole message or in the delta that ends one. */
function endOf(message: JsonObject): Partial<AnthropicReply> {
  const stopReason = textOf(message.stop_reason)
  const refusalCategory = textOf(objectOf(message.stop_details).category)
  return { ...(stopReason && { stopReason }), ...(refusalCategory && { refusalCategory }) }
}

function readEvents(events: readonly JsonObject[], status: number): AnthropicReply {
  const blocks = new Map<number, OpenBlock>()
  let read: Omit<AnthropicReply, 'content'> = { usageIsFinal: false, ended: false }
  let outputIsKnown = false
  for (const event of events) {
    addToBlocks(blocks, event)
    const error = errorOfBody(event, status)
    if (error) read = { ...read, error }
    if (event.type === 'message_stop') read = { ...read, ended: true }
    if (event.type === 'message_start') read = { ...read, ...startOf(objectOf(event.message)) }
    if (event.type === 'message_delta') {
      outputIsKnown ||= countOf(objectOf(event.usage).output_tokens) !== null
      read = { ...read, ...deltaOf(event, read.usage) }
    }
  }
  const isFinal = outputIsKnown && (read.ended || read.stopReason !== undefined)
  return { ...read, usageIsFinal: isFinal, content: byIndex(blocks).map(closed) }
}

function startOf(message: JsonObject): Partial<AnthropicReply> {
  return { ...headOf(message), ...(isObject(message.usage) && { usage: message.usage }) }
}

function deltaOf(event: JsonObject, usage: JsonObject = {}): Partial<AnthropicReply> {
  return {
    ...endOf(objectOf(event.delta)),
    ...(isObject(event.usage) && { usage: mergeUsage(usage, event.usage) }),
  }
}

interface OpenBlock {
  start: JsonObject
  text: string
  thinking: string
  signature: string
  inputJson: string
}

function addToBlocks(blocks: Map<number, OpenBlock>, event: JsonObject): void {
  const index = countOf(event.index)
  if (index === null) return
  const block = blocks.get(index) ?? { start: {}, text: '', thinking: '', signature: '', inputJson: '' }
  blocks.set(index, block)
  if (isObject(event.content_block)) block.start = event.content_block
  const delta = objectOf(event.delta)
  block.text += textOf(delta.text) ?? ''
  block.thinking += textOf(delta.thinking) ?? ''
  block.signature += textOf(delta.signature) ?? ''
  block.inputJson += textOf(delta.partial_json) ?? ''
}

/** The content block as a JSON reply would have given it. */
function closed({ start, text, thinking, signature, inputJson }: OpenBlock): JsonObject {
  const type = textOf(start.type) ?? (thinking === '' ? 'text' : 'thinking')
  return {
    ...start,
    type,
    ...(type === 'text' && { text: `${textOf(start.text) ?? ''}${text}` }),
    ...(thinking !== '' && { thinking: `${textOf(start.thinking) ?? ''}${thinking}` }),
    ...(signature !== '' && { signature }),
    ...(inputJson !== '' && { input: parsedInput(inputJson) }),
  }
}

function parsedInput(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The stream broke off inside the arguments: the text so far is what there is.
    return text
  }
}
