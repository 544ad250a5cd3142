// Sums of token buckets in which unknown stays unknown.

import assert from 'node:assert/strict'
import { addUsage, cacheWriteTotal, unknownUsage, usageOf } from '../../../profiler-agent/model/usage'

const NO_WRITES = { '5m': null, '30m': null, '1h': null, '12h': null, unknown: null }

describe('usageOf', () => {
  it('sums the known input buckets', () => {
    const usage = usageOf(
      { uncachedInputTokens: 9, cacheReadTokens: 183, cacheWriteTokens: { '5m': 8 }, outputTokens: 5 },
      'reported',
      { input: 1 },
    )
    assert.deepEqual(usage, {
      inputTokens: 200,
      uncachedInputTokens: 9,
      cacheReadTokens: 183,
      cacheWriteTokens: { ...NO_WRITES, '5m': 8 },
      outputTokens: 5,
      units: {},
      origin: 'reported',
      raw: { input: 1 },
    })
  })

  it('keeps a bucket that the provider does not report unknown, and not 0', () => {
    const usage = usageOf(
      { uncachedInputTokens: 12, cacheReadTokens: null, outputTokens: 0 },
      'reported',
      null,
    )
    assert.equal(usage.inputTokens, 12)
    assert.equal(usage.cacheReadTokens, null)
    assert.equal(usage.outputTokens, 0)
    assert.equal(cacheWriteTotal(usage), null)
  })

  it('knows no input when it knows no bucket', () => {
    assert.equal(unknownUsage().inputTokens, null)
    assert.equal(unknownUsage().origin, 'unknown')
  })

  it('takes a reported 0 for known', () => {
    const usage = usageOf({ uncachedInputTokens: 0, cacheReadTokens: 0, outputTokens: 1 }, 'reported', null)
    assert.equal(usage.inputTokens, 0)
  })
})

describe('addUsage', () => {
  it('sums bucket by bucket what is known', () => {
    const sum = addUsage([
      usageOf(
        {
          uncachedInputTokens: 10,
          cacheReadTokens: 5,
          cacheWriteTokens: { '1h': 3 },
          outputTokens: 2,
          reasoningTokens: 1,
          units: { webSearch: 2 },
        },
        'reported',
        null,
      ),
      usageOf(
        { uncachedInputTokens: 20, cacheReadTokens: null, outputTokens: null, units: { webSearch: 1 } },
        'partial',
        null,
      ),
    ])
    assert.deepEqual(sum, {
      inputTokens: 38,
      uncachedInputTokens: 30,
      cacheReadTokens: 5,
      cacheWriteTokens: { ...NO_WRITES, '1h': 3 },
      outputTokens: 2,
      reasoningTokens: 1,
      units: { webSearch: 3 },
      origin: 'partial',
      raw: null,
    })
  })

  it('knows nothing about calls of which nothing is known', () => {
    assert.equal(addUsage([unknownUsage(), unknownUsage()]).inputTokens, null)
    assert.equal(addUsage([]).outputTokens, null)
  })
})
