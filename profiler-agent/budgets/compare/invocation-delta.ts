// What one invocation costs more than in a baseline, on average: against other runs, or against the means in the budget file.

import type { Baseline, MeanUse } from '../../model/budget'
import type { ComparedCall, ComparedSet, InvocationDelta, TokensByBucket } from '../../model/comparison'
import { picoOfUsd } from '../../model/money'
import type { UnitPrices } from '../../model/span'
import { CACHE_TTLS, type CacheTtl, perTtl } from '../../model/usage'
import {
  type BucketCosts,
  isPriced,
  noCosts,
  recordedCosts,
  sumOfCosts,
  TOKEN_BUCKETS,
  unitPrice,
} from './bucket-costs'
import { compareSets } from './compare-sets'
import { sampleOf, testDifference } from './significance'
import { splitChange } from './split-change'
import { meanDelta } from './sums'
import { Use } from './use'

/** `undefined` where a call on either side has no price: a difference of what is not known is not known. */
export function deltaAgainstRuns(base: ComparedSet, head: ComparedSet): InvocationDelta | undefined {
  if (base.units.length === 0 || head.units.length === 0 || ![base, head].every(isWhollyPriced))
    return undefined
  const { parts, significance } = compareSets(base, head)
  const means = [costOf(base) / base.units.length, costOf(head) / head.units.length] as const
  return { ...meanDelta(means, parts, head.units.length), significance }
}

/**
 * The same against the means of `baseline.perInvocation`. Its spread is not known, and taken to be the head's. `prices` are the
 * head's by model; `haveChanged` whether they are others than the baseline's: else the price part is 0, whatever rounding says.
 */
export function deltaAgainstMeans(
  { invocations, perInvocation = {} }: Baseline,
  head: ComparedSet,
  prices: ReadonlyMap<string, UnitPrices>,
  haveChanged: boolean,
): InvocationDelta | undefined {
  const models = Object.entries(perInvocation)
  const n = head.units.length
  if (models.length === 0 || n === 0 || !isWhollyPriced(head)) return undefined
  if (models.some(([, { usd }]) => usd === null)) return undefined
  const before = new Use()
  for (const [model, mean] of models) {
    const list = prices.get(model)
    before.add(model, meanUse(mean, list, haveChanged, mostWritten(head, model)), list)
  }
  const cost = models.reduce((sum, [, { usd }]) => sum + picoOfUsd(usd ?? 0), 0)
  const costs = head.units.map(({ calls }) => calls.reduce((sum, call) => sum + (call.cost?.picoUsd ?? 0), 0))
  const test = testDifference({ n: invocations, mean: before.total, variance: null }, sampleOf(costs))
  const price = haveChanged ? Math.round(n * (before.total - cost)) : 0
  const change = costOf(head) - n * cost - price
  const isNoise = test !== null && !test.isSignificant
  const split = isNoise ? NO_CHANGE : splitChange(before, useOf(head), n, change)
  const noise = test && (isNoise ? change : 0)
  const significance = test && {
    ...test,
    interval: [Math.round(test.interval[0]), Math.round(test.interval[1])] as const,
  }
  return { ...meanDelta([cost, costOf(head) / n], { ...split, price, noise }, n), significance }
}

const NO_CHANGE = { calls: 0, tokensPerCall: 0, cacheMix: 0, modelMix: 0 }

function isWhollyPriced({ units }: ComparedSet): boolean {
  return units.every(({ calls }) => calls.every(isPriced))
}

function costOf({ units }: ComparedSet): number {
  return units.reduce(
    (sum, { calls }) => sum + calls.reduce((total, { cost }) => total + (cost?.picoUsd ?? 0), 0),
    0,
  )
}

function useOf({ units }: ComparedSet): Use {
  const use = new Use()
  for (const call of units.flatMap(({ calls }) => calls).filter(isPriced))
    use.add(call.model, { calls: 1, tokens: call.tokens, costs: recordedCosts(call) }, call.cost.prices)
  return use
}

/** Means with their cost by bucket: at the list where prices changed, else the recorded cost, shared as the list has it. */
function meanUse(
  mean: MeanUse,
  list: UnitPrices | undefined,
  haveChanged: boolean,
  written: CacheTtl,
): { readonly calls: number; readonly tokens: TokensByBucket; readonly costs: BucketCosts } {
  const { calls, uncachedInput, cacheRead, cacheWrite, output, usd } = mean
  const tokens = {
    ...{ uncachedInput, cacheRead, output },
    ...perTtl((ttl) => (ttl === written ? cacheWrite : 0)),
  }
  const costs = noCosts()
  for (const bucket of TOKEN_BUCKETS) costs[bucket] = tokens[bucket] * (list ? unitPrice(list, bucket) : 1)
  if (haveChanged && list) return { calls, tokens, costs }
  const [listed, recorded] = [sumOfCosts(costs), picoOfUsd(usd ?? 0)]
  for (const bucket of TOKEN_BUCKETS) costs[bucket] = listed > 0 ? (costs[bucket] * recorded) / listed : 0
  return { calls, tokens, costs }
}

/** The lifetime that most tokens of this model are written with now: the file does not say which it was. */
function mostWritten({ units }: ComparedSet, model: string): CacheTtl {
  const calls: readonly ComparedCall[] = units.flatMap((unit) =>
    unit.calls.filter((call) => call.model === model),
  )
  const written = (ttl: CacheTtl) => calls.reduce((sum, { tokens }) => sum + tokens[ttl], 0)
  return CACHE_TTLS.reduce((most, ttl) => (written(ttl) > written(most) ? ttl : most))
}
