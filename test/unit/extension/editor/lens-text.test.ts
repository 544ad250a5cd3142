import assert from 'node:assert/strict'
import { lensText } from '../../../../extension/editor/lens-text'
import type { Totals } from '../../../../profiler-agent/model/span'
import { unknownUsage, usageOf } from '../../../../profiler-agent/model/usage'

const totals: Totals = {
  calls: 12,
  attempts: 12,
  errors: 0,
  unpricedCalls: 0,
  usage: usageOf({ uncachedInputTokens: 3192, cacheReadTokens: 5208, outputTokens: 900 }, 'reported', null),
  cost: { picoUsd: 12_300_000_000, usd: 0.0123 },
}

describe('the text of a code lens', () => {
  it('says cost, calls, tokens and cache share', () => {
    assert.equal(lensText(totals), '$0.0123 this run · 12 calls · 8,400 tokens in · 62 % cached')
  })

  it('leaves out what is not known', () => {
    const usage = usageOf(
      { uncachedInputTokens: 40, cacheReadTokens: null, outputTokens: 1 },
      'reported',
      null,
    )
    assert.equal(lensText({ ...totals, calls: 1, usage }), '$0.0123 this run · 1 call · 40 tokens in')
  })

  it('says how many calls have no price, and never reads as free', () => {
    assert.equal(
      lensText({ ...totals, unpricedCalls: 3 }),
      '$0.0123 this run · 12 calls · 3 calls without price · 8,400 tokens in · 62 % cached',
    )
    assert.equal(
      lensText({ ...totals, unpricedCalls: 12, cost: null }),
      'no price · 12 calls · 8,400 tokens in · 62 % cached',
    )
  })

  it('says what failed', () => {
    const failed = { ...totals, calls: 2, errors: 2, usage: unknownUsage(), cost: null }
    assert.equal(lensText(failed), 'no cost known · 2 calls · 2 failed')
  })
})
