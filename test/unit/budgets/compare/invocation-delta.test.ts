// What an invocation costs more than the means in the budget file: by hand, and sums that hold for anything.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { deltaAgainstMeans } from '../../../../profiler-agent/budgets/compare/invocation-delta'
import { listPrices } from '../../../../profiler-agent/budgets/compare/list-prices'
import type { Baseline, MeanUse } from '../../../../profiler-agent/model/budget'
import type { ComparedSet, DeltaParts } from '../../../../profiler-agent/model/comparison'
import { pricesOf, type SaidCall, setOf } from '../../../support/compared-calls'

const baselineOf = (perInvocation: Record<string, MeanUse>): Baseline => ({
  ...{ invocations: 20, measuredAt: '2026-11-20', headroom: 0.2, values: {} },
  perInvocation,
})
const against = (base: Record<string, MeanUse>, head: ComparedSet, haveChanged = false) =>
  deltaAgainstMeans(baselineOf(base), head, listPrices(head.units.flatMap(({ calls }) => calls)), haveChanged)

describe('the difference from the means of a baseline', () => {
  // At 10 and 50 pico-dollars: 1,000 + 1,000.
  const mean: MeanUse = { calls: 1, uncachedInput: 100, cacheRead: 0, cacheWrite: 0, output: 20, usd: 2e-9 }
  const call: SaidCall = { tokens: [100, 0, 20] }
  const nothing = { calls: 0, tokensPerCall: 0, cacheMix: 0, modelMix: 0, price: 0, noise: 0 }

  it('is nothing for the same', () => {
    const { base, head, delta, parts } = against({ m: mean }, setOf([call], [call])) ?? {}
    assert.deepEqual({ base, head, delta, parts }, { base: 2000, head: 2000, delta: 0, parts: nothing })
  })

  it('is price where the list is another one, for the use of the baseline', () => {
    // 100 × 12 + 20 × 60 = 2,400; the head uses 50 tokens more, at 12.
    const dearer: SaidCall = { tokens: [150, 0, 20], prices: pricesOf(12, 60) }
    const { delta, parts } = against({ m: mean }, setOf([dearer], [dearer]), true) ?? {}
    assert.deepEqual({ delta, parts }, { delta: 1000, parts: { ...nothing, tokensPerCall: 600, price: 400 } })
  })

  it('is cache mix where less is read than on average', () => {
    // 60 at 10, 40 at 1, 20 at 50.
    const cached: MeanUse = { ...mean, uncachedInput: 60, cacheRead: 40, usd: 1.64e-9 }
    const { delta, parts } = against({ m: cached }, setOf([call], [call])) ?? {}
    assert.deepEqual({ delta, parts }, { delta: 360, parts: { ...nothing, cacheMix: 360 } })
  })

  it('is model mix where another model does the same', () => {
    const large: SaidCall = { ...call, model: 'large', prices: pricesOf(30, 150) }
    const { delta, parts } = against({ m: mean }, setOf([large], [large])) ?? {}
    assert.deepEqual({ delta, parts }, { delta: 4000, parts: { ...nothing, modelMix: 4000 } })
  })

  it('is unknown where a price is', () => {
    assert.equal(against({ m: { ...mean, usd: null } }, setOf([call])), undefined)
    assert.equal(against({ m: mean }, setOf([{ ...call, unpriced: true }])), undefined)
    assert.equal(against({}, setOf([call])), undefined)
  })

  const use = fc.record({
    calls: fc.double({ min: 0, max: 50, noNaN: true }),
    uncachedInput: fc.double({ min: 0, max: 1e6, noNaN: true }),
    cacheRead: fc.double({ min: 0, max: 1e6, noNaN: true }),
    cacheWrite: fc.double({ min: 0, max: 1e6, noNaN: true }),
    output: fc.double({ min: 0, max: 1e5, noNaN: true }),
    usd: fc.double({ min: 0, max: 10, noNaN: true }),
  })
  const calls = fc.record({
    tokens: fc.tuple(fc.nat(200_000), fc.nat(200_000), fc.nat(20_000)),
    model: fc.constantFrom('m', 'n', 'o'),
    prices: fc.constantFrom(pricesOf(10, 50), pricesOf(1_250_000, 10_000_000), pricesOf(0, 0)),
  })

  it('has parts that add up to the pico-dollar, whatever is compared', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('m', 'n', 'gone'), use, { minKeys: 1 }),
        fc.array(fc.array(calls, { maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (base, head, haveChanged) => {
          const found = against(base, setOf(...head), haveChanged)
          assert.ok(found)
          const { noise, ...parts }: DeltaParts = found.parts
          const values = [...Object.values(parts), noise ?? 0]
          for (const value of values) assert.ok(Number.isSafeInteger(value), `${values}`)
          assert.equal(
            values.reduce((sum, value) => sum + value, 0),
            found.delta,
          )
          assert.equal(found.delta, found.head - found.base)
        },
      ),
    )
  })
})
