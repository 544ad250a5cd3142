// The prompt of a Gemini request as blocks, in render order: tools, system instruction, response schema, contents.

import type { Block } from '../model/call'
import { isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import { contentOf } from './blocks'
import { fieldOf, keyOf, listOf } from './gemini-notation'
import { type Author, partBlock } from './gemini-parts'
import { listReader } from './known-elements'

/** Blocks of a request; paths are where they stand in its JSON. Also reads what a cached content is made from. */
export function geminiPrompt(request: JsonObject): Block[] {
  return [
    ...toolBlocks(listOf(request.tools), 'tools'),
    ...contentBlocks(
      fieldOf(request, 'systemInstruction'),
      keyOf(request, 'systemInstruction'),
      () => 'system',
    ),
    ...schemaBlocks(request),
    ...turnBlocks(listOf(request.contents), 'contents'),
  ]
}

/** Texts of an embedding request: `content`, or one for each of `requests`, or `instances` of Vertex. */
export function embeddingPrompt(request: JsonObject): Block[] {
  return [
    ...contentBlocks(request.content, 'content', () => 'user'),
    ...listOf(request.requests).flatMap((each, index) =>
      contentBlocks(objectOf(each).content, `requests[${index}].content`, () => 'user'),
    ),
    ...listOf(request.instances).map((each, index) => ({
      path: `instances[${index}]`,
      kind: 'user' as const,
      content: textOf(objectOf(each).content) ?? contentOf(each),
    })),
  ]
}

/** Each declared function is a block; a tool on Google's side, such as `googleSearch`, is one under its own key. */
const toolBlocks = listReader<Block>((value, path) => {
  const tool = objectOf(value)
  const key = keyOf(tool, 'functionDeclarations')
  const functions = listOf(tool[key]).map((declared, index) => {
    const name = textOf(objectOf(declared).name)
    return { path: `${path}.${key}[${index}]`, ...(name && { name }), content: contentOf(declared) }
  })
  const others = Object.keys(tool)
    .filter((name) => name !== key)
    .map((name) => ({ path: `${path}.${name}`, name, content: contentOf({ [name]: tool[name] }) }))
  return [...functions, ...others].map((block) => ({ ...block, kind: 'tool_def' as const }))
})

const SCHEMAS = ['responseSchema', 'responseJsonSchema']

/** A schema for the reply stands in the prompt too. */
function schemaBlocks(request: JsonObject): Block[] {
  const key = keyOf(request, 'generationConfig')
  const config = objectOf(request[key])
  return SCHEMAS.filter((name) => isObject(fieldOf(config, name))).map((name) => ({
    path: `${key}.${keyOf(config, name)}`,
    kind: 'system',
    content: contentOf(fieldOf(config, name)),
  }))
}

/** A content is an object with parts; clients also send one part, or bare text. */
function contentBlocks(value: unknown, path: string, author: (role: unknown) => Author): Block[] {
  if (value === undefined || value === null) return []
  if (!isObject(value)) return [{ path, ...partBlock(value, author(undefined)) }]
  if (value.parts === undefined)
    return value.role === undefined ? [{ path, ...partBlock(value, author(undefined)) }] : []
  return listOf(value.parts).map((part, index) => ({
    path: `${path}.parts[${index}]`,
    ...partBlock(part, author(value.role)),
  }))
}

const turnBlocks = listReader<Block>((content, path) => contentBlocks(content, path, authorOf))

function authorOf(role: unknown): Author {
  if (role === 'system') return 'system'
  return role === 'model' || role === 'assistant' ? 'assistant' : 'user'
}
