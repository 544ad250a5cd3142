// What is read of stored runs to be measured gives the same as the runs themselves.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { measureDays, measureRun } from '../../profiler-agent/budgets/measure/measure-run'
import { measuredDays, measuredRuns } from '../../profiler-agent/measured-runs'
import type { CallRecord, SpanRecord } from '../../profiler-agent/model/record'
import type { Run } from '../../profiler-agent/model/span'
import { RunView } from '../../profiler-agent/run-view'
import { readRuns } from '../../profiler-agent/store/reader'
import { openMemoryStore, type Store } from '../../profiler-agent/store/store'
import { loadTokenizer } from '../../profiler-agent/tokens/tokenizer'
import { costOf, modelCallOf } from '../support/spans'
import { randomTree, type Spans } from './budgets/measure/random-tree'

const AT = Date.UTC(2026, 10, 22, 10)

function recordOf(runId: string, { modelCall, ...span }: Spans[number]): SpanRecord {
  const record = {
    ...{ ...span, runId, parentBasis: 'traffic' as const },
    startedAt: AT + span.startedAt,
    endedAt: AT + span.endedAt,
  }
  if (!modelCall) return record
  const { segments: _, ...call } = modelCallOf()
  const { cost, ...said } = modelCall
  const priced: CallRecord['modelCall'] = {
    ...call,
    ...said,
    attempt: { ...said.attempt, logicalId: `${runId} ${said.attempt.logicalId}` },
    cost: cost && { ...costOf(cost.picoUsd, 0), ...(span.startedAt % 2 ? { atLeast: true } : {}) },
  }
  return { ...record, call: { modelCall: priced, prompt: [], reply: [] } }
}

describe('measured runs', () => {
  let store: Store
  beforeEach(() => {
    store = openMemoryStore()
  })
  afterEach(() => store.close())

  function add(id: string, spans: Spans): void {
    store.addRun({ id, name: id, startedAt: AT, tags: {}, defaults: {} })
    const records = spans.map((span) =>
      recordOf(id, { ...span, ...(span.parentId === 'run' ? { parentId: id } : {}) }),
    )
    store.write(id, { spans: records, contents: [] }, AT + 100)
  }

  async function runsOf(): Promise<Run[]> {
    const view = new RunView(store, () => loadTokenizer(''))
    const runs: Run[] = []
    for (const { id } of readRuns(store)) {
      const run = await view.run(id, { segments: 'none' })
      if (run) runs.push({ ...run, endTime: new Date(AT + 100).toISOString() })
    }
    return runs
  }

  it('are what the runs measure', async () => {
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(randomTree, { minLength: 1, maxLength: 3 }), async (trees) => {
        for (const spans of trees) add(`run-${number++}`, spans)
        const runs = await runsOf()
        assert.deepEqual(measuredRuns(store, readRuns(store)), runs.flatMap(measureRun))
        assert.deepEqual(measuredDays(store, readRuns(store)), measureDays(runs))
        store.deleteRuns(runs.map(({ id }) => id))
      }),
      { numRuns: 50 },
    )
  })

  it('are not over while they go on', () => {
    add('run', [])
    const [run] = measuredRuns(store, readRuns(store), () => true)
    assert.equal(run?.isOver, false)
    assert.equal(measuredRuns(store, readRuns(store))[0]?.isOver, true)
  })
})
