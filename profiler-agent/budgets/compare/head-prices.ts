// The unit prices that the head's calls were priced with, for the same model: what the base's calls would cost today.

import type { ComparedCall } from '../../model/comparison'
import type { UnitPrices } from '../../model/span'
import {
  type BucketCosts,
  costsAt,
  isPriced,
  type PricedCall,
  recordedCosts,
  sumOfCosts,
} from './bucket-costs'

import { pricedModelOf } from './compared-calls'

/** A provider's own total comes to a rounded price per token in each call; so near together it is the same price. */
const SAME_PRICE = 0.001

export class HeadPrices {
  readonly #byModel = new Map<string, Map<string, UnitPrices>>()

  constructor(head: Iterable<ComparedCall>) {
    for (const call of head) {
      if (!isPriced(call)) continue
      const known = this.#byModel.get(pricedModelOf(call)) ?? new Map<string, UnitPrices>()
      known.set(JSON.stringify(call.cost.prices), call.cost.prices)
      this.#byModel.set(pricedModelOf(call), known)
    }
  }

  /** Of any call of the head with the same model. */
  of(call: ComparedCall): UnitPrices | undefined {
    return this.#byModel.get(pricedModelOf(call))?.values().next().value
  }

  /** What a call of the base would cost at the head's prices; as it was where the head has no price for its model. */
  costsOf(call: PricedCall): BucketCosts {
    const prices = this.#byModel.get(pricedModelOf(call))
    // A model has several prices where long prompts have one of their own: a call whose price still exists keeps it.
    if (!prices || prices.has(JSON.stringify(call.cost.prices))) return recordedCosts(call)
    const candidates = [...prices.values()].map((each) => costsAt(call, each))
    const before = call.cost.picoUsd
    const distance = (costs: BucketCosts) => Math.abs(sumOfCosts(costs) - before)
    const nearest = candidates.reduce((best, each) => (distance(each) < distance(best) ? each : best))
    const isSame = call.cost.source === 'provider' && distance(nearest) <= before * SAME_PRICE
    return isSame ? recordedCosts(call) : nearest
  }
}
