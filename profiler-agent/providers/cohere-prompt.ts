// The prompt of a Cohere chat as blocks: v2 is close to Chat Completions, v1 has a message, a history and a preamble.

import type { Block } from '../model/call'
import { present } from '../model/present'
import { arrayOf, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, type ReplyBlock } from './blocks'
import { chatPrompt } from './openai-chat-prompt'

const V1_KINDS: Readonly<Record<string, Block['kind']>> = {
  SYSTEM: 'system',
  CHATBOT: 'assistant',
  TOOL: 'tool_result',
}

/** Blocks of a request of either version; paths are where they stand in its JSON. */
export function coherePrompt(request: JsonObject): Block[] {
  const documents = arrayOf(request.documents).map((document, index) =>
    documentBlock(document, `documents[${index}]`),
  )
  if (Array.isArray(request.messages))
    return [...withToolPlans(chatPrompt(request), request.messages), ...documents]
  return [...v1Head(request), ...documents, ...v1Turns(request)]
}

/** A document of the prompt, of an embedding or of a reranking: text, or an object of fields. */
export function documentBlock(document: unknown, path: string): Block {
  const text = textOf(document) ?? textOf(objectOf(document).text)
  return { path, kind: 'retrieval', content: text ?? contentOf(document) }
}

/** What the model thought before its tool calls stands beside them. */
function withToolPlans(blocks: readonly Block[], messages: readonly unknown[]): Block[] {
  return blocks.flatMap((block) => {
    const index = /^messages\[(\d+)\]\.tool_calls\[0\]$/.exec(block.path)?.[1]
    const content = index && textOf(objectOf(messages[Number(index)]).tool_plan)
    return content ? [{ path: `messages[${index}].tool_plan`, kind: 'reasoning', content }, block] : [block]
  })
}

function v1Head(request: JsonObject): Block[] {
  const tools = arrayOf(request.tools).map((value, index) => {
    const tool = objectOf(value)
    return present({
      path: `tools[${index}]`,
      kind: 'tool_def' as const,
      name: textOf(tool.name),
      content: contentOf(tool),
    })
  })
  const preamble = textOf(request.preamble)
  return [
    ...tools,
    ...(preamble === undefined ? [] : [{ path: 'preamble', kind: 'system' as const, content: preamble }]),
  ]
}

function v1Turns(request: JsonObject): Block[] {
  const history = arrayOf(request.chat_history).flatMap((value, index) => {
    const turn = objectOf(value)
    const path = `chat_history[${index}]`
    const kind = V1_KINDS[String(turn.role)] ?? 'user'
    return [
      ...textBlocks(turn.message, `${path}.message`, kind),
      ...v1Calls(turn.tool_calls).map((block, call) => ({ path: `${path}.tool_calls[${call}]`, ...block })),
      ...resultBlocks(turn.tool_results, `${path}.tool_results`),
    ]
  })
  return [
    ...history,
    ...textBlocks(request.message, 'message', 'user'),
    ...resultBlocks(request.tool_results, 'tool_results'),
  ]
}

function textBlocks(value: unknown, path: string, kind: Block['kind']): Block[] {
  const content = textOf(value)
  return content === undefined ? [] : [{ path, kind, content }]
}

function resultBlocks(results: unknown, path: string): Block[] {
  return arrayOf(results).map((value, index) => {
    const result = objectOf(value)
    const name = textOf(objectOf(result.call).name)
    return present({
      path: `${path}[${index}]`,
      kind: 'tool_result' as const,
      name,
      content: contentOf(result),
    })
  })
}

/** Tool calls of v1, which have no ids. */
export function v1Calls(calls: unknown): ReplyBlock[] {
  return arrayOf(calls).map((value) => {
    const call = objectOf(value)
    return present({ kind: 'tool_call' as const, name: textOf(call.name), content: contentOf(call) })
  })
}
