// The prompt of Ollama's own API as blocks: messages of a chat, the prompt of a generation, texts of an embedding.

import type { Block } from '../model/call'
import { present } from '../model/present'
import { arrayOf, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf } from './blocks'
import { listReader } from './known-elements'
import { callBlock, chatPrompt } from './openai-chat-prompt'

const ROLE_KINDS: Readonly<Record<string, Block['kind']>> = {
  system: 'system',
  assistant: 'assistant',
  tool: 'tool_result',
}

/** Blocks of a request; paths are where they stand in its JSON. */
export function ollamaPrompt(request: JsonObject): Block[] {
  return [
    ...chatPrompt({ tools: request.tools }),
    ...textBlocks(request.system, 'system', 'system'),
    ...messageBlocks(request.messages, 'messages'),
    ...inputBlocks(request.input),
    ...textBlocks(request.prompt, 'prompt', 'user'),
    ...imageBlocks(request.images, 'images'),
    ...textBlocks(request.suffix, 'suffix', 'user'),
  ]
}

const messageBlocks = listReader<Block>((value, path) => {
  const message = objectOf(value)
  const kind = ROLE_KINDS[String(message.role)] ?? 'user'
  const name = kind === 'tool_result' ? (textOf(message.tool_name) ?? textOf(message.name)) : undefined
  return [
    ...textBlocks(message.thinking, `${path}.thinking`, 'reasoning'),
    ...textBlocks(message.content, path, kind).map((block) => present({ ...block, name })),
    ...imageBlocks(message.images, `${path}.images`),
    ...arrayOf(message.tool_calls).map((call, index) =>
      callBlock(objectOf(call), `${path}.tool_calls[${index}]`),
    ),
  ]
})

/** The texts of an embedding: one, or a list. */
function inputBlocks(input: unknown): Block[] {
  if (!Array.isArray(input)) return textBlocks(input, 'input', 'user')
  return input.flatMap((text, index) => textBlocks(text, `input[${index}]`, 'user'))
}

function textBlocks(value: unknown, path: string, kind: Block['kind']): Block[] {
  const content = textOf(value)
  return content === undefined ? [] : [{ path, kind, content }]
}

function imageBlocks(images: unknown, path: string): Block[] {
  return arrayOf(images).map((image, index) => ({
    path: `${path}[${index}]`,
    kind: 'media',
    content: textOf(image) ?? contentOf(image),
  }))
}
