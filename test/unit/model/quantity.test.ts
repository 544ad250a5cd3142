import assert from 'node:assert/strict'
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatPlural,
  formatShare,
} from '../../../profiler-agent/model/quantity'

describe('quantities as text', () => {
  it('groups counts and shortens them where there is little room', () => {
    assert.deepEqual([0, 999, 8400, 1_234_567.8, -12_345].map(formatCount), [
      '0',
      '999',
      '8,400',
      '1,234,568',
      '-12,345',
    ])
    assert.deepEqual([999, 1000, 34_512, 999_949, 999_950, 1_200_000].map(formatCompact), [
      '999',
      '1k',
      '34.5k',
      '999.9k',
      '1M',
      '1.2M',
    ])
  })

  it('never rounds a share to all or nothing', () => {
    assert.deepEqual([0, 0.004, 0.62, 0.996, 1].map(formatShare), ['0 %', '<1 %', '62 %', '>99 %', '100 %'])
  })

  it('gives durations in the unit that fits', () => {
    assert.deepEqual(
      [0, 240, 999.6, 3480, 21_400, 59_960, 125_000, 3_840_000, 86_399_000, 93_600_000, 604_800_000].map(
        formatDuration,
      ),
      [
        '0 ms',
        '240 ms',
        '1 s',
        '3.48 s',
        '21.4 s',
        '1 min 00 s',
        '2 min 05 s',
        '1 h 04 min',
        '23 h 59 min',
        '1 d 02 h',
        '7 d',
      ],
    )
  })

  it('gives bytes in the unit that fits', () => {
    assert.deepEqual([0, 640, 34_512, 1_200_000, 999_949_000, 3_000_000_000].map(formatBytes), [
      '0 B',
      '640 B',
      '34.5 kB',
      '1.2 MB',
      '999.9 MB',
      '3 GB',
    ])
  })

  it('knows one from many', () => {
    assert.deepEqual([formatPlural(1, 'call'), formatPlural(1200, 'call')], ['1 call', '1,200 calls'])
  })
})
