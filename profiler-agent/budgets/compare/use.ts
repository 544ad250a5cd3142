// What the calls of one place used: calls, tokens and money by model and bucket. Sums and means; compares nothing.

import type { TokenBucket, TokensByBucket } from '../../model/comparison'
import type { UnitPrices } from '../../model/span'
import { type BucketCosts, INPUT_BUCKETS, noCosts, TOKEN_BUCKETS, unitPrice } from './bucket-costs'

interface ModelUse {
  readonly tokens: Record<TokenBucket, number>
  readonly costs: BucketCosts
  /** Of one of its calls, for buckets that none of them used. */
  readonly prices: UnitPrices | undefined
}

/** Sums, or means of an invocation. */
export interface UseOfCalls {
  readonly calls: number
  readonly tokens: TokensByBucket
  readonly costs: BucketCosts
}

export class Use {
  calls = 0
  readonly models = new Map<string, ModelUse>()

  add(model: string, { calls, tokens, costs }: UseOfCalls, prices?: UnitPrices): void {
    this.calls += calls
    const known = this.models.get(model) ?? { tokens: noTokens(), costs: noCosts(), prices }
    this.models.set(model, known)
    for (const bucket of TOKEN_BUCKETS) {
      known.tokens[bucket] += tokens[bucket]
      known.costs[bucket] += costs[bucket]
    }
    known.costs.units += costs.units
  }

  tokens(bucket: TokenBucket): number {
    return this.#sum((use) => use.tokens[bucket])
  }

  cost(bucket: TokenBucket | 'units'): number {
    return this.#sum((use) => use.costs[bucket])
  }

  get input(): number {
    return INPUT_BUCKETS.reduce((sum, bucket) => sum + this.tokens(bucket), 0)
  }

  get total(): number {
    return TOKEN_BUCKETS.reduce((sum, bucket) => sum + this.cost(bucket), this.cost('units'))
  }

  /** The part of a bucket's tokens that a model has, 0 to 1; of all input where nothing is in that bucket. */
  shareOf(model: string, bucket: TokenBucket): number {
    const use = this.models.get(model)
    const all = this.tokens(bucket)
    if (all > 0) return (use?.tokens[bucket] ?? 0) / all
    const ownInput = use ? INPUT_BUCKETS.reduce((sum, each) => sum + use.tokens[each], 0) : 0
    return this.input > 0 ? ownInput / this.input : 0
  }

  /** What a token of this model came to in a bucket; by its price list where it has none there; `undefined` for another model. */
  priceOf(model: string, bucket: TokenBucket): number | undefined {
    const use = this.models.get(model)
    if (!use) return undefined
    if (use.tokens[bucket] > 0) return use.costs[bucket] / use.tokens[bucket]
    return use.prices && unitPrice(use.prices, bucket)
  }

  #sum(pick: (use: ModelUse) => number): number {
    let sum = 0
    for (const use of this.models.values()) sum += pick(use)
    return sum
  }
}

function noTokens(): Record<TokenBucket, number> {
  const { units: _, ...tokens } = noCosts()
  return tokens
}
