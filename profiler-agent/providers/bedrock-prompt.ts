// Content in the schema of Converse as blocks: the prompt in render order (tools, system, messages), and blocks of a reply.

import type { Block } from '../model/call'
import { present } from '../model/present'
import type { CacheTtl } from '../model/usage'
import { arrayOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, type ReplyBlock } from './blocks'
import { listReader } from './known-elements'
import { ToolNames } from './tool-names'

/** Blocks of a request; paths are where they stand in its JSON. Amazon's models take the same schema in InvokeModel. */
export function conversePrompt(request: JsonObject): Block[] {
  const toolConfig = objectOf(request.toolConfig)
  const model = objectOf(request.additionalModelRequestFields)
  const { textFormat } = objectOf(request.outputConfig)
  return withMarks([
    ...itemsOf(toolConfig.tools, 'toolConfig.tools', toolBlock),
    // Tools in the model's own notation, beside those that Converse knows.
    ...itemsOf(model.tools, 'additionalModelRequestFields.tools', toolBlock),
    ...(isObject(textFormat)
      ? [{ path: 'outputConfig.textFormat', kind: 'system' as const, content: contentOf(textFormat) }]
      : []),
    ...itemsOf(request.system, 'system', (part) => [converseBlock(part, 'system')]),
    ...messageItems(request.messages, 'messages'),
  ])
}

const messageItems = listReader<Item>((value, path, toolNames) => {
  const message = objectOf(value)
  const role = message.role === 'assistant' || message.role === 'system' ? message.role : 'user'
  return itemsOf(message.content, `${path}.content`, (part) => partBlocks(part, role, toolNames))
})

/** A block in its place, or a cache point that marks the block before it. */
type Item = Block | { readonly cachePoint: CacheTtl }

/** The items that a list of a request holds. A piece of a block that has several stands at `path[index]` with its own `path`. */
function itemsOf(
  list: unknown,
  path: string,
  blocksOf: (part: JsonObject) => readonly (ReplyBlock & { readonly path?: string })[],
): Item[] {
  return arrayOf(list).flatMap((value, index): Item[] => {
    if (!isObject(value)) return []
    const { cachePoint, ...part } = value
    const blocks = Object.keys(part).length === 0 ? [] : blocksOf(part)
    const placed = blocks.map((block) => ({ ...block, path: `${path}[${index}]${block.path ?? ''}` }))
    // A block of its own in Converse; in InvokeModel it may also stand on the block that it ends.
    return isObject(cachePoint) ? [...placed, { cachePoint: ttlOf(cachePoint.ttl) }] : placed
  })
}

function ttlOf(ttl: unknown): CacheTtl {
  return ttl === '1h' ? '1h' : '5m'
}

function withMarks(items: readonly Item[]): Block[] {
  const blocks: Block[] = []
  for (const item of items) {
    const last = blocks.at(-1)
    if (!('cachePoint' in item)) blocks.push(item)
    else if (last !== undefined) blocks.splice(-1, 1, { ...last, mark: item.cachePoint })
  }
  return blocks
}

function toolBlock(tool: JsonObject): ReplyBlock[] {
  const name = [tool.toolSpec, tool.systemTool, tool].map((each) => textOf(objectOf(each).name)).find(Boolean)
  return [present({ kind: 'tool_def' as const, name, content: contentOf(tool) })]
}

function partBlocks(
  part: JsonObject,
  role: Block['kind'],
  toolNames: ToolNames,
): (ReplyBlock & { path?: string })[] {
  if (isObject(part.toolResult)) return resultBlocks(part.toolResult, toolNames)
  const block = converseBlock(part, role)
  if (block.toolCallId !== undefined && block.name !== undefined) toolNames.set(block.toolCallId, block.name)
  return [block]
}

/** A tool result is one block, unless it holds more than text: then each piece is one, so that documents and images show. */
function resultBlocks(result: JsonObject, toolNames: ToolNames): (ReplyBlock & { path?: string })[] {
  const toolCallId = textOf(result.toolUseId)
  const name = toolNames.get(toolCallId ?? '')
  const pieces = arrayOf(result.content).map(objectOf)
  const whole = present({ kind: 'tool_result' as const, name, toolCallId, content: contentOf(result) })
  const [only] = pieces
  if (result.status === 'error' || pieces.length === 0) return [whole]
  if (pieces.length === 1 && typeof only?.text === 'string') return [{ ...whole, content: only.text }]
  if (pieces.every(isPlain)) return [whole]
  return pieces.map((piece, index) => ({
    ...whole,
    ...converseBlock(piece, 'tool_result'),
    path: `.toolResult.content[${index}]`,
  }))
}

function isPlain(piece: JsonObject): boolean {
  return 'text' in piece || 'json' in piece
}

const MEDIA = ['image', 'video', 'audio'] as const
const SOURCES = ['document', 'searchResult'] as const

/** One content block as it stands, in a prompt or in a reply. */
export function converseBlock(part: JsonObject, role: Block['kind']): ReplyBlock {
  if (typeof part.text === 'string') return { kind: role, content: part.text }
  if (isObject(part.toolUse)) {
    const [name, toolCallId] = [textOf(part.toolUse.name), textOf(part.toolUse.toolUseId)]
    return present({ kind: 'tool_call' as const, name, toolCallId, content: contentOf(part.toolUse) })
  }
  if (isObject(part.toolResult))
    return resultBlocks(part.toolResult, new ToolNames())[0] ?? jsonBlock(part, role)
  if (isObject(part.reasoningContent)) {
    const { text } = objectOf(part.reasoningContent.reasoningText)
    return { kind: 'reasoning', content: textOf(text) ?? contentOf(part.reasoningContent) }
  }
  if (isObject(part.guardContent)) return guardBlock(part.guardContent, role)
  if (MEDIA.some((kind) => isObject(part[kind]))) return jsonBlock(part, 'media')
  return jsonBlock(part, SOURCES.some((kind) => isObject(part[kind])) ? 'retrieval' : role)
}

/** Text that a guardrail is to look at; a grounding source is what the answer is held against. */
function guardBlock(guard: JsonObject, role: Block['kind']): ReplyBlock {
  if (isObject(guard.image)) return jsonBlock(guard, 'media')
  const { text, qualifiers } = objectOf(guard.text)
  const kind = arrayOf(qualifiers).includes('grounding_source') ? 'retrieval' : role
  return { kind, content: textOf(text) ?? contentOf(guard) }
}

function jsonBlock(part: JsonObject, kind: Block['kind']): ReplyBlock {
  return { kind, content: contentOf(part) }
}
