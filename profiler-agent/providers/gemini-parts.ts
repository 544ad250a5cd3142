// Parts of Gemini contents as blocks: the same parts stand in `contents` of a request and in candidates of a reply.

import type { Block } from '../model/call'
import { present } from '../model/present'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf, type ReplyBlock } from './blocks'
import { fieldOf } from './gemini-notation'

/** The kind of plain text, by who wrote it. */
export type Author = Extract<Block['kind'], 'system' | 'user' | 'assistant' | 'output'>

const TOOL_CALLS = ['functionCall', 'executableCode', 'toolCall']
const TOOL_RESULTS = ['functionResponse', 'codeExecutionResult', 'toolResponse']
const MEDIA = ['inlineData', 'fileData']

/** One part as one block. Text is given plain, also where a signature of the thoughts hangs on it; all else as its JSON. */
export function partBlock(value: unknown, author: Author): ReplyBlock {
  if (typeof value === 'string') return { kind: author, content: value }
  const part = objectOf(value)
  const tool = toolBlock(part, TOOL_CALLS, 'tool_call') ?? toolBlock(part, TOOL_RESULTS, 'tool_result')
  if (tool !== undefined) return tool
  if (MEDIA.some((name) => isObject(fieldOf(part, name)))) return { kind: 'media', content: contentOf(part) }
  const kind = part.thought === true ? 'reasoning' : author
  return { kind, content: textOf(part.text) ?? contentOf(part) }
}

function toolBlock(
  part: JsonObject,
  names: readonly string[],
  kind: 'tool_call' | 'tool_result',
): ReplyBlock | undefined {
  const found = names.find((name) => isObject(fieldOf(part, name)))
  if (found === undefined) return undefined
  const body = objectOf(fieldOf(part, found))
  return present({ kind, name: toolName(found, body), toolCallId: textOf(body.id), content: contentOf(part) })
}

/** Tools on Google's side have no name of their own: `toolType: "GOOGLE_SEARCH_WEB"` → `google_search_web`. */
function toolName(part: string, body: JsonObject): string | undefined {
  if (part === 'executableCode' || part === 'codeExecutionResult') return 'code_execution'
  return textOf(body.name) ?? textOf(fieldOf(body, 'toolType'))?.toLowerCase()
}

/** True for a part that says nothing: streams end with empty texts. */
export function isEmptyPart(value: unknown): boolean {
  if (typeof value === 'string') return value === ''
  const part = objectOf(value)
  const said = Object.entries(part).filter(([key]) => !/^thought(_?[sS]ignature)?$/.test(key))
  return said.every(([key, content]) => key === 'text' && content === '')
}
