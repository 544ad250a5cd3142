// What a span and all below it come to, out of the columns.

import assert from 'node:assert/strict'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { endOfSpan, sumsOfSpan } from '../../../../webview/details/span-sums'
import { runOf } from '../../profile/run-of'

const COLUMNS = columnsOf(
  runOf(`
    agent desk 0..100 as desk
      step ask 0..50
        call gpt 0..10 failed as first call-id c1
        call gpt 10..20 100+10 $42 as again call-id c1
      call gpt 50..60 7+3 $8
    agent dock 100..200
      tool lookup 100..130
  `),
)

describe('sums of a span', () => {
  it('are over all that is below it, a call with its attempts counted once', () => {
    const { picoUsd, tokens, calls, unpricedCalls, isAtLeast, isEstimate } = sumsOfSpan(COLUMNS, 1)
    assert.deepEqual({ picoUsd, tokens, calls }, { picoUsd: 50, tokens: 120, calls: 2 })
    assert.deepEqual([unpricedCalls, isAtLeast, isEstimate], [0, false, false])
    assert.equal(sumsOfSpan(COLUMNS, 0).picoUsd, 50)
  })

  it('of spans without a call are unknown, not 0', () => {
    const { picoUsd, tokens, calls } = sumsOfSpan(COLUMNS, 6)
    assert.deepEqual({ picoUsd, tokens, calls }, { picoUsd: Number.NaN, tokens: Number.NaN, calls: 0 })
  })

  it('end where the next span hangs elsewhere', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 6, 7].map((span) => endOfSpan(COLUMNS, span)),
      [8, 6, 5, 4, 8, 8],
    )
  })
})
