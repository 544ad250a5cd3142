// Content of the Messages API as blocks: the prompt in render order (tools, system, messages), and blocks of a reply.

import type { Block } from '../model/call'
import { present } from '../model/present'
import { arrayOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { blockTest } from './block-test'
import { contentOf, markOf, plainTextOf, type ReplyBlock, textOrJson, withAutomaticMark } from './blocks'
import { listReader } from './known-elements'
import { ToolNames } from './tool-names'

const KINDS: Readonly<Record<string, Block['kind']>> = {
  thinking: 'reasoning',
  redacted_thinking: 'reasoning',
  image: 'media',
  container_upload: 'media',
  document: 'retrieval',
  search_result: 'retrieval',
}

/** Blocks of a request; paths are where they stand in its JSON. */
export function anthropicPrompt(request: JsonObject): Block[] {
  const blocks = [
    ...toolBlocks(request.tools, 'tools'),
    ...formatBlocks(request),
    ...systemBlocks(request.system),
    ...messageBlocks(request.messages, 'messages'),
  ]
  return withAutomaticMark(blocks, request)
}

const toolBlocks = listReader<Block>((value, path) => {
  const tool = objectOf(value)
  const name = textOf(tool.name) ?? textOf(tool.mcp_server_name) ?? textOf(tool.type)
  return [present({ path, kind: 'tool_def' as const, name, content: contentOf(tool), ...markOf(tool) })]
})

/** A schema for the reply is put into the prompt. */
function formatBlocks(request: JsonObject): Block[] {
  const format = objectOf(request.output_config).format ?? request.output_format
  return isObject(format)
    ? [{ path: 'output_config.format', kind: 'system', content: contentOf(format) }]
    : []
}

function systemBlocks(system: unknown): readonly Block[] {
  if (typeof system === 'string')
    return system === '' ? [] : [{ path: 'system', kind: 'system', content: system }]
  return systemParts(system, 'system')
}

const systemParts = listReader<Block>((value, path) => {
  const block = objectOf(value)
  return [{ path, kind: 'system', content: textOrJson(block), ...markOf(block) }]
})

const messageBlocks = listReader<Block>((value, path, toolNames) => {
  const message = objectOf(value)
  const kind = message.role === 'assistant' || message.role === 'system' ? message.role : 'user'
  if (typeof message.content === 'string') return [{ path, kind, content: message.content }]
  return arrayOf(message.content).flatMap((part, position) =>
    partBlocks(part, `${path}.content[${position}]`, kind, toolNames),
  )
})

function partBlocks(value: unknown, path: string, role: Block['kind'], toolNames: ToolNames): Block[] {
  if (typeof value === 'string') return [{ path, kind: role, content: value }]
  const part = objectOf(value)
  const type = String(part.type)
  if (type.endsWith('tool_result')) return resultBlocks(part, path, toolNames)
  const block = contentBlock(part, role)
  if (block.kind === 'tool_call' && block.toolCallId && block.name)
    toolNames.set(block.toolCallId, block.name)
  return [{ path, ...block, ...markOf(part) }]
}

/** One content block as it stands, in a prompt or in a reply. */
export function contentBlock(part: JsonObject, role: Block['kind']): ReplyBlock {
  const type = String(part.type)
  if (type.endsWith('tool_use'))
    return present({
      kind: 'tool_call' as const,
      name: textOf(part.name),
      toolCallId: textOf(part.id),
      content: contentOf(part),
    })
  if (type.endsWith('tool_result')) return resultBlock(part, new ToolNames())
  const kind = (Object.hasOwn(KINDS, type) ? KINDS[type] : undefined) ?? role
  return { kind, content: textOf(part.thinking) ?? textOrJson(part) }
}

function resultBlock(part: JsonObject, toolNames: ToolNames): ReplyBlock {
  const toolCallId = textOf(part.tool_use_id)
  const name = toolNames.get(toolCallId ?? '') ?? serverToolName(String(part.type))
  return present({ kind: 'tool_result' as const, name, toolCallId, content: resultText(part) })
}

/** `web_search_tool_result` is a result of `web_search`; a plain `tool_result` does not say of what. */
function serverToolName(type: string): string | undefined {
  return textOf(type.replace(/_?tool_result$/, ''))
}

function resultText(part: JsonObject): string {
  if (part.is_error === true) return contentOf(part)
  if (typeof part.content === 'string') return part.content
  const inner = arrayOf(part.content)
  return (inner.length === 1 ? plainTextOf(objectOf(inner[0])) : undefined) ?? contentOf(part)
}

/** A tool result is one block, unless it holds more than text: then each piece is one, so that documents and images show. */
function resultBlocks(part: JsonObject, path: string, toolNames: ToolNames): Block[] {
  const whole = resultBlock(part, toolNames)
  const inner = arrayOf(part.content).map(objectOf)
  if (inner.every((piece) => piece.type === 'text') || part.type !== 'tool_result')
    return [{ path, ...whole, ...markOf(part) }]
  return inner.map((piece, index) => ({
    ...whole,
    path: `${path}.content[${index}]`,
    kind: KINDS[String(piece.type)] ?? 'tool_result',
    content: textOrJson(piece),
    // A mark on the whole result stands behind its last piece.
    ...(index === inner.length - 1 ? markOf(part) : {}),
    ...markOf(piece),
  }))
}

/** Whether a document in the prompt has its citations switched on. */
export const isCiting = blockTest(
  ({ kind, content }) => kind === 'retrieval' && content.includes('"citations":{"enabled":true'),
)
