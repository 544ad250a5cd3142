// Reads exchanges with Google for the tests of its formats.
import type { Usage } from '../../../profiler-agent/model/usage'
import { type FirstReading, type Parts, readFirst } from './exchange'

const STUDIO = 'https://generativelanguage.googleapis.com'
const VERTEX = 'https://europe-west4-aiplatform.googleapis.com/v1/projects/p1/locations/europe-west4'

/** An AI Studio URL: `v1beta/models/M:generateContent`. */
export const studio = (path: string): string => `${STUDIO}/${path}`
/** A Vertex URL below its project and region: `publishers/google/models/M:predict`. */
export const vertex = (path: string): string => `${VERTEX}/${path}`

export const GENERATE = studio('v1beta/models/gemini-2.5-flash:generateContent')
export const STREAM = studio('v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse')

/** The reading of one exchange: of `generateContent` at AI Studio, unless `parts` say otherwise. */
export function readGoogle(parts: Parts): FirstReading {
  const provider = parts.url?.includes('aiplatform') ? 'vertex' : 'google'
  return readFirst({ provider, url: GENERATE, request: {}, ...parts })
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
