// Runs and lines of several folders as one.
import assert from 'node:assert/strict'
import { mergedRuns, runIdsOf } from '../../../../extension/profiler/merged-state'
import type { RunSummary } from '../../../../profiler-agent/feed/protocol'
import { totalsOf } from '../../../../profiler-agent/model/totals'

function run(id: string, minute: number): RunSummary {
  const startTime = new Date(Date.UTC(2026, 0, 5, 10, minute)).toISOString()
  return { id, name: id, startTime, active: false, totals: totalsOf([]), findings: 0, revision: 1 }
}

describe('the runs of several folders', () => {
  it('are one list, the newest first', () => {
    const merged = mergedRuns()([[run('d', 40), run('b', 20)], [run('c', 30), run('a', 10)], []])
    assert.deepEqual(
      merged.map(({ id }) => id),
      ['d', 'c', 'b', 'a'],
    )
  })

  it('are the same array while nothing changed, and the list itself where there is one', () => {
    const merge = mergedRuns()
    const [first, second] = [[run('a', 1)], [run('b', 2)]]
    assert.equal(merge([first]), first)
    const both = merge([first, second])
    assert.equal(merge([first, second]), both)
    assert.notEqual(merge([first, [...second]]), both)
  })

  it('are what a question is about, unless it is about everything', () => {
    assert.deepEqual(runIdsOf({ ask: 'columns', runIds: ['a', 'b'] }), ['a', 'b'])
    assert.deepEqual(runIdsOf({ ask: 'runDetail', runId: 'a' }), ['a'])
    assert.deepEqual(runIdsOf({ ask: 'environment', environment: {}, runId: 'new' }), [])
    assert.deepEqual(runIdsOf({ ask: 'lines' }), [])
  })
})
