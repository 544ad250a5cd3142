// The prompt of a Chat Completions request as blocks, in render order: tools, response format, messages.

import type { Block } from '../model/call'
import { present } from '../model/present'
import type { CacheTtl } from '../model/usage'
import { arrayOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, markOf, openAiTtlOf, type ReplyBlock, textOrJson, withAutomaticMark } from './blocks'
import { listReader } from './known-elements'
import type { ToolNames } from './tool-names'

const ROLE_KINDS: Readonly<Record<string, Block['kind']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool_result',
  function: 'tool_result',
}

const MEDIA_TYPES: readonly unknown[] = ['image_url', 'input_audio', 'file', 'video_url', 'document_url']

/** Blocks of a request; paths are where they stand in its JSON. */
export function chatPrompt(request: JsonObject): Block[] {
  const blocks = [
    ...toolBlocks(request.tools, 'tools'),
    ...toolBlocks(request.functions, 'functions'),
    ...formatBlock(request.response_format, 'response_format'),
    ...messageBlocks(request.messages, 'messages', openAiTtlOf(request)),
  ]
  return withAutomaticMark(blocks, request)
}

const toolBlocks = listReader<Block>((value, path) => {
  const tool = objectOf(value)
  const name = textOf(objectOf(tool.function).name) ?? textOf(objectOf(tool.custom).name) ?? textOf(tool.name)
  const kind = 'tool_def' as const
  return [present({ path, kind, name: name ?? textOf(tool.type), content: contentOf(tool), ...markOf(tool) })]
})

/** A JSON schema for the reply stands in the prompt too; plain `text` and `json_object` do not. */
export function formatBlock(format: unknown, path: string): Block[] {
  if (!isObject(format) || format.type !== 'json_schema') return []
  return [{ path, kind: 'system', content: contentOf(format) }]
}

const messageBlocks = listReader<Block, CacheTtl>((value, path, toolNames, ttl) => {
  const message = objectOf(value)
  const calls = callBlocks(message, path)
  for (const { name, toolCallId } of calls) if (name && toolCallId) toolNames.set(toolCallId, name)
  return [...reasoningBlocks(message, path), ...contentBlocks(message, path, ttl, toolNames), ...calls]
})

function reasoningBlocks(message: JsonObject, path: string): Block[] {
  const key = textOf(message.reasoning_content) ? 'reasoning_content' : 'reasoning'
  const content = textOf(message[key])
  return content === undefined ? [] : [{ path: `${path}.${key}`, kind: 'reasoning', content }]
}

function contentBlocks(message: JsonObject, path: string, ttl: CacheTtl, toolNames: ToolNames): Block[] {
  const kind = ROLE_KINDS[String(message.role)] ?? 'user'
  const toolCallId = kind === 'tool_result' ? textOf(message.tool_call_id) : undefined
  const name = kind === 'tool_result' ? (toolNames.get(toolCallId ?? '') ?? textOf(message.name)) : undefined
  const shared = present({ kind, name, toolCallId })
  if (typeof message.content === 'string')
    return message.content === '' && Array.isArray(message.tool_calls)
      ? []
      : [{ path, ...shared, content: message.content, ...markOf(message, ttl) }]
  return arrayOf(message.content).map((value, index) => {
    const part = objectOf(value)
    const isMedia = MEDIA_TYPES.includes(part.type)
    return {
      path: `${path}.content[${index}]`,
      ...shared,
      kind: isMedia ? 'media' : kind,
      content: typeof value === 'string' ? value : textOrJson(part),
      ...markOf(part, ttl),
    }
  })
}

function callBlocks(message: JsonObject, path: string): Block[] {
  const calls = arrayOf(message.tool_calls).map((call, index) =>
    callBlock(objectOf(call), `${path}.tool_calls[${index}]`),
  )
  if (!isObject(message.function_call)) return calls
  return [...calls, callBlock({ function: message.function_call }, `${path}.function_call`)]
}

/** A tool call of the assistant in a prompt. */
export function callBlock(call: JsonObject, path: string): Block {
  return { path, ...toolCall(call) }
}

/** A tool call, whole or put together from the pieces of a stream. */
export function toolCall(call: JsonObject): ReplyBlock {
  const called = isObject(call.function) ? call.function : objectOf(call.custom)
  return present({
    kind: 'tool_call' as const,
    name: textOf(called.name),
    toolCallId: textOf(call.id),
    content: contentOf(call),
  })
}
