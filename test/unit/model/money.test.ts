// Amounts as people read them.

import assert from 'node:assert/strict'
import { formatUsd, picoOfUsd, picoPerToken, usdOf } from '../../../profiler-agent/model/money'

describe('formatUsd', () => {
  const amounts: readonly [picoUsd: number | null, text: string][] = [
    [null, 'no price'],
    [0, '$0'],
    [1, '$0.000000000001'],
    [25, '$0.000000000025'],
    [1_234_567, '$0.000001235'],
    [12_000_000, '$0.000012'],
    [100_000_000, '$0.0001'],
    [2_602_000_000, '$0.002602'],
    [2_602_499_999, '$0.002602'],
    [10_000_000_000, '$0.01'],
    [12_345_678_901, '$0.01235'],
    [100_000_000_000, '$0.10'],
    [250_000_000_000, '$0.25'],
    [345_678_000_000, '$0.3457'],
    [999_949_999_999, '$0.9999'],
    [999_950_000_000, '$1.00'],
    [1_000_000_000_000, '$1.00'],
    [1_250_000_000_000, '$1.25'],
    [12_345_000_000_000, '$12.35'],
    [1_234_500_000_000_000, '$1,234.50'],
  ]
  for (const [picoUsd, text] of amounts)
    it(`writes ${picoUsd} pico-dollars as ${text}`, () => {
      assert.equal(formatUsd(picoUsd), text)
    })
})

describe('pico-dollars', () => {
  it('are a price in µUSD per million tokens, per token', () => {
    assert.equal(picoPerToken(2.5), 2_500_000)
    assert.equal(picoPerToken(0.075), 75_000)
  })

  it('are whole for amounts that binary fractions cannot say', () => {
    assert.equal(picoOfUsd(0.1 + 0.2), 300_000_000_000)
    assert.equal(usdOf(300_000_000_000), 0.3)
  })
})
