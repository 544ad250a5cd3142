// The reply of generateContent, put together from its JSON or from the chunks of a stream, finished or broken off.

import { countOf, isObject, type JsonObject, objectOf, textOf } from '../wire/json'
import type { ReplyBlock } from './blocks'
import { enumOf, fieldOf, listOf } from './gemini-notation'
import { isEmptyPart, partBlock } from './gemini-parts'
import { usageOfChunks } from './gemini-stream-usage'
import { chunksOf, type Reply } from './parts'
import { errorOfBody, type ProviderError } from './provider-error'

export interface GeminiReply {
  readonly usage?: JsonObject
  readonly model?: string
  readonly id?: string
  /** Finish reason of the first candidate, or why the prompt was blocked. */
  readonly finish?: string
  readonly blocks: readonly ReplyBlock[]
  /** `groundingMetadata` of all candidates, chunk by chunk. */
  readonly grounding: readonly JsonObject[]
  readonly error?: ProviderError
  /** True when every candidate has finished, or the prompt was blocked. A reply that is no stream has ended. */
  readonly ended: boolean
}

/** Reads a whole JSON reply or a stream. Throws nothing. */
export function geminiReply(reply: Reply, status: number): GeminiReply {
  const read = readChunks(chunksOf(reply), status)
  return reply.kind === 'json' ? { ...read, ended: true } : read
}

interface Candidate {
  readonly parts: unknown[]
  finish?: string
}

function readChunks(chunks: readonly JsonObject[], status: number): GeminiReply {
  const candidates = new Map<number, Candidate>()
  const grounding: JsonObject[] = []
  const usages: JsonObject[] = []
  let [model, id, blocked]: (string | undefined)[] = []
  let error: ProviderError | undefined
  for (const chunk of chunks.map(unwrapped)) {
    const counts = fieldOf(chunk, 'usageMetadata')
    if (isObject(counts)) usages.push(counts)
    model = textOf(fieldOf(chunk, 'modelVersion')) ?? model
    id = textOf(fieldOf(chunk, 'responseId')) ?? id
    blocked = blockReason(chunk) ?? blocked
    error = errorOfBody(chunk, status) ?? error
    for (const value of listOf(chunk.candidates)) addCandidate(candidates, objectOf(value), grounding)
  }
  const usage = usageOfChunks(usages)
  const all = [...candidates.values()]
  const finish = all.find((candidate) => candidate.finish !== undefined)?.finish ?? blocked
  return {
    ...(usage && { usage }),
    ...(model && { model }),
    ...(id && { id }),
    ...(finish && { finish }),
    blocks: all.flatMap((candidate) => candidate.parts.map((part) => partBlock(part, 'output'))),
    grounding,
    ...(error && { error }),
    ended: finish !== undefined && all.every((candidate) => candidate.finish !== undefined),
  }
}

/** Google's own command line tool wraps a chunk as `{response}`, with its ids beside it. */
function unwrapped(chunk: JsonObject): JsonObject {
  return isObject(chunk.response) && chunk.candidates === undefined ? chunk.response : chunk
}

/** The first reasons have the same numbers in every API; the later ones differ. */
const FINISH_REASONS = ['', 'STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION']

function addCandidate(candidates: Map<number, Candidate>, value: JsonObject, grounding: JsonObject[]): void {
  const index = countOf(value.index) ?? 0
  const candidate = candidates.get(index) ?? { parts: [] }
  candidates.set(index, candidate)
  const finish = textOf(enumOf(fieldOf(value, 'finishReason'), FINISH_REASONS))
  if (finish !== undefined && finish !== 'FINISH_REASON_UNSPECIFIED') candidate.finish = finish
  for (const part of listOf(objectOf(value.content).parts)) addPart(candidate.parts, part)
  const metadata = fieldOf(value, 'groundingMetadata')
  if (isObject(metadata)) grounding.push(metadata)
}

/** Text comes in pieces, and so do the arguments of a call on Vertex; both grow the part before them. */
function addPart(parts: unknown[], value: unknown): void {
  if (isEmptyPart(value)) return
  const grown = grow(parts.at(-1), value)
  if (grown === undefined) parts.push(value)
  else parts[parts.length - 1] = grown
}

function grow(last: unknown, next: unknown): JsonObject | undefined {
  if (!isObject(last) || !isObject(next)) return undefined
  if (typeof last.text === 'string' && typeof next.text === 'string')
    return last.thought === next.thought ? { ...last, ...next, text: last.text + next.text } : undefined
  const [call, more] = [fieldOf(last, 'functionCall'), fieldOf(next, 'functionCall')]
  if (!isObject(call) || !isObject(more) || fieldOf(call, 'willContinue') !== true) return undefined
  const partialArgs = [call, more].flatMap((each) => listOf(fieldOf(each, 'partialArgs')))
  // The last piece does not say `willContinue` any more.
  const { willContinue: _camel, will_continue: _snake, ...known } = call
  return { ...last, functionCall: { ...known, ...more, partialArgs } }
}

const BLOCK_REASONS = ['', 'SAFETY', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT']

function blockReason(chunk: JsonObject): string | undefined {
  return textOf(enumOf(fieldOf(objectOf(fieldOf(chunk, 'promptFeedback')), 'blockReason'), BLOCK_REASONS))
}
