// Documents that stand in a prompt by themselves, not as the result of a tool: how many tokens of them are new. Finds no places.

import type { HashedBlock, SpanRecord } from '../model/record'
import type { TraceInput } from './exchange-facts'

/** Of a call as of a declared retrieval: tokens that it brought; `unknown` where the provider says no usage. */
const RETRIEVED_TOKENS = 'costflame.retrieval.tokens'

/** Nothing for most calls. An estimate: the input shared by length. What `before` sent already is not new. */
export function documentAttributes(
  { reading, prompt, inferences }: TraceInput,
  before: readonly HashedBlock[],
): SpanRecord['attributes'] {
  if (!prompt.some(isDocument)) return {}
  const known = new Set(before.flatMap((block) => (isDocument(block) ? [block.hash] : [])))
  let all = 0
  let added = 0
  for (const [index, { content }] of reading.prompt.entries()) {
    const block = prompt[index]
    all += content.length
    if (block && isDocument(block) && !known.has(block.hash)) added += content.length
  }
  if (added === 0) return {}
  const input = inferences.length === 1 ? (inferences[0]?.usage.inputTokens ?? null) : null
  return { [RETRIEVED_TOKENS]: input === null ? 'unknown' : Math.round((input * added) / all) }
}

/** What a tool brought counts with its tool. */
function isDocument({ kind, toolCallId }: HashedBlock): boolean {
  return kind === 'retrieval' && toolCallId === undefined
}
