import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Finding } from '../../../profiler-agent/model/finding'
import { avoidableCosts } from '../../../profiler-agent/profile/avoidable'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { ANY_RUN } from './any-run'
import { runOf } from './run-of'

function finding(spanIds: readonly string[], picoUsd: number, perRun = true): Finding {
  return {
    ...{ id: spanIds.join(), rule: 'cache/miss', severity: 'warning', message: 'miss', runId: 'run-1' },
    ...{ spanIds, relatedLocations: [], evidence: {} },
    saving: { picoUsd, perRun, assumption: 'as before', certainty: 'expected' },
  }
}

function avoidable(...findings: readonly Finding[]) {
  const { spans } = runOf(`
    call a 0..10 1+1 $30 as a
    call b 10..20 1+1 $10 as b
    call c 20..30 1+1 as c
  `)
  const costs = new Map(spans.map(({ id, modelCall }) => [id, modelCall?.cost?.picoUsd ?? 0]))
  return Object.fromEntries(avoidableCosts(findings, costs))
}

describe('avoidable costs', () => {
  it('are shared over the calls of a finding by what they cost', () => {
    assert.deepEqual(avoidable(finding(['a', 'b'], 12)), { a: 9, b: 3 })
  })

  it('are those of each call where the saving is by the call', () => {
    assert.deepEqual(avoidable(finding(['a', 'b'], 10, false)), { a: 15, b: 5 })
  })

  it('are never more than a call costs, and nothing for calls without a price or unknown ones', () => {
    assert.deepEqual(avoidable(finding(['a', 'b', 'c', 'gone'], 1_000)), { a: 30, b: 10 })
  })

  it('count what two findings say of one call once: the larger of them', () => {
    assert.deepEqual(avoidable(finding(['a'], 20), finding(['a', 'b'], 12)), { a: 20, b: 3 })
  })

  it('are, in any run, whole and within the cost of each call', () => {
    fc.assert(
      fc.property(ANY_RUN, (run) => {
        const { avoidablePicoUsd, picoUsd } = columnsOf(run)
        for (const [span, avoidable] of avoidablePicoUsd.entries())
          assert.ok(Number.isInteger(avoidable) && avoidable >= 0 && avoidable <= (picoUsd[span] || 0))
      }),
    )
  })
})
