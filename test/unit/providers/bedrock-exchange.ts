// Builds exchanges with Amazon Bedrock for the tests of its adapters.

import type { InferenceReading } from '../../../profiler-agent/model/call'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import { readExchange } from '../../../profiler-agent/providers/index'
import { chunkFrames, eventStreamOf } from '../wire/event-stream-frames'
import { exchangeOf } from './exchange'

export const HOST = 'https://bedrock-runtime.eu-central-1.amazonaws.com'

type Parts = Parameters<typeof exchangeOf>[0] & {
  /** Percent-encoded, as it stands in the path. */
  readonly model?: string
  readonly operation?: string
  /** The model's own objects, each in a chunk of a stream. */
  readonly chunks?: readonly unknown[]
}

export function bedrockExchange({
  model = 'amazon.nova-lite-v1%3A0',
  operation,
  chunks,
  ...parts
}: Parts): HttpExchange {
  const asked = operation ?? (chunks === undefined ? 'invoke' : 'invoke-with-response-stream')
  return exchangeOf({
    provider: 'bedrock',
    url: `${HOST}/model/${model}/${asked}`,
    ...(chunks && { responseBody: eventStreamOf(...chunkFrames(chunks)) }),
    ...parts,
  })
}

export const readBedrock = (parts: Parts) => readExchange(bedrockExchange(parts))

/** The only inference of such an exchange. */
export function inferenceOf(parts: Parts): InferenceReading {
  const { inferences } = readBedrock(parts)
  const [only] = inferences
  if (only === undefined || inferences.length > 1) throw new Error(`${inferences.length} inferences`)
  return only
}

/** Buckets in a row: uncached, read, written for 5 minutes and 1 hour and unknown, output; then the origin. */
export function bucketsOf({ usage }: InferenceReading): readonly (number | string | null)[] {
  const { cacheWriteTokens: written } = usage
  return [
    usage.uncachedInputTokens,
    usage.cacheReadTokens,
    written['5m'],
    written['1h'],
    written.unknown,
    usage.outputTokens,
    usage.origin,
  ]
}

/** Headers with Bedrock's own counts. */
export function countHeaders(counts: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [`x-amzn-bedrock-${name}-token-count`, String(count)]),
  )
}
