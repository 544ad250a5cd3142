import assert from 'node:assert/strict'
import type { Unit } from '../../../../profiler-agent/profile/measures'
import { ticksFor } from '../../../../webview/flame/axis-ticks'

function texts(unit: Unit, min: number, max: number): readonly string[] {
  return ticksFor(unit, min, max, 5).map(({ text }) => text)
}

describe('the marks of the axis', () => {
  it('are round dollars with the same decimals', () => {
    assert.deepEqual(texts('cost', 0, 0.23e12), ['$0.00', '$0.05', '$0.10', '$0.15', '$0.20'])
    assert.deepEqual(texts('cost', 0, 2900e12), ['$0', '$1,000', '$2,000'])
  })

  it('differ however far one zooms in', () => {
    assert.deepEqual(texts('cost', 732.354e12, 732.35401e12), [
      '$732.354000',
      '$732.354002',
      '$732.354004',
      '$732.354006',
      '$732.354008',
      '$732.354010',
    ])
  })

  it('are whole tokens', () => {
    assert.deepEqual(texts('tokens', 0, 3), ['0', '1', '2', '3'])
    assert.deepEqual(texts('tokens', 0, 9000), ['0', '2k', '4k', '6k', '8k'])
    assert.deepEqual(texts('tokens', 1000, 1900), ['1.0k', '1.2k', '1.4k', '1.6k', '1.8k'])
    assert.deepEqual(texts('tokens', 0, 2_957_768), ['0', '1M', '2M'])
  })

  it('are times as clocks divide them', () => {
    assert.deepEqual(texts('time', 0, 900), ['0', '200 ms', '400 ms', '600 ms', '800 ms'])
    assert.deepEqual(texts('time', 0, 12_000), ['0', '5 s', '10 s'])
    assert.deepEqual(texts('time', 0, 150_000), ['0', '30 s', '1 min', '1 min 30 s', '2 min', '2 min 30 s'])
    assert.deepEqual(texts('time', 0, 7 * 86_400_000), ['0', '2 d', '4 d', '6 d'])
    assert.deepEqual(texts('time', 86_400_000, 2 * 86_400_000), [
      '1 d',
      '1 d 6 h',
      '1 d 12 h',
      '1 d 18 h',
      '2 d',
    ])
    assert.deepEqual(texts('time', 65_000, 65_100), [
      '1 min 5.00 s',
      '1 min 5.02 s',
      '1 min 5.04 s',
      '1 min 5.06 s',
      '1 min 5.08 s',
      '1 min 5.10 s',
    ])
  })

  it('are none where there is nothing to measure', () => {
    assert.deepEqual(texts('cost', 0, 0), [])
    assert.deepEqual(texts('cost', 0, Number.NaN), [])
  })
})
