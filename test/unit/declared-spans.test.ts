// Declared spans on their way through pipeline and store: the later word counts, labels and outcomes stay, and where an outcome of a run is shown.

import assert from 'node:assert/strict'
import { hookReportsOf } from '../../profiler-agent/model/hook-report'
import type { DeclaredSpan } from '../../profiler-agent/model/record'
import type { Pipeline } from '../../profiler-agent/pipeline'
import { RunView } from '../../profiler-agent/run-view'
import { readRun } from '../../profiler-agent/store/reader'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const AT = Date.parse('2026-11-22T10:00:00.000Z')

function declared(id: string, said: Partial<DeclaredSpan> = {}): DeclaredSpan {
  return { id, runId: 'r', kind: 'agent', name: id, startedAt: AT, attribution: {}, ...said }
}

describe('declared spans', () => {
  let folder: TestFolder
  let store: Store
  let pipeline: Pipeline
  beforeEach(() => {
    folder = temporaryFolder('declared')
    store = openStore(folder.path)
    pipeline = pipelineOver(store)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  const run = async () => {
    const view = new RunView(store, () => Promise.reject(new Error('no prompt is read')))
    const found = await view.run('r', { segments: 'none' })
    assert.ok(found)
    return found
  }
  const spanOf = async (id: string) => (await run()).spans.find((span) => span.id === id)

  it('are in their run from their beginning on, and end', async () => {
    pipeline.addDeclared(declared('desk'))
    assert.deepEqual(
      (await run()).spans.map(({ id, parentId, kind, name, durationMs }) => [
        id,
        parentId,
        kind,
        name,
        durationMs,
      ]),
      [
        ['r', undefined, 'run', 'r', 0],
        ['desk', 'r', 'agent', 'desk', 0],
      ],
    )
    pipeline.addDeclared(declared('desk', { endedAt: AT + 1500, status: 'error' }))
    const span = await spanOf('desk')
    assert.deepEqual([span?.durationMs, span?.status, span?.parentBasis], [1500, 'error', 'header'])
  })

  it('have the labels and the outcome of the later word', async () => {
    pipeline.addDeclared(declared('desk', { attribution: { intent: 'refund', tags: { plan: 'gold' } } }))
    pipeline.addDeclared(
      declared('desk', {
        endedAt: AT + 5,
        attribution: { intent: 'refund', agentVersion: '1.4', tags: { plan: 'gold', late: 'yes' } },
        outcome: { status: 'resolved', value: 3 },
        attributes: { 'gen_ai.tool.call.id': 'call_1' },
      }),
    )
    const span = await spanOf('desk')
    assert.deepEqual(
      [span?.intent, span?.agentVersion, span?.tags, span?.outcome, span?.attributes['gen_ai.tool.call.id']],
      ['refund', '1.4', { plan: 'gold', late: 'yes' }, { status: 'resolved', value: 3 }, 'call_1'],
    )
  })

  it('do not move their run by a clock that is years away', async () => {
    pipeline.addDeclared(declared('desk', { endedAt: AT + 5 }))
    pipeline.addDeclared(declared('lost', { startedAt: AT + 1, endedAt: Date.UTC(9999, 0, 1) }))
    const activeAt = readRun(store, 'r')?.activeAt ?? Number.NaN
    assert.ok(activeAt <= AT + 31 * 86_400_000, `${activeAt}`)
  })

  it('go on in another process', async () => {
    pipeline.addDeclared(declared('desk'))
    pipeline.addDeclared(declared('plan', { kind: 'step', parentId: 'desk' }))
    pipelineOver(store).addDeclared(declared('plan', { kind: 'step', parentId: 'desk', endedAt: AT + 7 }))
    const span = await spanOf('plan')
    assert.deepEqual([span?.parentId, span?.durationMs], ['desk', 7])
  })

  it('give a run that nobody announced the command of its process', async () => {
    pipeline.addDeclared(declared('desk', { attribution: { command: 'node desk.mjs' } }))
    const { name, command } = await run()
    assert.deepEqual([name, command], ['node desk.mjs', 'node desk.mjs'])
  })

  it('show the outcome of a run on its one root agent', async () => {
    pipeline.addDeclared(declared('desk', { endedAt: AT + 5 }))
    pipeline.addDeclared(declared('helper', { parentId: 'desk', endedAt: AT + 4 }))
    pipeline.addOutcome({ runId: 'r', at: AT + 6, outcome: { status: 'done' } })
    const outcomes = (await run()).spans.map(({ id, outcome }) => [id, outcome?.status])
    assert.deepEqual(outcomes.sort(), [
      ['desk', 'done'],
      ['helper', undefined],
      ['r', undefined],
    ])
  })

  it('show it on the run where there are several, or none', async () => {
    pipeline.addOutcome({ runId: 'r', at: AT, outcome: { status: 'half' } })
    assert.deepEqual((await spanOf('r'))?.outcome, { status: 'half' })
    pipeline.addDeclared(declared('desk'))
    pipeline.addDeclared(declared('till'))
    pipeline.addOutcome({ runId: 'r', at: AT + 6, outcome: { status: 'done' } })
    assert.deepEqual(
      [(await spanOf('r'))?.outcome, (await spanOf('desk'))?.outcome],
      [{ status: 'done' }, undefined],
    )
  })

  it('leave the word of the agent itself', async () => {
    pipeline.addDeclared(declared('desk', { outcome: { status: 'resolved' } }))
    pipeline.addOutcome({ runId: 'r', at: AT + 6, outcome: { status: 'done' } })
    assert.deepEqual(
      [(await spanOf('r'))?.outcome?.status, (await spanOf('desk'))?.outcome?.status],
      ['done', 'resolved'],
    )
  })
})

describe('what hooks saw', () => {
  it('is kept with the run, the latest word of each process, and starts no run', async () => {
    const folder = temporaryFolder('hook-report')
    const store = openStore(folder.path)
    const pipeline = pipelineOver(store)
    const report = { runId: 'r', pid: 7, runtime: 'node v22.19.0', calls: 0, around: [] }
    pipeline.addHookReport(report)
    assert.equal(await new RunView(store, () => Promise.reject()).run('r', { segments: 'none' }), null)
    pipeline.addDeclared(declared('desk'))
    const around = [{ host: 'api.example.com', calls: 2, why: 'its own proxy' }]
    pipeline.addHookReport(report)
    pipeline.addHookReport({ ...report, pid: 8, runtime: 'python 3.12.1' })
    pipeline.addHookReport({ ...report, calls: 3, around })
    pipeline.addDeclared(declared('desk', { endedAt: AT + 5 }))
    const found = await new RunView(store, () => Promise.reject()).run('r', { segments: 'none' })
    const span = found?.spans.find(({ kind }) => kind === 'run')
    assert.deepEqual(hookReportsOf('r', span?.attributes ?? {}), [
      { ...report, calls: 3, around },
      { ...report, pid: 8, runtime: 'python 3.12.1' },
    ])
    store.close()
    folder.remove()
  })
})
