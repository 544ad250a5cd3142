// Totals that grow call by call are those of all calls together.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Span } from '../../profiler-agent/model/span'
import { totalsOf } from '../../profiler-agent/model/totals'
import { usageOf } from '../../profiler-agent/model/usage'
import { RunTotals } from '../../profiler-agent/run-totals'
import { costOf, modelCallOf, spanOf } from '../support/spans'

const count = fc.option(fc.nat(1000))
const anySpan: fc.Arbitrary<Span> = fc
  .record({
    kind: fc.constantFrom('chat' as const, 'other' as const, 'step' as const),
    status: fc.constantFrom('ok' as const, 'error' as const),
    billed: fc.boolean(),
    isSubscription: fc.boolean(),
    logicalId: fc.constantFrom('a', 'b', 'c', 'd'),
    number: fc.constantFrom(1, 1, 2, 3),
    cost: fc.option(fc.nat(1_000_000)),
    atLeast: fc.boolean(),
    origin: fc.constantFrom('reported' as const, 'partial' as const, 'unknown' as const),
    uncachedInputTokens: count,
    cacheReadTokens: count,
    write: count,
    outputTokens: count,
    reasoningTokens: fc.option(fc.nat(10), { nil: undefined }),
    searches: fc.option(fc.nat(3), { nil: undefined }),
  })
  .map((said) => {
    const { uncachedInputTokens, cacheReadTokens, outputTokens, reasoningTokens, searches } = said
    const usage = usageOf(
      {
        ...{ uncachedInputTokens, cacheReadTokens, outputTokens, cacheWriteTokens: { '5m': said.write } },
        ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
        ...(searches === undefined ? {} : { units: { webSearch: searches } }),
      },
      said.origin,
      null,
    )
    const cost =
      said.cost === null ? null : { ...costOf(said.cost, 0), ...(said.atLeast ? { atLeast: true } : {}) }
    const modelCall = modelCallOf({
      ...{ billed: said.billed, usage, cost },
      attempt: { logicalId: said.logicalId, number: said.number },
    })
    return spanOf({
      id: 's',
      kind: said.kind,
      status: said.status,
      attributes: said.isSubscription ? { 'costflame.billing': 'subscription' } : {},
      ...(said.kind === 'step' ? {} : { modelCall }),
    })
  })

describe('RunTotals', () => {
  it('adds up to the totals of all spans', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 30 }), (spans) => {
        const totals = new RunTotals()
        for (const span of spans) totals.add(span)
        assert.deepEqual(totals.totals, totalsOf(spans))
      }),
    )
  })
})
