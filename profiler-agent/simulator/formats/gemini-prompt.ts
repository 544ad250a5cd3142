// How a Gemini request reads as a prompt: tools, system instruction, contents. The API takes its own names and those with underscores.

import { isObject, type JsonObject, objectOr, objectsIn, textOr } from '../json'
import type { PromptBuilder, Tier } from '../prompt'
import type { Turn } from './call-facts'

/** One tile of an image; other media count as one, too. Source: ai.google.dev tokens, read 2026-11-21. */
const MEDIA_TOKENS = 258

/** The value under a name, or under the same name in lower case with underscores. */
export function field(object: JsonObject, name: string): unknown {
  return object[name] ?? object[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
}

/** Adds the parts of a request, or of a cache made by a call of its own, to the prompt. */
export function renderGeminiParts(prompt: PromptBuilder, body: JsonObject): void {
  for (const tool of objectsIn(body.tools)) renderTool(prompt, tool)
  const system = field(body, 'systemInstruction')
  if (typeof system === 'string') prompt.block('system', system)
  for (const part of objectsIn(objectOr(system).parts)) renderPart(prompt, 'system', part)
  for (const content of contentsOf(body)) {
    prompt.frame('messages', `<${textOr(content.role, 'user')}>`, 0)
    for (const part of objectsIn(content.parts)) renderPart(prompt, 'messages', part)
  }
}

function renderTool(prompt: PromptBuilder, tool: JsonObject): void {
  const declarations = objectsIn(field(tool, 'functionDeclarations'))
  for (const declaration of declarations) prompt.block('tools', JSON.stringify(declaration))
  if (declarations.length === 0) prompt.block('tools', JSON.stringify(tool))
}

function renderPart(prompt: PromptBuilder, tier: Tier, part: JsonObject): void {
  if (part.thought === true) return
  const call = field(part, 'functionCall')
  const response = field(part, 'functionResponse')
  if (typeof part.text === 'string') prompt.block(tier, part.text)
  else if (isObject(call))
    prompt.block(tier, `${textOr(call.name)} ${JSON.stringify(call.args ?? {})}`, {
      exact: JSON.stringify(part),
    })
  else if (isObject(response))
    prompt.block(tier, `${textOr(response.name)} ${JSON.stringify(response.response ?? {})}`, {
      exact: JSON.stringify(part),
    })
  else prompt.block(tier, JSON.stringify(part), { tokens: MEDIA_TOKENS })
}

/** A string stands for one user text. */
function contentsOf(body: JsonObject): readonly JsonObject[] {
  return typeof body.contents === 'string'
    ? [{ role: 'user', parts: [{ text: body.contents }] }]
    : objectsIn(body.contents)
}

/** The conversation's turns. */
export function geminiTurns(body: JsonObject): Turn[] {
  const turns: Turn[] = [{ role: 'system', text: partsText(objectOr(field(body, 'systemInstruction'))) }]
  for (const content of contentsOf(body)) {
    const parts = objectsIn(content.parts)
    const results = parts.flatMap((part) => {
      const response = field(part, 'functionResponse')
      return isObject(response) ? [response] : []
    })
    for (const { name, response } of results)
      turns.push({ role: 'tool_result', text: resultText(response), tool: textOr(name) })
    const text = partsText(content)
    if (content.role === 'model') turns.push({ role: 'assistant', text })
    else if (text !== '' || results.length === 0) turns.push({ role: 'user', text })
  }
  return turns
}

function partsText(content: JsonObject): string {
  return objectsIn(content.parts)
    .filter((part) => part.thought !== true)
    .map((part) => textOr(part.text))
    .filter((text) => text !== '')
    .join('\n')
}

function resultText(response: unknown): string {
  const { output, result } = objectOr(response)
  return typeof output === 'string'
    ? output
    : typeof result === 'string'
      ? result
      : JSON.stringify(response ?? {})
}
