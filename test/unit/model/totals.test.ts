// Sums over spans: each billed call once, unknown prices told and never taken for 0.

import assert from 'node:assert/strict'
import { addTotals, cacheShareOf, totalsOf } from '../../../profiler-agent/model/totals'
import { unknownUsage, usageOf } from '../../../profiler-agent/model/usage'
import { callSpan, costOf, spanOf } from '../../support/spans'

const unpriced = { cost: null, unpricedReason: 'no price' }
const unbilled = { billed: false, cost: null, usage: unknownUsage() }

describe('totalsOf', () => {
  it('counts only spans with a model call, so that parents count nothing twice', () => {
    const totals = totalsOf([
      spanOf({ id: 'run', kind: 'run' }),
      spanOf({ id: 'agent', kind: 'agent' }),
      spanOf({ id: 'several', kind: 'chat' }),
      callSpan('several.1', { attempt: { logicalId: 'several', number: 1 } }),
      callSpan('several.2', { attempt: { logicalId: 'several', number: 1 } }),
      callSpan('one'),
    ])
    assert.equal(totals.calls, 2)
    assert.equal(totals.attempts, 2)
    assert.equal(totals.usage.inputTokens, 30)
    assert.equal(totals.usage.outputTokens, 15)
    assert.deepEqual(totals.cost, { picoUsd: 60_000, usd: 0.00000006 })
  })

  it('counts a retried call once and its attempts each, and no cost for the one that failed', () => {
    const totals = totalsOf([
      callSpan('a', { ...unbilled, attempt: { logicalId: 'a', number: 1 } }, { status: 'error' }),
      callSpan('b', { attempt: { logicalId: 'a', number: 2 } }),
    ])
    assert.deepEqual([totals.calls, totals.attempts, totals.errors, totals.unpricedCalls], [1, 2, 1, 0])
    assert.equal(totals.cost?.picoUsd, 20_000)
  })

  it('says how many billed calls have no price, beside the sum of the others', () => {
    const totals = totalsOf([callSpan('a'), callSpan('b', unpriced)])
    assert.equal(totals.unpricedCalls, 1)
    assert.equal(totals.cost?.picoUsd, 20_000)
    assert.equal(totals.usage.inputTokens, 20)
  })

  it('knows no cost when no billed call has a price', () => {
    assert.equal(totalsOf([callSpan('a', unpriced)]).cost, null)
  })

  it('costs exactly nothing when nothing was billed', () => {
    const totals = totalsOf([callSpan('a', unbilled, { status: 'error' })])
    assert.deepEqual(totals.cost, { picoUsd: 0, usd: 0 })
    assert.equal(totals.unpricedCalls, 0)
  })

  it('passes on that a part is only a lower bound', () => {
    const totals = totalsOf([callSpan('a'), callSpan('b', { cost: { ...costOf(), atLeast: true } })])
    assert.equal(totals.cost?.atLeast, true)
  })
})

describe('addTotals', () => {
  it('adds up sets of calls', () => {
    const sum = addTotals([totalsOf([callSpan('a')]), totalsOf([callSpan('b'), callSpan('c', unpriced)])])
    assert.deepEqual([sum.calls, sum.unpricedCalls, sum.cost?.picoUsd], [3, 1, 40_000])
    assert.equal(sum.usage.inputTokens, 30)
  })

  it('is unknown where one part has no price and the other had nothing to pay', () => {
    assert.equal(addTotals([totalsOf([callSpan('a', unpriced)]), totalsOf([])]).cost, null)
  })
})

describe('cacheShareOf', () => {
  const shareOf = (uncachedInputTokens: number | null, cacheReadTokens: number | null) =>
    cacheShareOf({
      usage: usageOf({ uncachedInputTokens, cacheReadTokens, outputTokens: 1 }, 'reported', null),
    })

  it('is the part of the input that came from a cache', () => {
    assert.equal(shareOf(25, 75), 0.75)
    assert.equal(shareOf(25, 0), 0)
  })

  it('is unknown where reads are unknown or there was no input', () => {
    assert.equal(shareOf(25, null), null)
    assert.equal(shareOf(0, 0), null)
  })
})
