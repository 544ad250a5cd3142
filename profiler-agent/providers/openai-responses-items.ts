// Items of the Responses API as blocks: the same items stand in `input` of a request and in `output` of a reply.

import type { Block } from '../model/call'
import { present } from '../model/present'
import type { CacheTtl } from '../model/usage'
import { arrayOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, markOf, openAiTtlOf, plainTextOf, type ReplyBlock, textOrJson } from './blocks'
import { listReader } from './known-elements'
import { formatBlock } from './openai-chat-prompt'
import type { ToolNames } from './tool-names'

const ROLE_KINDS: Readonly<Record<string, Block['kind']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
}

const MEDIA_TYPES: readonly unknown[] = ['input_image', 'input_file', 'input_audio', 'computer_screenshot']

/** Blocks of a request in render order: tools, instructions, stored prompt, response format, input. */
export function responsesPrompt(request: JsonObject): Block[] {
  const instructions = textOf(request.instructions)
  return [
    ...toolBlocks(request.tools, 'tools'),
    ...(instructions === undefined
      ? []
      : [{ path: 'system', kind: 'system' as const, content: instructions }]),
    ...(isObject(request.prompt)
      ? [{ path: 'prompt', kind: 'system' as const, content: contentOf(request.prompt) }]
      : []),
    ...formatBlock(objectOf(request.text).format, 'text.format'),
    ...inputBlocks(request),
  ]
}

const toolBlocks = listReader<Block>((value, path) => {
  const tool = objectOf(value)
  const name = textOf(tool.name) ?? textOf(tool.server_label) ?? textOf(tool.type)
  return [present({ path, kind: 'tool_def' as const, name, content: contentOf(tool), ...markOf(tool) })]
})

function inputBlocks(request: JsonObject): readonly Block[] {
  const { input } = request
  if (typeof input === 'string') return [{ path: 'input', kind: 'user', content: input }]
  return inputItems(input, 'input', openAiTtlOf(request))
}

const inputItems = listReader<Block, CacheTtl>((value, path, toolNames, ttl) => {
  const blocks = itemBlocks(objectOf(value), path, ttl, toolNames)
  for (const { kind, name, toolCallId } of blocks)
    if (kind === 'tool_call' && name && toolCallId) toolNames.set(toolCallId, name)
  return blocks
})

function itemBlocks(item: JsonObject, path: string, ttl: CacheTtl, toolNames: ToolNames): Block[] {
  const type = textOf(item.type) ?? (item.role === undefined ? '' : 'message')
  if (type === 'message') return messageBlocks(item, path, ttl)
  if (/_output$|_response$/.test(type)) return outputBlocks(item, path, ttl, toolNames)
  return [{ path, ...itemBlock(item, type) }]
}

function messageBlocks(item: JsonObject, path: string, ttl: CacheTtl): Block[] {
  const kind = ROLE_KINDS[String(item.role)] ?? 'user'
  if (typeof item.content === 'string') return [{ path, kind, content: item.content }]
  return arrayOf(item.content).map((part, index) => partBlock(part, `${path}.content[${index}]`, kind, ttl))
}

function partBlock(value: unknown, path: string, kind: Block['kind'], ttl: CacheTtl): Block {
  if (typeof value === 'string') return { path, kind, content: value }
  const part = objectOf(value)
  return {
    path,
    kind: MEDIA_TYPES.includes(part.type) ? 'media' : kind,
    content: textOf(part.refusal) ?? textOrJson(part),
    ...markOf(part, ttl),
  }
}

/** Results of tools that ran at the caller's side. */
function outputBlocks(item: JsonObject, path: string, ttl: CacheTtl, toolNames: ToolNames): Block[] {
  const toolCallId = callIdOf(item)
  const name = toolNames.get(toolCallId ?? '') ?? textOf(item.name)
  const shared = present({ kind: 'tool_result' as const, name, toolCallId })
  if (!Array.isArray(item.output))
    return [{ path, ...shared, content: textOf(item.output) ?? contentOf(item), ...markOf(item, ttl) }]
  return item.output.map((part, index) => ({
    ...shared,
    ...partBlock(part, `${path}.output[${index}]`, 'tool_result', ttl),
  }))
}

/** An item that is one block of its own: a tool call of either side, reasoning, a list of tools, a reference. */
function itemBlock(item: JsonObject, type: string): ReplyBlock {
  if (type === 'reasoning') return { kind: 'reasoning', content: reasoningText(item) ?? contentOf(item) }
  if (type === 'mcp_list_tools' || type === 'additional_tools')
    return { kind: 'tool_def', content: contentOf(item) }
  if (type === 'image_generation_call')
    return { kind: 'media', name: 'image_generation', content: contentOf(item) }
  if (type.endsWith('_call') || type === 'mcp_approval_request') {
    const name = textOf(item.name) ?? type.replace(/_call$/, '')
    return present({ kind: 'tool_call' as const, name, toolCallId: callIdOf(item), content: contentOf(item) })
  }
  return {
    kind: type === 'item_reference' || type === 'compaction' ? 'assistant' : 'user',
    content: contentOf(item),
  }
}

function callIdOf(item: JsonObject): string | undefined {
  return textOf(item.call_id) ?? textOf(item.approval_request_id) ?? textOf(item.id)
}

/** What the provider shows of the reasoning; the encrypted rest is not text. */
function reasoningText(item: JsonObject): string | undefined {
  const parts = [...arrayOf(item.summary), ...arrayOf(item.content)].map(
    (part) => textOf(objectOf(part).text) ?? '',
  )
  return textOf(parts.filter((text) => text !== '').join('\n'))
}

/** The blocks of one item of a reply. */
export function replyBlocks(item: JsonObject): ReplyBlock[] {
  const type = textOf(item.type) ?? 'message'
  if (type === 'message') return arrayOf(item.content).map((part) => outputPart(objectOf(part)))
  if (/_output$/.test(type)) return [{ kind: 'tool_result', content: textOf(item.output) ?? contentOf(item) }]
  const block = itemBlock(item, type)
  return [block.kind === 'user' || block.kind === 'assistant' ? { ...block, kind: 'output' } : block]
}

function outputPart(part: JsonObject): ReplyBlock {
  const text = plainTextOf({ ...part, annotations: [], logprobs: [] }) ?? textOf(part.refusal)
  return { kind: 'output', content: text ?? contentOf(part) }
}
