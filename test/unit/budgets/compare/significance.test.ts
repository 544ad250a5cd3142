// Means held against their spread: p-values as tables of Student's t give them.

import assert from 'node:assert/strict'
import { sampleOf, testDifference, twoSided } from '../../../../profiler-agent/budgets/compare/significance'

describe('significance of a difference of means', () => {
  for (const [t, freedom, p] of [
    // The two-sided 5 % points of the table.
    [12.706, 1, 0.05],
    [4.303, 2, 0.05],
    [2.571, 5, 0.05],
    [2.228, 10, 0.05],
    [1.984, 100, 0.05],
    [63.657, 1, 0.01],
    [3.169, 10, 0.01],
    [0, 7, 1],
  ] as const)
    it(`t ${t} with ${freedom} degrees of freedom is exceeded with a chance of ${p}`, () => {
      assert.ok(Math.abs(twoSided(t, freedom) - p) < 0.0001, `${twoSided(t, freedom)}`)
      assert.equal(twoSided(-t, freedom), twoSided(t, freedom))
    })

  it('is what Welch gives for two small samples', () => {
    // Means 3 and 6, variances 2.5 and 2.5, five each: t = 3 with 8 degrees of freedom.
    const tested = testDifference(sampleOf([1, 2, 3, 4, 5]), sampleOf([4, 5, 6, 7, 8]))
    assert.ok(tested)
    assert.ok(Math.abs(tested.p - 0.01707) < 0.00001, `${tested.p}`)
    assert.equal(tested.isSignificant, true)
    // 3 ± 2.306 × 1
    assert.deepEqual(
      tested.interval.map((end) => end.toFixed(3)),
      ['0.694', '5.306'],
    )
  })

  it('finds nothing in what the spread explains', () => {
    const tested = testDifference(sampleOf([10, 30, 20, 40]), sampleOf([15, 35, 25, 45]))
    assert.equal(tested?.isSignificant, false)
  })

  it('finds every difference between values that never vary, however few', () => {
    const steady = sampleOf([1000, 1000])
    assert.deepEqual(testDifference(steady, sampleOf([1001, 1001])), {
      p: 0,
      isSignificant: true,
      interval: [1, 1],
    })
    assert.deepEqual(testDifference(steady, sampleOf([1000, 1000])), {
      p: 1,
      isSignificant: false,
      interval: [0, 0],
    })
  })

  it('knows nothing of one value on each side', () => {
    assert.equal(testDifference(sampleOf([1]), sampleOf([1000])), null)
  })

  it('takes a single value to have the spread of the other side', () => {
    // Standard error √(2.5 × (1/5 + 1)) = 1.732, t = 3/1.732 with 4 degrees of freedom; 7 would be needed for 5 %.
    const base = sampleOf([1, 2, 3, 4, 5])
    assert.equal(testDifference(base, sampleOf([6]))?.isSignificant, false)
    assert.equal(testDifference(base, sampleOf([9]))?.isSignificant, true)
  })
})
