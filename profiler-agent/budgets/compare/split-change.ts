// Why one place costs another amount at the same unit prices: more calls, more tokens in each, another cache mix, other models.

import type { DeltaParts, TokenBucket } from '../../model/comparison'
import type { PicoUsd } from '../../model/money'
import { INPUT_BUCKETS } from './bucket-costs'
import type { Use } from './use'

export type ChangeParts = Pick<DeltaParts, 'calls' | 'tokensPerCall' | 'cacheMix' | 'modelMix'>

/**
 * Splits `change`, what `head` costs more than `base` at the same unit prices. One factor after the other is set to the head's, in
 * this order, the others as they were in the base: calls (at the base's mean cost of a call); tokens per call (at the base's
 * mean price of a token); the part of the input that is read from or written to a cache (at the base's models); the models.
 * A place that is only on one side has no mean to start from: all of it is calls. Every part is rounded to whole pico-dollars;
 * `tokensPerCall` is what the others leave, so that they add up to `change` exactly.
 */
export function splitChange(base: Use, head: Use, scale: number, change: PicoUsd): ChangeParts {
  if (base.calls === 0 || head.calls === 0)
    return { calls: change, tokensPerCall: 0, cacheMix: 0, modelMix: 0 }
  const calls = Math.round((head.calls - base.calls * scale) * (base.total / base.calls))
  const cacheMix = Math.round(cacheEffect(base, head))
  const modelMix = Math.round(modelEffect(base, head))
  const known = Math.abs(calls) + Math.abs(cacheMix) + Math.abs(modelMix)
  // Means that somebody typed may divide to anything; such parts say nothing, and would no longer add up.
  if (!Number.isSafeInteger(2 * known + Math.abs(change)))
    return { calls: 0, tokensPerCall: change, cacheMix: 0, modelMix: 0 }
  return { calls, tokensPerCall: change - calls - cacheMix - modelMix, cacheMix, modelMix }
}

/** The head's input tokens, spread over the buckets as in the head and as in the base, at the base's price of each. */
function cacheEffect(base: Use, head: Use): number {
  if (base.input === 0 || head.input === 0) return 0
  return INPUT_BUCKETS.reduce((sum, bucket) => {
    const moved = head.tokens(bucket) - (head.input * base.tokens(bucket)) / base.input
    return moved === 0 ? sum : sum + moved * meanPrice(base, head, bucket)
  }, 0)
}

/** What a token in this bucket costs with the base's models. */
function meanPrice(base: Use, head: Use, bucket: TokenBucket): number {
  let price = 0
  for (const model of base.models.keys())
    price += base.shareOf(model, bucket) * (priceIn(base, head, model, bucket) ?? 0)
  return price
}

function priceIn(base: Use, head: Use, model: string, bucket: TokenBucket): number | undefined {
  return base.priceOf(model, bucket) ?? head.priceOf(model, bucket)
}

/** The head's tokens in each bucket, with the head's models and with the base's, each at its own price. */
function modelEffect(base: Use, head: Use): number {
  const models = new Set([...base.models.keys(), ...head.models.keys()])
  if (models.size === 1) return 0
  return [...INPUT_BUCKETS, 'output' as const].reduce((sum, bucket) => {
    const tokens = head.tokens(bucket)
    if (tokens === 0) return sum
    let effect = 0
    for (const model of models) {
      const moved = head.shareOf(model, bucket) - base.shareOf(model, bucket)
      if (moved !== 0) effect += moved * (priceIn(head, base, model, bucket) ?? 0)
    }
    return sum + tokens * effect
  }, 0)
}
