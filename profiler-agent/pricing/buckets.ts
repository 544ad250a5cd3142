// Usage times unit prices, by bucket, in whole pico-dollars. Audio, images and video are parts of the token buckets with prices of their own.

import type { ModalityTokens } from '../model/call'
import type { PicoUsd } from '../model/money'
import type { CostByBucket, UnitPrices } from '../model/span'
import { CACHE_TTLS, type UnitKind, type Usage } from '../model/usage'

/** What each bucket costs; unknown buckets cost nothing. `paidByRequest` are kinds of pieces of which one at most is paid. */
export function bucketsOf(
  usage: Usage,
  prices: UnitPrices,
  modalities: ModalityTokens = {},
  paidByRequest: ReadonlySet<UnitKind> = new Set(),
): CostByBucket {
  let cacheWrite = 0
  for (const ttl of CACHE_TTLS) cacheWrite += (usage.cacheWriteTokens[ttl] ?? 0) * prices.cacheWrite[ttl]
  return {
    uncachedInput: tokenCost(usage.uncachedInputTokens, prices.uncachedInput, freshParts(prices, modalities)),
    cacheRead: tokenCost(usage.cacheReadTokens, prices.cacheRead, cachedParts(prices, modalities)),
    cacheWrite,
    output: tokenCost(usage.outputTokens, prices.output, outputParts(prices, modalities)),
    units: piecesCost(usage, prices, paidByRequest),
  }
}

/** Tokens of one kind inside a bucket, and what one costs; without a price of its own it costs what the others cost. */
type Part = readonly [tokens: number | undefined, price: PicoUsd | undefined]

function freshParts(prices: UnitPrices, tokens: ModalityTokens): Part[] {
  return [
    [tokens.audioInput, prices.audioInput],
    [tokens.imageInput, prices.imageInput],
    [tokens.videoInput, prices.videoInput],
  ]
}

function cachedParts(prices: UnitPrices, tokens: ModalityTokens): Part[] {
  return [
    [tokens.audioCacheRead, prices.audioCacheRead],
    [tokens.imageCacheRead, prices.imageCacheRead],
  ]
}

function outputParts(prices: UnitPrices, tokens: ModalityTokens): Part[] {
  return [
    [tokens.audioOutput, prices.audioOutput],
    [tokens.imageOutput, prices.imageOutput],
    [tokens.videoOutput, prices.videoOutput],
  ]
}

/** Parts that are together more than the bucket cannot be: what is too much is left out, from the last on. */
function tokenCost(total: number | null, price: PicoUsd, parts: readonly Part[]): PicoUsd {
  let rest = total ?? 0
  let cost = 0
  for (const [tokens = 0, own] of parts) {
    if (own === undefined) continue
    const counted = Math.min(rest, tokens)
    cost += counted * own
    rest -= counted
  }
  return cost + rest * price
}

function piecesCost({ units }: Usage, prices: UnitPrices, paidByRequest: ReadonlySet<UnitKind>): PicoUsd {
  let cost = 0
  for (const [name, count] of Object.entries(units)) {
    const kind = name as UnitKind
    cost += (paidByRequest.has(kind) ? Math.min(1, count) : count) * (prices.units[kind] ?? 0)
  }
  return cost
}

/** Whether a piece was used that has no known price. */
export function hasUnpricedPieces({ units }: Usage, prices: UnitPrices): boolean {
  return Object.entries(units).some(
    ([kind, count]) => count > 0 && prices.units[kind as UnitKind] === undefined,
  )
}
