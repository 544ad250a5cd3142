// The difference in cost between two sets of invocations and what it comes from, place by place. Whole pico-dollars, which add up.

import type {
  ComparedCall,
  ComparedRow,
  ComparedSet,
  DeltaParts,
  MeanDelta,
  Significance,
} from '../../model/comparison'
import type { PicoUsd } from '../../model/money'
import { isPriced, recordedCosts, sumOfCosts } from './bucket-costs'
import { pricedModelOf } from './compared-calls'
import { HeadPrices } from './head-prices'
import { type MatchedPlace, matchPlaces } from './places'
import { sampleOf, testDifference } from './significance'
import { splitChange } from './split-change'
import { addParts, meanDelta, sideOf } from './sums'
import { Use } from './use'

/** A place, or several together, with its parts. */
export type PlaceDelta = Omit<ComparedRow, 'by'>

export interface SetsDelta {
  readonly scaledBase: PicoUsd
  readonly delta: PicoUsd
  readonly parts: DeltaParts
  readonly perInvocation: MeanDelta
  /** Of the cost of an invocation at the head's prices. */
  readonly significance: Significance | null
  /** They add up to the whole in every part. */
  readonly places: readonly PlaceDelta[]
  /** The same places, those for which `keyOf` gives the same as one. */
  readonly grouped: (keyOf: (key: ComparedRow['key']) => ComparedRow['key']) => readonly PlaceDelta[]
}

/**
 * What `head` costs more than `base` would have with as many invocations, over the calls that have a price. For each place:
 * `price` is what the base's use costs more at the head's unit prices; the rest is a change of use at those prices, which is
 * `noise` where the spread of the place over invocations explains it (Welch's t-test, 95 %; a side with one invocation is taken
 * to have the other's spread), else it is split into calls, tokens, cache and models. Where all places together differ and none
 * does alone, nothing is noise.
 */
export function compareSets(base: ComparedSet, head: ComparedSet): SetsDelta {
  const prices = new HeadPrices(callsOf(head))
  const sides: Sides = {
    prices,
    base: new Spread(base, (call) => sumOfCosts(prices.costsOf(call))),
    head: new Spread(head, ({ cost }) => cost.picoUsd),
  }
  const matched = matchPlaces(callsOf(base), callsOf(head))
  const significance = significanceOf(sides, { base: callsOf(base), head: callsOf(head) })
  const isNoise = noiseTest(sides, matched, significance)
  const places = matched.map((place) => placeDelta(place, sides, isNoise))
  const sums = together(places)
  const costOf = (side: 'base' | 'head') => places.reduce((sum, place) => sum + place[side].picoUsd, 0)
  return {
    ...sums,
    perInvocation: meanOf(sides, costOf('base'), costOf('head'), sums.parts),
    significance,
    places,
    grouped: (keyOf) => groupedBy(keyOf, matched, places, sides),
  }
}

interface Sides {
  readonly prices: HeadPrices
  readonly base: Spread
  readonly head: Spread
}

/** Costs of a side's calls at the head's prices, by the unit that they belong to. */
class Spread {
  readonly #unitOf = new Map<ComparedCall, number>()
  readonly #costs = new Map<ComparedCall, number>()
  readonly units: number

  constructor({ units }: ComparedSet, costOf: (call: ComparedCall & { cost: object }) => number) {
    this.units = units.length
    units.forEach(({ calls }, index) => {
      for (const call of calls) {
        this.#unitOf.set(call, index)
        this.#costs.set(call, isPriced(call) ? costOf(call) : 0)
      }
    })
  }

  /** What these calls cost in each unit; 0 where it made none of them. */
  costsOf(calls: readonly ComparedCall[]): number[] {
    const costs = Array.from({ length: this.units }, () => 0)
    for (const call of calls) {
      const unit = this.#unitOf.get(call) ?? 0
      costs[unit] = (costs[unit] ?? 0) + (this.#costs.get(call) ?? 0)
    }
    return costs
  }
}

type Calls = Pick<MatchedPlace, 'base' | 'head'>

/** `null` also where a call has no price: its invocation would seem to have cost less. */
function significanceOf(sides: Sides, { base, head }: Calls): Significance | null {
  if (![...base, ...head].every(isPriced)) return null
  const tested = testDifference(sampleOf(sides.base.costsOf(base)), sampleOf(sides.head.costsOf(head)))
  if (!tested) return null
  const [low, high] = tested.interval
  return { ...tested, interval: [Math.round(low), Math.round(high)] }
}

type NoiseTest = (significance: Significance | null) => boolean

function noiseTest(sides: Sides, places: readonly Calls[], whole: Significance | null): NoiseTest {
  const isExplained: NoiseTest = (significance) => significance !== null && !significance.isSignificant
  const isOnlyTogether =
    whole?.isSignificant === true && places.every((place) => isExplained(significanceOf(sides, place)))
  return isOnlyTogether ? () => false : isExplained
}

function placeDelta(place: MatchedPlace, sides: Sides, isNoise: NoiseTest): PlaceDelta {
  const [base, head] = [sideOf(place.base), sideOf(place.head)]
  const significance = significanceOf(sides, place)
  const scale = sides.head.units / Math.max(1, sides.base.units)
  const before = useOf(place.base, sides.prices)
  const scaledBase = Math.round(scale * base.picoUsd)
  const delta = head.picoUsd - scaledBase
  const price = Math.round(scale * (before.total - base.picoUsd))
  const change = delta - price
  const split = isNoise(significance) ? NO_CHANGE : splitChange(before, useOf(place.head), scale, change)
  const noise = significance && (isNoise(significance) ? change : 0)
  const parts = { ...split, price, noise }
  const perInvocation = meanOf(sides, base.picoUsd, head.picoUsd, parts)
  return { key: place.key, base, head, scaledBase, delta, parts, perInvocation, significance }
}

function meanOf(sides: Sides, base: PicoUsd, head: PicoUsd, parts: DeltaParts): MeanDelta {
  const means = [base / Math.max(1, sides.base.units), head / Math.max(1, sides.head.units)] as const
  return meanDelta(means, parts, sides.head.units)
}

const NO_CHANGE = { calls: 0, tokensPerCall: 0, cacheMix: 0, modelMix: 0 }

function useOf(calls: readonly ComparedCall[], prices?: HeadPrices): Use {
  const use = new Use()
  for (const call of calls.filter(isPriced)) {
    const costs = prices ? prices.costsOf(call) : recordedCosts(call)
    const list = prices?.of(call) ?? call.cost.prices
    use.add(pricedModelOf(call), { calls: 1, tokens: call.tokens, costs }, list)
  }
  return use
}

function groupedBy(
  keyOf: (key: ComparedRow['key']) => ComparedRow['key'],
  matched: readonly MatchedPlace[],
  places: readonly PlaceDelta[],
  sides: Sides,
): readonly PlaceDelta[] {
  const pairs = matched.flatMap((calls, index) => {
    const place = places[index]
    return place ? [{ calls, place }] : []
  })
  const groups = Map.groupBy(pairs, ({ place }) => JSON.stringify(keyOf(place.key)))
  return [...groups.values()].map((group) => {
    const base = group.flatMap(({ calls }) => calls.base)
    const head = group.flatMap(({ calls }) => calls.head)
    const [before, after] = [sideOf(base), sideOf(head)]
    const sums = together(group.map(({ place }) => place))
    return {
      ...{ key: keyOf(group[0]?.place.key ?? {}), base: before, head: after },
      ...sums,
      perInvocation: meanOf(sides, before.picoUsd, after.picoUsd, sums.parts),
      significance: significanceOf(sides, { base, head }),
    }
  })
}

function together(places: readonly PlaceDelta[]): Pick<PlaceDelta, 'scaledBase' | 'delta' | 'parts'> {
  return {
    scaledBase: places.reduce((sum, place) => sum + place.scaledBase, 0),
    delta: places.reduce((sum, { delta }) => sum + delta, 0),
    parts: addParts(places.map(({ parts }) => parts)),
  }
}

function callsOf(set: ComparedSet): ComparedCall[] {
  return set.units.flatMap(({ calls }) => calls)
}
