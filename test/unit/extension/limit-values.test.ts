import assert from 'node:assert/strict'
import { formatValue, limitFor, limitKey, unitOf, usedShare, worstOf } from '../../../extension/limit-values'
import { CEILINGS, type LimitUse } from '../../../profiler-agent/model/budget'

const USE: LimitUse = {
  scope: { kind: 'agent', agent: 'order-status' },
  limit: 'totalTokens',
  allowed: 6000,
  n: 212,
  percentiles: { p50: 2900, p95: 4100, p99: 5000 },
  verdict: 'fine',
  last: [],
}

describe('values of limits', () => {
  it('read in their unit', () => {
    assert.equal(formatValue('costUsd', 0.05), '$0.05')
    assert.equal(formatValue('costUsdPerDay', 10), '$10.00')
    assert.equal(formatValue('totalTokens', 4100), '4,100')
    assert.equal(formatValue('durationMs', 3200), '3.2 s')
    assert.equal(formatValue('cacheHitRatio', 0.72), '72 %')
    assert.equal(formatValue('toolCalls', 3), '3')
  })

  it('have a unit each, tokens where the name says so', () => {
    const tokens = CEILINGS.filter((limit) => unitOf(limit) === 'tokens')
    assert.deepEqual(tokens, [
      ...['inputTokens', 'outputTokens', 'totalTokens', 'retrievalTokens', 'toolResultTokens'],
      ...['inputTokensPerCall', 'outputTokensPerCall', 'contextGrowthPerStep'],
    ])
    assert.deepEqual(
      CEILINGS.filter((limit) => unitOf(limit) === 'count'),
      ['modelCalls', 'toolCalls', 'retries', 'agents'],
    )
  })

  it('are a share of their limit, where there is a limit to share', () => {
    assert.equal(usedShare(USE, 'p95'), '68 %')
    assert.equal(usedShare({ ...USE, allowed: 3900 }, 'p95'), '105 %')
    assert.equal(usedShare({ ...USE, allowed: 0 }, 'p95'), undefined)
    assert.equal(usedShare({ ...USE, percentiles: null }, 'p95'), undefined)
    // Each run has to keep its limit, not most of them.
    assert.equal(usedShare({ ...USE, scope: { kind: 'run' }, worst: 4500 }, 'p95'), '75 %')
  })

  it('make a limit that they would have kept', () => {
    assert.equal(limitFor('totalTokens', 5000), 6000)
    assert.equal(limitFor('totalTokens', 6431), 7800)
    assert.equal(limitFor('toolCalls', 4), 5)
    assert.equal(limitFor('costUsd', 0.0417), 0.051)
    assert.equal(limitFor('cacheHitRatio', 0.5), 0.4)
  })

  it('open at the newest that is over, else at the highest', () => {
    const last = [4000, 6100, 7000].map((value, index) => ({
      runId: 'r',
      spanId: `s${index}`,
      startTime: '2026-11-20T10:00:00.000Z',
      value,
      isOver: value > 6000,
    }))
    assert.equal(worstOf({ last })?.spanId, 's1')
    assert.equal(worstOf({ last: last.map((each) => ({ ...each, isOver: false })) })?.spanId, 's2')
    assert.equal(worstOf({ last: [] }), undefined)
  })
})

describe('the key of a limit', () => {
  it('is the same for the same scope, however it is written, and another one for any other', () => {
    const step = limitKey({ kind: 'step', agent: 'desk', step: 'plan' }, 'inputTokens')
    assert.equal(limitKey({ step: 'plan', agent: 'desk', kind: 'step' }, 'inputTokens'), step)
    assert.notEqual(limitKey({ kind: 'agent', agent: 'desk', intent: 'plan' }, 'inputTokens'), step)
    assert.notEqual(limitKey({ kind: 'step', agent: 'desk', step: 'plan' }, 'totalTokens'), step)
  })
})
