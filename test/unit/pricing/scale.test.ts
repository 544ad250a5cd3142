// Shares of a whole: exact to the last pico-dollar, fair to within one, and sums of calls as exact.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { CostByBucket } from '../../../profiler-agent/model/span'
import { scaleTo, sumOf } from '../../../profiler-agent/pricing/scale'

const BUCKETS = ['uncachedInput', 'cacheRead', 'cacheWrite', 'output', 'units'] as const
const weight = fc.oneof(fc.constant(0), fc.nat(100), fc.nat(1_000_000_000), fc.nat(2 ** 50))
const weights = fc.record({
  uncachedInput: weight,
  cacheRead: weight,
  cacheWrite: weight,
  output: weight,
  units: weight,
}) satisfies fc.Arbitrary<CostByBucket>
const total = fc.oneof(fc.nat(10), fc.nat(1_000_000), fc.nat(Number.MAX_SAFE_INTEGER))

describe('shares of a whole', () => {
  it('are what a hand reckons: the largest remainders get the odd pico-dollars', () => {
    const shared = scaleTo(10, { uncachedInput: 1, cacheRead: 1, cacheWrite: 1, output: 0, units: 3 })
    assert.deepEqual(shared, { uncachedInput: 2, cacheRead: 2, cacheWrite: 1, output: 0, units: 5 })
    assert.deepEqual(scaleTo(7, { uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0, units: 0 }), {
      uncachedInput: 0,
      cacheRead: 0,
      cacheWrite: 0,
      output: 0,
      units: 7,
    })
  })

  it('add up exactly, each the whole pico-dollar below or above its share, none for what weighs nothing', () => {
    fc.assert(
      fc.property(total, weights, (whole, weighed) => {
        const shared = scaleTo(whole, weighed)
        assert.equal(sumOf(shared), whole)
        const sum = BigInt(sumOf(weighed))
        if (sum === 0n) return
        for (const bucket of BUCKETS) {
          const product = BigInt(whole) * BigInt(weighed[bucket])
          const part = BigInt(shared[bucket])
          assert.ok(part * sum > product - sum && part * sum < product + sum, bucket)
          if (weighed[bucket] === 0) assert.equal(shared[bucket], 0, bucket)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('change nothing where the weights add up to the whole already', () => {
    fc.assert(
      fc.property(weights, (weighed) => assert.deepEqual(scaleTo(sumOf(weighed), weighed), { ...weighed })),
    )
  })

  it('never give more to what weighs less', () => {
    fc.assert(
      fc.property(total, weights, (whole, weighed) => {
        const shared = scaleTo(whole, weighed)
        for (const one of BUCKETS)
          for (const other of BUCKETS)
            if (weighed[one] > weighed[other]) assert.ok(shared[one] >= shared[other], `${one} and ${other}`)
      }),
    )
  })
})
