// How many tokens a prompt is, before its provider has counted it: for a second look at a request that seems too large by its bytes.

import type { Block, ExchangeReading } from '../model/call'
import { tokenizerFamilyOf } from '../rules/tokenizer-families'
import { ENCODED_FILE, FRAMING_PER_BLOCK, FRAMING_PER_CALL } from '../tokens/segments'
import type { PromptCount } from './asking'

/** An image, a page or a sound is some hundred to a few thousand tokens; no format says how many before it is sent. */
const FILE_TOKENS = 5_000
/** What Claude is told of the use of tools: 300 to 600 tokens in recorded calls. */
const TOOL_PREAMBLE_TOKENS = 600
/** Of models about which nothing is known. */
const UNKNOWN_RATIO = 1.3

/** The upper end of what it may be; `null` where a part of it is held by the provider. */
export function countPrompt(
  { prompt, previousResponseId, conversationId }: ExchangeReading,
  model: string,
  count: (text: string) => number,
): PromptCount | null {
  if (prompt.length === 0 || previousResponseId !== undefined || conversationId !== undefined) return null
  const family = tokenizerFamilyOf(model)
  const counted = prompt.map((block) => countBlock(block, count))
  const text = counted.reduce((sum, { tokens }) => sum + tokens, 0)
  const files = counted.reduce((sum, block) => sum + block.files, 0)
  const hasTools = prompt.some(({ kind }) => kind === 'tool_def')
  const preamble = hasTools && family?.name.startsWith('Claude') ? TOOL_PREAMBLE_TOKENS : 0
  const framing = FRAMING_PER_CALL + FRAMING_PER_BLOCK * prompt.length
  return {
    tokens: Math.ceil(text * (family?.high ?? UNKNOWN_RATIO)) + FILE_TOKENS * files + preamble + framing,
    isExact: family?.low === 1 && family.high === 1 && files === 0,
  }
}

function countBlock({ kind, content }: Block, count: (text: string) => number) {
  if (kind === 'media') return { tokens: 0, files: 1 }
  const files = content.match(ENCODED_FILE)?.length ?? 0
  return { tokens: count(files === 0 ? content : content.replace(ENCODED_FILE, '')), files }
}
