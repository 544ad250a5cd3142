// Token counts in Bedrock's notations: usage of Converse, and the counts that InvokeModel gives beside the model's own.
// Source: Amazon Bedrock API Reference, TokenUsage and InvokeModel, read 2026-11-22; recorded traffic for the duplicates.

import { type CacheWriteTokens, cacheWriteTotal, type Usage, type UsageOrigin, usageOf } from '../model/usage'
import { arrayOf, countOf, firstCount, isObject, type JsonObject, objectOf } from '../wire/json'

/** A cache point that names no other life lives five minutes, whatever the model. */
const DEFAULT_TTL = '5m'

/**
 * Usage of Converse, and of Amazon's own models in InvokeModel. `inputTokens` is the uncached rest already; cache reads
 * and writes stand beside it, each under one of two names or, as a duplicate, under both.
 */
export function converseUsage(raw: JsonObject, origin: UsageOrigin): Usage {
  return usageOf(
    {
      uncachedInputTokens: countOf(raw.inputTokens),
      cacheReadTokens: firstCount(raw.cacheReadInputTokens, raw.cacheReadInputTokenCount),
      cacheWriteTokens: cacheWrites(
        firstCount(raw.cacheWriteInputTokens, raw.cacheWriteInputTokenCount),
        arrayOf(raw.cacheDetails).map(objectOf),
      ),
      outputTokens: countOf(raw.outputTokens),
    },
    origin,
    raw,
  )
}

/** Writes by TTL; what the total has beyond the details went to the default life. */
function cacheWrites(total: number | null, details: readonly JsonObject[]): Partial<CacheWriteTokens> {
  const writes: Partial<CacheWriteTokens> = {}
  let rest = total ?? 0
  for (const { ttl, inputTokens } of details) {
    const count = countOf(inputTokens)
    if (count === null) continue
    const life = ttl === '5m' || ttl === '1h' ? ttl : 'unknown'
    writes[life] = (writes[life] ?? 0) + count
    rest -= count
  }
  if (rest <= 0 && Object.keys(writes).length > 0) return writes
  return total === null
    ? writes
    : { ...writes, [DEFAULT_TTL]: (writes[DEFAULT_TTL] ?? 0) + Math.max(0, rest) }
}

/** What Bedrock counted, in headers or at the end of a stream, whatever the model's own reply says. */
export interface InvocationCounts {
  readonly input: number | null
  readonly output: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  /** The fields they stand in, as the provider names them. */
  readonly raw: JsonObject
}

const HEADER = /^x-amzn-bedrock-[a-z-]+-token-count$/

/** Counts in the headers of an InvokeModel response (`x-amzn-bedrock-input-token-count` and the like). */
export function countsOfHeaders(headers: Readonly<Record<string, string>>): InvocationCounts {
  const count = (name: string) => {
    const text = headers[`x-amzn-bedrock-${name}-token-count`] ?? ''
    return /^\d+$/.test(text) ? countOf(Number(text)) : null
  }
  return {
    input: count('input'),
    output: count('output'),
    cacheRead: count('cache-read-input'),
    cacheWrite: count('cache-write-input'),
    raw: Object.fromEntries(Object.entries(headers).filter(([name]) => HEADER.test(name))),
  }
}

const METRICS = 'amazon-bedrock-invocationMetrics'

/** Counts that the last chunk of a stream carries; `undefined` where none of the events has any. */
export function countsOfMetrics(events: readonly JsonObject[]): InvocationCounts | undefined {
  const metrics = events.findLast((event) => isObject(event[METRICS]))?.[METRICS]
  if (!isObject(metrics)) return undefined
  return {
    input: countOf(metrics.inputTokenCount),
    output: countOf(metrics.outputTokenCount),
    cacheRead: countOf(metrics.cacheReadInputTokenCount),
    cacheWrite: countOf(metrics.cacheWriteInputTokenCount),
    raw: { [METRICS]: metrics },
  }
}

/**
 * A model's own usage, its gaps filled by what Bedrock counted. The model's own figure wins where both are given: it has
 * the finer split, and replies with several tool calls were seen whose metrics left some of the output out. Bedrock's
 * input leaves out what was cached, so both sides of it are taken from one source where only Bedrock knows of a cache.
 */
export function withCounts(own: Usage, counts: InvocationCounts, origin: UsageOrigin): Usage {
  const knowsCache = own.cacheReadTokens !== null || cacheWriteTotal(own) !== null
  const hasCached = (counts.cacheRead ?? 0) > 0 || (counts.cacheWrite ?? 0) > 0
  const input = !knowsCache && hasCached && counts.input !== null ? null : own.uncachedInputTokens
  const usage = usageOf(
    {
      uncachedInputTokens: input ?? counts.input,
      cacheReadTokens: own.cacheReadTokens ?? counts.cacheRead,
      cacheWriteTokens:
        cacheWriteTotal(own) === null && counts.cacheWrite !== null
          ? { [DEFAULT_TTL]: counts.cacheWrite }
          : own.cacheWriteTokens,
      outputTokens: own.outputTokens ?? counts.output,
      ...(own.reasoningTokens === undefined ? {} : { reasoningTokens: own.reasoningTokens }),
      units: own.units,
    },
    origin,
    own.raw,
  )
  const isSame = usage.inputTokens === own.inputTokens && usage.outputTokens === own.outputTokens
  return isSame ? { ...usage, raw: own.raw } : { ...usage, raw: { ...objectOf(own.raw), ...counts.raw } }
}

/**
 * What guardrails billed, by units of text and not of tokens, out of a trace of Converse or InvokeModel; `undefined` where
 * none ran. The texts that they looked at are left out.
 */
export function guardrailUsage(trace: unknown): readonly JsonObject[] | undefined {
  const { inputAssessment, outputAssessments, input, outputs } = objectOf(objectOf(trace).guardrail)
  const assessments = [inputAssessment, outputAssessments, input, ...arrayOf(outputs)]
    .flatMap((byGuardrail) => Object.values(objectOf(byGuardrail)))
    .flat()
  const usages = assessments.map((each) => objectOf(objectOf(each).invocationMetrics).usage).filter(isObject)
  return usages.length === 0 ? undefined : usages
}
