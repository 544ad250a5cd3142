// Token counts of the families in InvokeModel that have a schema of their own; what rerankers bill; sound in spoken ones.

import type { ModalityTokens } from '../model/call'
import { present } from '../model/present'
import { type Usage, type UsageOrigin, unknownUsage, usageOf } from '../model/usage'
import { arrayOf, countOf, firstCount, isObject, type JsonObject, objectOf } from '../wire/json'

/** What the families call their counts: Titan, Llama, chat-like ones (imported models too), Cohere, Nova Sonic. */
const INPUT = [
  'inputTextTokenCount',
  'prompt_token_count',
  'prompt_tokens',
  'input_tokens',
  'inputTokens',
  'totalInputTokens',
] as const
const OUTPUT = [
  'totalOutputTextTokenCount',
  'generation_token_count',
  'completion_tokens',
  'output_tokens',
  'outputTokens',
  'totalOutputTokens',
] as const

/** Usage out of a whole body or the chunks of a stream, in which the later figure counts: they are cumulative. */
export function textUsage(chunks: readonly JsonObject[], isEmbedding: boolean, origin: UsageOrigin): Usage {
  const counts: Record<string, unknown> = {}
  for (const each of chunks.flatMap(countsIn)) Object.assign(counts, each)
  const results = chunks.flatMap((chunk) => arrayOf(chunk.results)).map(objectOf)
  const perResult = results.flatMap(({ tokenCount }) =>
    countOf(tokenCount) === null ? [] : [{ tokenCount }],
  )
  const resultTokens = perResult.reduce((sum, { tokenCount }) => sum + (countOf(tokenCount) ?? 0), 0)
  const input = firstCount(...INPUT.map((name) => counts[name]))
  const output =
    firstCount(...OUTPUT.map((name) => counts[name])) ?? (perResult.length > 0 ? resultTokens : null)
  if (input === null && output === null) return unknownUsage()
  return usageOf(
    { uncachedInputTokens: input, cacheReadTokens: null, outputTokens: isEmbedding ? null : output },
    origin,
    perResult.length > 0 ? { ...counts, results: perResult } : counts,
  )
}

/** The counts of one chunk, wherever its family puts them; a null leaves what an earlier chunk said. */
function countsIn(chunk: JsonObject): JsonObject[] {
  const own = [...INPUT, ...OUTPUT].map((name) => [name, chunk[name]] as const)
  const holders = [chunk.usage, objectOf(chunk.meta).billed_units, speechUsage(chunk)].filter(isObject)
  return [own, ...holders.map(Object.entries)].map((entries) =>
    Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined)),
  )
}

/** Documents that one query of a reranker may hold. Source: Bedrock user guide, "Pricing and search units", read 2026-11-22. */
const DOCUMENTS_PER_UNIT = 100

/** Rerankers bill queries and report nothing; a document too long for one chunk counts several times, which is not seen here. */
export function rerankUsage(request: JsonObject): Usage {
  const searchUnits = Math.max(1, Math.ceil(arrayOf(request.documents).length / DOCUMENTS_PER_UNIT))
  return usageOf(
    { uncachedInputTokens: 0, cacheReadTokens: null, outputTokens: 0, units: { searchUnits } },
    'estimated',
    null,
  )
}

/** Running totals of a spoken conversation; the last one holds all. */
function speechUsage(chunk: JsonObject): JsonObject | undefined {
  const { usageEvent } = objectOf(chunk.event)
  return isObject(usageEvent) ? usageEvent : undefined
}

/** Sound inside the totals of a spoken conversation; `undefined` for every other call. */
export function speechTokens(chunks: readonly JsonObject[]): ModalityTokens | undefined {
  const total = objectOf(objectOf(objectOf(chunks.map(speechUsage).findLast(isObject)).details).total)
  const audioInput = countOf(objectOf(total.input).speechTokens) ?? undefined
  const audioOutput = countOf(objectOf(total.output).speechTokens) ?? undefined
  return audioInput === undefined && audioOutput === undefined
    ? undefined
    : present({ audioInput, audioOutput })
}
