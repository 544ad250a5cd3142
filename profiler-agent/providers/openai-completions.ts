// Legacy Completions, by OpenAI, routers and local servers, and Mistral's fill-in-the-middle: a text prompt instead of messages.

import type { Block, ExchangeReading } from '../model/call'
import { arrayOf, type JsonObject, textOf } from '../wire/json'
import { contentOf } from './blocks'
import { readChoices } from './openai-chat'
import type { ExchangeParts } from './parts'
import type { WireFormat } from './wire-format'

const WIRE_FORMAT = 'openai-completions'

/** Not `/chat/completions` nor `/agents/completions`, which are chat. */
const PATH = /(?<!\/(chat|agents))\/completions$/

export const OPENAI_COMPLETIONS: WireFormat = {
  recognises: ({ exchange, path }) => exchange.method === 'POST' && PATH.test(path),
  read: readOpenAiCompletions,
}

/** Reads `POST …/completions` and `POST …/fim/completions`; usage and errors are those of Chat Completions. */
function readOpenAiCompletions(parts: ExchangeParts): ExchangeReading {
  return readChoices(parts, WIRE_FORMAT, completionsPrompt(parts.request))
}

/** The prompt: a text, several texts, or tokens that were counted already. */
function completionsPrompt({ prompt, suffix }: JsonObject): Block[] {
  const blocks = textBlocks(prompt, 'prompt')
  const after = textOf(suffix)
  return after === undefined ? blocks : [...blocks, { path: 'suffix', kind: 'user', content: after }]
}

/** Texts of a field that holds one text, a list of texts, one list of tokens, or several. */
export function textBlocks(value: unknown, path: string): Block[] {
  if (typeof value === 'string') return [{ path, kind: 'user', content: value }]
  const items = arrayOf(value)
  if (items.length === 0) return []
  if (items.every((item) => typeof item === 'number'))
    return [{ path, kind: 'user', content: contentOf(value) }]
  return items.map((item, index) => ({
    path: `${path}[${index}]`,
    kind: 'user',
    content: typeof item === 'string' ? item : contentOf(item),
  }))
}
