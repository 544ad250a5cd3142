// Whether a request may bring results of tools or documents at all, by words that each format writes where it does. Parses nothing.

import type { GatedCall } from '../model/call-gate'

/**
 * One of these stands in every request that brings a tool's result or a document: the role or the type of a result (Chat
 * Completions, Mistral, Ollama, Cohere; Responses; Anthropic; Bedrock; Gemini in both notations), the type of a document.
 */
const MARKERS = [
  ...['"tool"', '"TOOL"', '"function"'],
  ...['_result', '.result"', 'toolResult', '_output"', '_response"', 'Response"'],
  ...['ocument', 'earchResult', 'grounding_source'],
].map((marker) => Buffer.from(marker))

/** True also where nobody can tell without unpacking it. */
export function mayBringResults({ body, headers }: Pick<GatedCall, 'body' | 'headers'>): boolean {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') return true
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return MARKERS.some((marker) => bytes.includes(marker))
}
