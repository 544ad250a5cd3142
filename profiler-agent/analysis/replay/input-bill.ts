// The input of a call in the buckets that its provider bills, and what they cost at the call's own unit prices.

import type { PicoUsd } from '../../model/money'
import { CACHE_TTLS, type CacheTtl, perTtl } from '../../model/usage'
import type { ReplayCall, ReplayedInput } from './replay-call'

export interface InputBuckets {
  readonly read: number
  readonly write: Readonly<Record<CacheTtl, number>>
  readonly fresh: number
}

/** The input buckets as the provider reported them; what it does not say counts as none. */
export function reportedBuckets({ usage }: Pick<ReplayCall, 'usage'>): InputBuckets {
  return {
    read: usage.cacheReadTokens ?? 0,
    write: perTtl((ttl) => usage.cacheWriteTokens[ttl] ?? 0),
    fresh: usage.uncachedInputTokens ?? 0,
  }
}

export function inputCost({ read, write, fresh }: InputBuckets, { cost }: Pick<ReplayCall, 'cost'>): PicoUsd {
  const { prices } = cost
  let sum = read * prices.cacheRead + fresh * prices.uncachedInput
  for (const ttl of CACHE_TTLS) sum += write[ttl] * prices.cacheWrite[ttl]
  return sum
}

/** The bucket that writes of a lifetime are billed in. */
export function bucketOfLifetime(name: string): CacheTtl {
  return CACHE_TTLS.find((ttl) => ttl === name) ?? 'unknown'
}

/** Input as it was, of a call that cannot be replayed. */
export function recordedInput(call: ReplayCall): ReplayedInput {
  const buckets = reportedBuckets(call)
  return { ...buckets, picoUsd: inputCost(buckets, call), isReplayed: false, hitBlocks: 0, breakpoints: [] }
}
