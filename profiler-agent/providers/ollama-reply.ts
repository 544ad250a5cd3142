// The reply of Ollama's own API, put together from one JSON body or from the lines of a stream.

import { arrayOf, type JsonObject, objectOf, textOf } from '../wire/json'
import type { ReplyBlock } from './blocks'
import { toolCall } from './openai-chat-prompt'
import { chunksOf, type Reply } from './parts'
import { errorOfBody, type ProviderError } from './provider-error'

export interface OllamaReply {
  readonly model?: string
  readonly finish?: string
  /** The line that ended the reply: it holds the counts. */
  readonly last?: JsonObject
  readonly error?: ProviderError
  readonly blocks: readonly ReplyBlock[]
}

/** Reads a whole JSON reply as one line, and a stream as its lines. Throws nothing. */
export function ollamaReply(reply: Reply, status: number): OllamaReply {
  let [text, thinking, hasImage] = ['', '', false]
  let read: Omit<OllamaReply, 'blocks'> = {}
  const calls: ReplyBlock[] = []
  for (const line of chunksOf(reply)) {
    const message = objectOf(line.message)
    text += textOf(message.content) ?? textOf(line.response) ?? ''
    thinking += textOf(message.thinking) ?? textOf(line.thinking) ?? ''
    hasImage ||= textOf(line.image) !== undefined
    for (const call of arrayOf(message.tool_calls)) calls.push(toolCall(objectOf(call)))
    read = { ...read, ...headOf(line, status) }
  }
  const texts: ReplyBlock[] = [
    { kind: 'reasoning', content: thinking },
    { kind: 'output', content: text },
  ]
  const images: ReplyBlock[] = hasImage ? [{ kind: 'media', content: '' }] : []
  return { ...read, blocks: [...texts.filter(({ content }) => content !== ''), ...images, ...calls] }
}

function headOf(line: JsonObject, status: number): Partial<OllamaReply> {
  const [model, finish] = [textOf(line.model), textOf(line.done_reason)]
  const error = errorOfBody(line, status)
  return {
    ...(model && { model }),
    ...(finish && { finish }),
    ...(line.done === true && { last: line }),
    ...(error && { error }),
  }
}
