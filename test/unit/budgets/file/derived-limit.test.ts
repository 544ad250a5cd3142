// Limits from percentiles: rounded up to two significant digits, never by a slip of floating point.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readBudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'
import { derivedLimit, isDerived } from '../../../../profiler-agent/budgets/file/derived-limit'

describe('budgets/file/derived-limit', () => {
  it('is p99 and its headroom, rounded up to two significant digits', () => {
    const rows = [
      ['totalTokens', 5000, 0.2, 6000],
      ['totalTokens', 5001, 0.2, 6100],
      ['totalTokens', 4100, 0.2, 5000],
      ['totalTokens', 50, 0.1, 55],
      ['totalTokens', 0, 0.2, 0],
      ['toolCalls', 3, 0.2, 4],
      ['modelCalls', 1, 0.2, 2],
      ['costUsd', 0.0417, 0.2, 0.051],
      ['costUsd', 0.00000175, 0.2, 0.0000021],
      ['costUsd', 0.1, 0.1, 0.11],
      ['costUsd', 99.5, 0, 100],
    ] as const
    for (const [name, p99, headroom, limit] of rows)
      assert.equal(derivedLimit(name, p99, headroom), limit, `${name} ${p99} +${headroom}`)
  })

  it('is never below what was measured, and at most a tenth and one above it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (p99, headroom) => {
          const [exact, limit] = [p99 * (1 + headroom), derivedLimit('costUsd', p99, headroom)]
          assert.ok(limit >= exact * (1 - 1e-10) && limit <= exact * 1.1000001, `${exact} → ${limit}`)
          assert.ok(Number(limit.toPrecision(2)) === limit, `${limit}`)
        },
      ),
    )
  })

  it('is known by its own baseline; anything else was made by hand', () => {
    const [budget] = readBudgetFile(`{ "version": 1, "agents": { "a": {
      "limits": { "totalTokens": 6000, "costUsd": 0.06, "toolCalls": 3 },
      "baseline": { "invocations": 200, "measuredAt": "2026-11-20", "headroom": 0.2,
        "totalTokens": { "p50": 2900, "p95": 4100, "p99": 5000 }, "costUsd": { "p50": 0.01, "p95": 0.02, "p99": 0.04 } } } } }`).budgets
    assert.ok(budget)
    assert.equal(isDerived(budget, 'totalTokens'), true)
    assert.equal(isDerived(budget, 'costUsd'), false)
    assert.equal(isDerived(budget, 'toolCalls'), false)
  })
})
