// What one exchange says about itself, as a span and its model call tell it. Knows no other exchange.

import { SUBSCRIPTION_ATTRIBUTES } from '../model/billing'
import type { ExchangeReading, InferenceReading } from '../model/call'
import type { BudgetEffect, HttpExchange } from '../model/exchange'
import type { PicoUsd } from '../model/money'
import { present } from '../model/present'
import type { HashedBlock, SpanRecord } from '../model/record'
import type { CallSite, Cost, ModelCall, ParentBasis, SpanStatus } from '../model/span'
import { isSubscription } from '../rules/subscriptions'

/** An inference with its price, or the reason why it has none. */
export interface PricedInference extends InferenceReading {
  readonly cost: Cost | null
  readonly unpricedReason?: string
  /** What a refused call would have cost. */
  readonly avoidedPicoUsd?: PicoUsd
}

/** One finished exchange with everything that earlier stages found out about it. */
export interface TraceInput {
  readonly exchange: HttpExchange
  readonly reading: ExchangeReading
  readonly inferences: readonly PricedInference[]
  readonly prompt: readonly HashedBlock[]
  readonly reply: readonly HashedBlock[]
  readonly bodyHash: string
  readonly callSite?: CallSite
}

/** Ms since the epoch. */
export function endOf(exchange: Pick<HttpExchange, 'startTime' | 'durationMs'>): number {
  return exchange.startTime + exchange.durationMs
}

/** An HTTP error or an error event is `error`; a stream without its last event is `truncated`; what a budget refused is `blocked`. */
export function statusOf(exchange: HttpExchange, reading: ExchangeReading): SpanStatus {
  if (exchange.budget?.stop === 'refused') return 'blocked'
  if (exchange.end === 'aborted') return 'aborted'
  if (exchange.end === 'unreachable' || exchange.status >= 400 || reading.error) return 'error'
  return exchange.end === 'truncated' || reading.unfinished ? 'truncated' : 'ok'
}

/** The hook names the run as the parent of a call that has no nearer one. */
export function rootBasisOf({ attribution }: HttpExchange, runId: string): ParentBasis {
  return attribution.parent === runId ? 'hook' : 'none'
}

/** What the exchange says beyond the model call, under OpenTelemetry's names where it has some. */
export function attributesOf(exchange: HttpExchange, reading: ExchangeReading): SpanRecord['attributes'] {
  const { recording } = exchange
  return {
    ...(recording && {
      'costflame.source.file': recording.file,
      'costflame.source.index': recording.index,
    }),
    ...(isSubscription(exchange) ? SUBSCRIPTION_ATTRIBUTES : {}),
    ...(exchange.responseHeaders['x-inference-provider'] === undefined
      ? {}
      : { 'costflame.inference_provider': exchange.responseHeaders['x-inference-provider'] }),
    'url.full': exchange.url,
    'http.request.method': exchange.method,
    'http.response.status_code': exchange.status,
    ...(exchange.error === undefined ? {} : { 'error.message': exchange.error }),
    ...(exchange.attribution.ignored && {
      'costflame.attribution.ignored': exchange.attribution.ignored.join('; '),
    }),
    ...(reading.malformed === 0 ? {} : { 'costflame.malformed': reading.malformed }),
    ...(exchange.copyTruncated ? { 'costflame.copy.truncated': true } : {}),
    ...attributesOfBudget(exchange.budget),
  }
}

/** Which budget stopped the call and what it said, and the cap that it gave the output. */
function attributesOfBudget({ rule, message, outputCap }: BudgetEffect = {}): SpanRecord['attributes'] {
  return present({
    'costflame.budget.rule': rule,
    'costflame.budget.message': message,
    'costflame.budget.output_cap': outputCap,
  })
}

/** The model that answered, as far as it said so. */
export function modelOf(inference: InferenceReading): string {
  return inference.responseModel ?? inference.requestModel
}

/** One inference of an exchange as the record of it, segments left out. */
export function modelCallOf(
  exchange: HttpExchange,
  reading: ExchangeReading,
  inference: PricedInference,
  attempt: { logicalId: string; number: number },
): Omit<ModelCall, 'segments'> {
  const { kind: _, providerPicoUsd: __, speed: ___, geo: ____, modalities: _____, ...rest } = inference
  const { avoidedPicoUsd: ______, ...facts } = rest
  return {
    ...facts,
    provider: exchange.provider,
    wireFormat: reading.wireFormat,
    endpoint: new URL(exchange.url).pathname,
    stream: reading.stream,
    ...(reading.stream && exchange.firstByteMs !== undefined
      ? { timeToFirstTokenMs: exchange.firstByteMs }
      : {}),
    attempt,
    httpStatus: exchange.status,
    ...(reading.error ? { error: reading.error } : {}),
    ...(reading.cacheSettings ? { cacheSettings: reading.cacheSettings } : {}),
  }
}
