// Steps of Gemini Interactions as blocks: the same steps stand in `input` of a request and in `steps` of a reply.
// Source: @google/genai 3.1.0 genai.d.ts (Step, Content, Tool); the first version wrote `outputs` of the same shapes.

import type { Block } from '../model/call'
import { present } from '../model/present'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, plainTextOf, type ReplyBlock } from './blocks'
import { fieldOf, keyOf, listOf } from './gemini-notation'

const MEDIA: readonly unknown[] = ['image', 'audio', 'video', 'document']

/** Blocks of a request in render order: tools, system instruction, reply schema, input. Earlier turns are with the server. */
export function interactionPrompt(request: JsonObject): Block[] {
  const key = keyOf(request, 'systemInstruction')
  const instruction = request[key]
  return [
    ...listOf(request.tools).map((tool, index) => toolBlock(objectOf(tool), `tools[${index}]`)),
    ...(instruction === undefined
      ? []
      : [{ path: key, kind: 'system' as const, content: textOf(instruction) ?? contentOf(instruction) }]),
    ...schemaBlocks(request),
    ...inputBlocks(request.input),
  ]
}

function toolBlock(tool: JsonObject, path: string): Block {
  const name = textOf(tool.name) ?? textOf(tool.type)
  return present({ path, kind: 'tool_def' as const, name, content: contentOf(tool) })
}

function schemaBlocks(request: JsonObject): Block[] {
  const key = keyOf(request, 'responseFormat')
  const format = request[key]
  return isObject(format) || Array.isArray(format)
    ? [{ path: key, kind: 'system', content: contentOf(format) }]
    : []
}

/** Text, one content, or a list of contents, turns (`{role, content}`) or steps. */
function inputBlocks(input: unknown): Block[] {
  if (typeof input === 'string') return [{ path: 'input', kind: 'user', content: input }]
  if (isObject(input)) return stepBlocks(input, 'user').map((block) => ({ path: 'input', ...block }))
  return listOf(input).flatMap((step, index) =>
    stepBlocks(objectOf(step), 'user').map((block, part, all) => ({
      path: all.length === 1 ? `input[${index}]` : `input[${index}].content[${part}]`,
      ...block,
    })),
  )
}

/** The blocks of one step. `author` is the kind of text that does not say who wrote it. */
export function stepBlocks(step: JsonObject, author: 'user' | 'output'): ReplyBlock[] {
  const type = textOf(step.type) ?? ''
  if (type === 'thought') return [{ kind: 'reasoning', content: summaryOf(step) ?? contentOf(step) }]
  if (/_call$/.test(type)) return [toolStep(step, 'tool_call', type.replace(/_call$/, ''))]
  if (/_result$/.test(type)) return [toolStep(step, 'tool_result', type.replace(/_result$/, ''))]
  if (step.content === undefined) return [contentBlock(step, author)]
  const kind = author === 'user' && isOfModel(step) ? 'assistant' : author
  return listOf(step.content).map((content) => contentBlock(content, kind))
}

function isOfModel({ type, role }: JsonObject): boolean {
  return type === 'model_output' || role === 'model'
}

function toolStep(step: JsonObject, kind: 'tool_call' | 'tool_result', tool: string): ReplyBlock {
  const name = textOf(step.name) ?? (tool === 'function' ? undefined : tool)
  const toolCallId = textOf(fieldOf(step, 'callId')) ?? textOf(step.id)
  return present({ kind, name, toolCallId, content: contentOf(step) })
}

function contentBlock(value: unknown, kind: 'user' | 'assistant' | 'output'): ReplyBlock {
  if (typeof value === 'string') return { kind, content: value }
  const content = objectOf(value)
  if (MEDIA.includes(content.type)) return { kind: 'media', content: contentOf(content) }
  return { kind, content: plainTextOf({ ...content, annotations: [] }) ?? contentOf(content) }
}

/** What Google shows of the thoughts; the signature is not text. */
function summaryOf(step: JsonObject): string | undefined {
  const texts = listOf(step.summary).map((part) =>
    typeof part === 'string' ? part : textOf(objectOf(part).text),
  )
  return textOf(texts.filter((text) => text !== undefined).join('\n'))
}
