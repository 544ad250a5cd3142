// Reads exchanges with Google for the tests of its formats.
import assert from 'node:assert/strict'
import type { ExchangeReading, InferenceReading } from '../../../profiler-agent/model/call'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import type { Usage } from '../../../profiler-agent/model/usage'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf } from './exchange'

const STUDIO = 'https://generativelanguage.googleapis.com'
const VERTEX = 'https://europe-west4-aiplatform.googleapis.com/v1/projects/p1/locations/europe-west4'

/** An AI Studio URL: `v1beta/models/M:generateContent`. */
export const studio = (path: string): string => `${STUDIO}/${path}`
/** A Vertex URL below its project and region: `publishers/google/models/M:predict`. */
export const vertex = (path: string): string => `${VERTEX}/${path}`

export const GENERATE = studio('v1beta/models/gemini-2.5-flash:generateContent')
export const STREAM = studio('v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse')

export interface GoogleReading extends ExchangeReading {
  readonly inference: InferenceReading
  readonly usage: Usage
}

/** The reading of one exchange, with its first inference and that one's usage. */
export function readGoogle(
  parts: Partial<HttpExchange> & { request?: unknown; response?: unknown },
): GoogleReading {
  const provider = parts.url?.includes('aiplatform') ? 'vertex' : 'google'
  const reading = readExchange(exchangeOf({ provider, url: GENERATE, request: {}, ...parts }))
  const [inference] = reading.inferences
  assert.ok(inference)
  return { ...reading, inference, usage: inference.usage }
}

/** A reply of one text with this usage. */
export const replyOf = (usageMetadata: unknown, more: object = {}): object => ({
  candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
  usageMetadata,
  modelVersion: 'gemini-2.5-flash',
  responseId: 'g1',
  ...more,
})

/** Input, cached part, output and reasoning, in that order. */
export const tokensOf = (usage: Usage): (number | null | undefined)[] => [
  usage.inputTokens,
  usage.cacheReadTokens,
  usage.outputTokens,
  usage.reasoningTokens,
]
