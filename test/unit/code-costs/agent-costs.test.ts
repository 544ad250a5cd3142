// What agents cost: each invocation with its own calls.

import assert from 'node:assert/strict'
import { agentCosts, invocationCosts } from '../../../profiler-agent/code-costs/agent-costs'
import { readRuns } from '../../../profiler-agent/store/reader'
import { openStore, type Store } from '../../../profiler-agent/store/store'
import { NOON, RecordedLines } from '../../support/recorded-lines'
import { type TestFolder, temporaryFolder } from '../../support/test-folders'

describe('costs of agents', () => {
  let folder: TestFolder
  let store: Store
  let recorded: RecordedLines

  beforeEach(() => {
    folder = temporaryFolder('agents')
    store = openStore(folder.path)
    recorded = new RecordedLines(store)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  const costs = () => agentCosts(readRuns(store).flatMap((run) => invocationCosts(store, run)))

  function invoke(runId: string, id: string, name: string, said: object = {}) {
    return recorded.scope(runId, { id, kind: 'agent', name, agent: name, ...said })
  }

  it('are those of each invocation, without the agents that it starts', () => {
    recorded.run({ id: 'a' })
    invoke('a', 'desk-1', 'desk')
    invoke('a', 'search-1', 'search', { parentId: 'desk-1' })
    recorded.call('a', { parentId: 'desk-1', agent: 'desk', picoUsd: 300 })
    recorded.call('a', { parentId: 'search-1', agent: 'search', picoUsd: 2000 })
    recorded.run({ id: 'b' })
    invoke('b', 'desk-2', 'desk', { agentVersion: '1.1' })
    recorded.call('b', { parentId: 'desk-2', agent: 'desk', picoUsd: 500 })
    recorded.call('b', { parentId: 'desk-2', agent: 'desk', picoUsd: 40 })
    assert.deepEqual(
      costs().map(({ agent, version, invocations, picoUsd, totals, last }) => [
        ...[agent, version, invocations, picoUsd?.p50, picoUsd?.p95],
        ...[totals.calls, totals.cost?.picoUsd, last.spanId],
      ]),
      [
        ['search', undefined, 1, 2000, 2000, 1, 2000, 'search-1'],
        // 300 in one, 540 in the other
        ['desk', '1.1', 2, 300, 540, 3, 840, 'desk-2'],
      ],
    )
  })

  it('are told apart by intent and by step', () => {
    recorded.run({ id: 'a' })
    invoke('a', 'refund', 'desk', { intent: 'refund' })
    invoke('a', 'status', 'desk', { intent: 'status' })
    recorded.scope('a', {
      id: 'plan',
      kind: 'step',
      name: 'plan',
      agent: 'desk',
      step: 'plan',
      parentId: 'refund',
    })
    recorded.call('a', { parentId: 'plan', agent: 'desk', step: 'plan', picoUsd: 70 })
    recorded.call('a', { parentId: 'refund', agent: 'desk', picoUsd: 30 })
    recorded.call('a', { parentId: 'status', agent: 'desk', picoUsd: 9 })
    const [desk] = costs()
    const startTime = new Date(NOON).toISOString()
    assert.deepEqual(desk?.intents, [
      {
        name: 'refund',
        invocations: 1,
        picoUsd: { p50: 100, p95: 100 },
        last: { runId: 'a', spanId: 'refund', startTime },
      },
      {
        name: 'status',
        invocations: 1,
        picoUsd: { p50: 9, p95: 9 },
        last: { runId: 'a', spanId: 'status', startTime },
      },
    ])
    assert.deepEqual(desk?.steps, [
      {
        name: 'plan',
        invocations: 1,
        picoUsd: { p50: 70, p95: 70 },
        last: { runId: 'a', spanId: 'plan', startTime },
      },
    ])
  })

  it('take no invocation for cheap of which a call has no price', () => {
    recorded.run({ id: 'a' })
    invoke('a', 'one', 'desk')
    recorded.call('a', { parentId: 'one', agent: 'desk', picoUsd: 500 })
    recorded.call('a', { parentId: 'one', agent: 'desk', picoUsd: null })
    const [unknown] = costs()
    assert.deepEqual(
      [unknown?.picoUsd, unknown?.totals.cost?.picoUsd, unknown?.totals.unpricedCalls],
      [null, 500, 1],
    )
    invoke('a', 'two', 'desk')
    recorded.call('a', { parentId: 'two', agent: 'desk', picoUsd: 800 })
    assert.deepEqual(costs()[0]?.picoUsd, { p50: 800, p95: 800 })
  })
})
