// Which exchanges are analysed: a run may go on for weeks, what is compared of it stays small.

import assert from 'node:assert/strict'
import { AnalysedCalls } from '../../profiler-agent/analysed-calls'
import { usageOf } from '../../profiler-agent/model/usage'
import type { TracedExchange } from '../../profiler-agent/pipeline'
import { costOf } from '../support/spans'

const buckets = { uncachedInputTokens: 2_000, cacheReadTokens: 0, outputTokens: 1 }

const exchange = (index: number): TracedExchange => ({
  exchange: { id: `call ${index}`, provider: 'openai', startTime: index },
  endTime: index,
  inferences: [
    {
      kind: 'chat',
      requestModel: 'gpt-5.4',
      usage: usageOf(buckets, 'reported', {}),
      billed: true,
      cost: costOf(1),
    },
  ],
  prompt: [{ path: 'messages[0]', kind: 'user', hash: 'the same', characters: 8_000 }],
})

describe('analysed-calls', () => {
  it('takes the first 10,000 calls of a run and counts the others', () => {
    const calls = new AnalysedCalls()
    const taken = Array.from({ length: 10_003 }, (_, index) => calls.of(exchange(index)))
    assert.equal(taken.filter((call) => call !== undefined).length, 10_000)
    assert.equal(taken[10_000], undefined)
    const finding = calls.notAnalysed.finding({ runId: 'r', hashOf: (text) => text })
    assert.deepEqual(finding?.evidence, { notAnalysed: { many: 3 }, calls: 10_003 })
    assert.equal(
      finding?.message,
      'The cache findings say nothing of 3 of 10,003 calls: 3 came after the first 10,000, beyond which a run is no longer compared. Usage and cost are complete.',
    )
    assert.deepEqual(finding?.spanIds, [])
  })

  it('keeps once what calls have in common, and nothing of what providers say in their own words', () => {
    const calls = new AnalysedCalls()
    const [first, second] = [calls.of(exchange(1)), calls.of(exchange(2))]
    assert.ok(first && second)
    assert.deepEqual(second.usage, usageOf(buckets, 'reported', null))
    assert.deepEqual(second.cost, costOf(1))
    assert.equal(second.cost.prices, first.cost.prices)
    assert.equal(second.usage.cacheWriteTokens, first.usage.cacheWriteTokens)
    assert.equal(second.settings, first.settings)
  })
})
