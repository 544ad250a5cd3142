// What a difference in cost comes from: one factor at a time, by numbers worked out by hand, and sums that hold for any two sets.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareSets } from '../../../../profiler-agent/budgets/compare/compare-sets'
import { changeOf } from '../../../../profiler-agent/budgets/compare/sums'
import type { ComparedSet, DeltaParts } from '../../../../profiler-agent/model/comparison'
import { pricesOf, type SaidCall, setOf } from '../../../support/compared-calls'

const NOTHING: DeltaParts = {
  ...{ calls: 0, tokensPerCall: 0, cacheMix: 0, modelMix: 0, price: 0 },
  noise: null,
}

function difference(base: ComparedSet, head: ComparedSet) {
  const { delta, parts } = compareSets(base, head)
  return { delta, ...parts }
}

describe('the difference between two sets of invocations', () => {
  // 100 × 10 + 20 × 50 = 2,000
  const call: SaidCall = { tokens: [100, 0, 20] }

  it('is nothing for the same', () => {
    assert.deepEqual(difference(setOf([call, call]), setOf([call, call])), { delta: 0, ...NOTHING })
  })

  it('is calls where there is one more of the same', () => {
    assert.deepEqual(difference(setOf([call, call]), setOf([call, call, call])), {
      delta: 2000,
      ...NOTHING,
      calls: 2000,
    })
  })

  it('is tokens per call where prompts and answers grow', () => {
    // 160 × 10 + 24 × 50 = 2,800
    assert.deepEqual(difference(setOf([call]), setOf([{ tokens: [160, 0, 24] }])), {
      delta: 800,
      ...NOTHING,
      tokensPerCall: 800,
    })
  })

  it('is cache mix where the same tokens are read no longer', () => {
    // 900 read at 1 and 100 at 10 = 1,900; 1,000 at 10 = 10,000.
    assert.deepEqual(difference(setOf([{ tokens: [100, 900, 0] }]), setOf([{ tokens: [1000, 0, 0] }])), {
      delta: 8100,
      ...NOTHING,
      cacheMix: 8100,
    })
  })

  it('is cache mix, at the price list, where the base never read', () => {
    assert.deepEqual(difference(setOf([{ tokens: [1000, 0, 0] }]), setOf([{ tokens: [100, 900, 0] }])), {
      delta: -8100,
      ...NOTHING,
      cacheMix: -8100,
    })
  })

  it('is cache mix where a cache is written for longer', () => {
    // 1,000 at 15 and at 20.
    const written = (ttl: '5m' | '1h'): SaidCall => ({ tokens: [0, 0, 0], written: { [ttl]: 1000 } })
    assert.deepEqual(difference(setOf([written('5m')]), setOf([written('1h')])), {
      delta: 5000,
      ...NOTHING,
      cacheMix: 5000,
    })
  })

  it('is model mix where another model does the same', () => {
    // 100 × 30 + 20 × 150 = 6,000
    const dearer: SaidCall = { ...call, model: 'large', prices: pricesOf(30, 150) }
    assert.deepEqual(difference(setOf([call]), setOf([dearer])), {
      delta: 4000,
      ...NOTHING,
      modelMix: 4000,
    })
  })

  it('is price where the same use of the same model costs more', () => {
    // 100 × 12 + 20 × 60 = 2,400
    assert.deepEqual(difference(setOf([call]), setOf([{ ...call, prices: pricesOf(12, 60) }])), {
      delta: 400,
      ...NOTHING,
      price: 400,
    })
  })

  it('puts one factor after the other where several change', () => {
    // Base: 2 calls of 100 + 20 = 4,000. Head: 3 calls of 150 + 20 at 20 and 100 = 15,000.
    const head: SaidCall = { tokens: [150, 0, 20], prices: pricesOf(20, 100) }
    assert.deepEqual(difference(setOf([call, call]), setOf([head, head, head])), {
      delta: 11_000,
      ...NOTHING,
      // The base at the head's prices: 8,000, so 4,000 a call.
      price: 4000,
      calls: 4000,
      // 3 calls × 50 tokens × 20
      tokensPerCall: 3000,
    })
  })

  it('is calls, not shorter calls, where a small call is new elsewhere', () => {
    const base = setOf([{ ...call, step: 'answer' }])
    const head = setOf([
      { ...call, step: 'answer' },
      { tokens: [10, 0, 2], step: 'classify' },
    ])
    assert.deepEqual(difference(base, head), { delta: 200, ...NOTHING, calls: 200 })
  })

  it('knows a line again that has moved', () => {
    const base = setOf([
      { ...call, line: 10, function: 'ask' },
      { ...call, line: 20, function: 'ask' },
    ])
    const head = setOf([
      { ...call, line: 14, function: 'ask' },
      { tokens: [160, 0, 20], line: 25, function: 'ask' },
    ])
    const { places } = compareSets(base, head)
    assert.deepEqual(
      places.map(({ key, delta, parts }) => [key.lines, delta, parts.tokensPerCall]),
      [
        [[14], 0, 0],
        [[25], 600, 600],
      ],
    )
  })

  it('holds the base against the head as if it had as many invocations', () => {
    const dearer: SaidCall = { tokens: [160, 0, 20] }
    // Two of 2,600 against three of 2,000 / 3 × 2 = 4,000.
    const { scaledBase, delta, parts, perInvocation } = compareSets(
      setOf([call], [call], [call]),
      setOf([dearer], [dearer]),
    )
    assert.deepEqual(
      { scaledBase, delta, ...parts },
      {
        scaledBase: 4000,
        delta: 1200,
        ...NOTHING,
        tokensPerCall: 1200,
        noise: 0,
      },
    )
    assert.deepEqual(perInvocation, {
      base: 2000,
      head: 2600,
      delta: 600,
      parts: { ...NOTHING, tokensPerCall: 600, noise: 0 },
    })
  })

  it('keeps the price of a call that still exists beside the one for long prompts', () => {
    const long: SaidCall = { tokens: [1000, 0, 20], prices: pricesOf(20, 75) }
    // 1,000 × 20 + 20 × 75 = 21,500
    assert.deepEqual(difference(setOf([call]), setOf([call, long])), {
      delta: 21_500,
      ...NOTHING,
      calls: 2000,
      tokensPerCall: 19_500,
    })
  })

  it('takes what a provider says of the whole, rounded to tokens, for the same price', () => {
    const said = (price: number, fresh: number): SaidCall => ({
      tokens: [fresh, 0, 0],
      prices: pricesOf(price, 50_000),
      source: 'provider',
    })
    // 1,000 × 10,003 against 1,500 × 10,000: a tenth of a per mille is rounding, a tenth of the price is none.
    assert.equal(difference(setOf([said(10_003, 1000)]), setOf([said(10_000, 1500)])).price, 0)
    assert.equal(difference(setOf([said(11_000, 1000)]), setOf([said(10_000, 1000)])).price, -1_000_000)
  })

  it('prices what a model of the base cost as it was, where the head does not call it', () => {
    const gone: SaidCall = { ...call, model: 'old', prices: pricesOf(20, 100) }
    const { parts } = compareSets(setOf([gone]), setOf([call]))
    assert.deepEqual(parts, { ...NOTHING, modelMix: -2000 })
  })

  it('leaves calls without a price out of every sum', () => {
    const unpriced: SaidCall = { tokens: [5000, 0, 5000], unpriced: true }
    assert.deepEqual(difference(setOf([call]), setOf([call, unpriced])), { delta: 0, ...NOTHING })
  })

  it('tests no difference in which a call has no price: unknown is not 0', () => {
    const unpriced: SaidCall = { ...call, unpriced: true }
    const priced = setOf([call], [{ tokens: [110, 0, 20] }], [call])
    assert.notEqual(compareSets(priced, priced).significance, null)
    for (const some of [setOf([unpriced], [unpriced], [unpriced]), setOf([call], [call, unpriced], [call])])
      for (const { significance, places, grouped } of [compareSets(priced, some), compareSets(some, priced)])
        assert.deepEqual(
          [significance, ...[...places, ...grouped(() => ({}))].map((place) => place.significance)],
          [null, null, null],
        )
  })
})

describe('noise', () => {
  const costing = (...costs: readonly number[]) =>
    setOf(...costs.map((fresh) => [{ tokens: [fresh, 0, 0] as const }]))

  it('is what the spread explains', () => {
    // Means 250 and 300 tokens, standard deviations 129.
    const found = difference(costing(100, 200, 300, 400), costing(150, 250, 350, 450))
    assert.deepEqual(found, { delta: 2000, ...NOTHING, noise: 2000 })
  })

  it('is nothing of a difference beyond the spread', () => {
    const found = difference(costing(100, 101, 102, 103), costing(150, 151, 152, 153))
    assert.deepEqual(found, { delta: 2000, ...NOTHING, tokensPerCall: 2000, noise: 0 })
  })

  it('is told of each place: one that grew beside one that only varies', () => {
    const unit = (grown: number, varying: number): SaidCall[] => [
      { tokens: [grown, 0, 0], step: 'plan' },
      { tokens: [varying, 0, 0], step: 'answer' },
    ]
    const base = setOf(unit(100, 1000), unit(100, 2000), unit(100, 3000))
    const head = setOf(unit(150, 1200), unit(150, 2200), unit(150, 3200))
    assert.deepEqual(difference(base, head), {
      delta: 7500,
      ...NOTHING,
      tokensPerCall: 1500,
      noise: 6000,
    })
  })

  it('is nothing where places differ together though none does alone', () => {
    const unit = (...lines: readonly number[]): SaidCall[] =>
      lines.map((fresh, line) => ({ tokens: [fresh, 0, 0], line }))
    // Each line varies by 100, their sum never does.
    const base = setOf(unit(0, 100, 50), unit(100, 0, 50), unit(50, 50, 50))
    const head = setOf(unit(20, 120, 50), unit(120, 20, 50), unit(70, 70, 50))
    const { parts } = compareSets(base, head)
    assert.equal(parts.noise, 0)
    assert.equal(changeOf(parts), 1200)
  })

  it('is unknown with one invocation on each side', () => {
    assert.equal(difference(costing(100), costing(200)).noise, null)
  })
})

const saidCall: fc.Arbitrary<SaidCall> = fc.record({
  tokens: fc.tuple(fc.nat(200_000), fc.nat(200_000), fc.nat(20_000)),
  model: fc.constantFrom('m', 'n', 'o'),
  step: fc.constantFrom('plan', 'answer'),
  line: fc.nat(3),
  prices: fc.constantFrom(
    pricesOf(10, 50),
    pricesOf(30, 150),
    pricesOf(1_250_000, 10_000_000),
    pricesOf(0, 0),
  ),
})
const units = fc.array(fc.array(saidCall, { maxLength: 4 }), { minLength: 1, maxLength: 6 })

describe('sums of a difference', () => {
  const partsOf = ({ noise, ...parts }: DeltaParts) => [...Object.values(parts), noise ?? 0]
  const add = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)

  it('hold to the pico-dollar for any two sets, of the whole and of every place', () => {
    fc.assert(
      fc.property(units, units, (before, after) => {
        const [base, head] = [setOf(...before), setOf(...after)]
        const { scaledBase, delta, parts, perInvocation, places, grouped } = compareSets(base, head)
        const costOf = (set: ComparedSet) =>
          add(set.units.flatMap(({ calls }) => calls.map(({ cost }) => cost?.picoUsd ?? 0)))
        assert.equal(delta, costOf(head) - scaledBase)
        if (before.length === after.length) assert.equal(scaledBase, costOf(base))
        assert.equal(add(partsOf(perInvocation.parts)), perInvocation.delta)
        assert.equal(add(partsOf(parts)), delta)
        for (const value of partsOf(parts)) assert.ok(Number.isSafeInteger(value))
        for (const place of places) {
          assert.equal(add(partsOf(place.parts)), place.delta)
          assert.equal(add(partsOf(place.perInvocation.parts)), place.perInvocation.delta)
        }
        for (const rows of [places, grouped(({ agent, step }) => ({ agent, step })), grouped(() => ({}))]) {
          assert.equal(add(rows.map((row) => row.delta)), delta)
          assert.equal(add(rows.map((row) => row.scaledBase)), scaledBase)
          partsOf(parts).forEach((part, index) => {
            assert.equal(add(rows.map((row) => partsOf(row.parts)[index] ?? 0)), part)
          })
        }
      }),
    )
  })
})
