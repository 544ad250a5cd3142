import assert from 'node:assert/strict'
import { usageOf } from '../../../../profiler-agent/model/usage'
import { bucketLines } from '../../../../webview/details/buckets'

describe('the buckets of a usage', () => {
  it('name what is known, in the order of the bill, and leave unknown ones out', () => {
    const usage = usageOf(
      {
        uncachedInputTokens: 412,
        cacheReadTokens: null,
        cacheWriteTokens: { '5m': 4200, unknown: 10 },
        outputTokens: 118,
        units: { webSearch: 2 },
      },
      'reported',
      null,
    )
    assert.deepEqual(
      bucketLines(usage).map(({ label, tokens }) => `${label} ${tokens}`),
      ['Input 412', 'Cache write 5m 4,200', 'Cache write 10', 'Output 118', 'Web searches 2'],
    )
  })
})
