import assert from 'node:assert/strict'
import { worthTelling } from '../../../../extension/views/worth-telling'
import type { RunSummary } from '../../../../profiler-agent/feed/protocol'
import type { Finding } from '../../../../profiler-agent/model/finding'
import { unknownUsage } from '../../../../profiler-agent/model/usage'

function summary(picoUsd: number | null, unpricedCalls = 0): RunSummary {
  return {
    ...{ id: 'r', name: 'node desk.mjs', startTime: '2026-11-20T09:00:00.000Z', active: false },
    totals: {
      ...{ calls: 9, attempts: 9, errors: 0, unpricedCalls, usage: unknownUsage() },
      cost: picoUsd === null ? null : { picoUsd, usd: picoUsd / 1e12 },
    },
    findings: 2,
    revision: 1,
  }
}

function finding(id: string, picoUsd: number, perRun = true): Finding {
  return {
    ...{ id, rule: 'cache/expired', severity: 'warning', message: id, runId: 'r' },
    ...{ spanIds: [], relatedLocations: [], evidence: {} },
    saving: { picoUsd, perRun, assumption: '', certainty: 'expected' },
  }
}

const TEN_CENTS = 100_000_000_000

describe('a message about a saving', () => {
  it('is about the finding that saves most', () => {
    const found = worthTelling({
      summary: summary(TEN_CENTS),
      findings: [finding('small', 21_000_000_000), finding('large', 60_000_000_000)],
    })
    assert.deepEqual([found?.finding.id, found?.share], ['large', 0.6])
  })

  it('is not sent for less than a fifth of the cost, or for less than a cent', () => {
    assert.equal(
      worthTelling({ summary: summary(TEN_CENTS), findings: [finding('x', 19_000_000_000)] }),
      undefined,
    )
    assert.equal(
      worthTelling({ summary: summary(9_000_000_000), findings: [finding('x', 9_000_000_000)] }),
      undefined,
    )
  })

  it('is not sent where a part of the cost is not known, or nothing is known of a run', () => {
    const findings = [finding('x', 60_000_000_000)]
    assert.equal(worthTelling({ summary: summary(null), findings }), undefined)
    assert.equal(worthTelling({ summary: summary(TEN_CENTS, 1), findings }), undefined)
    assert.equal(
      worthTelling({ summary: summary(TEN_CENTS), findings: [finding('x', 60_000_000_000, false)] }),
      undefined,
    )
  })
})
