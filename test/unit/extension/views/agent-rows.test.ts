import assert from 'node:assert/strict'
import { type AgentSort, agentLines, costText, sortedAgents } from '../../../../extension/views/agent-rows'
import type { AgentCost } from '../../../../profiler-agent/model/line-cost'
import { unknownUsage } from '../../../../profiler-agent/model/usage'
import { plainWords } from '../../../support/plain-words'

function agent(name: string, changes: Partial<AgentCost> = {}, picoUsd: number | null = null): AgentCost {
  const last = { runId: 'r', spanId: name, startTime: '2026-11-20T09:00:00.000Z' }
  return {
    agent: name,
    invocations: 24,
    picoUsd: null,
    totals: {
      ...{ calls: 48, attempts: 48, errors: 0, unpricedCalls: 0, usage: unknownUsage() },
      cost: picoUsd === null ? null : { picoUsd, usd: picoUsd / 1e12 },
    },
    intents: [],
    steps: [],
    last,
    ...changes,
  }
}

const AGENTS = [
  agent('writer', { picoUsd: { p50: 1_000_000_000, p95: 9_000_000_000 } }, 20_000_000_000),
  agent('planner', { steps: [{ ...agent('x'), name: 'outline' }] }, 50_000_000_000),
  agent('reader', { last: { runId: 'q', spanId: 's', startTime: '2026-11-21T09:00:00.000Z' } }),
]

function names(sort: AgentSort, filter = ''): string[] {
  return sortedAgents(AGENTS, { sort, filter }).map((each) => each.agent)
}

describe('the list of agents', () => {
  it('is sorted, what is not known last', () => {
    assert.deepEqual(names('cost'), ['planner', 'writer', 'reader'])
    assert.deepEqual(names('invocation'), ['writer', 'planner', 'reader'])
    assert.deepEqual(names('time'), ['reader', 'planner', 'writer'])
    assert.deepEqual(names('name'), ['planner', 'reader', 'writer'])
  })

  it('is filtered by the names of agents and of their steps', () => {
    assert.deepEqual(names('cost', 'OUT'), ['planner'])
    assert.deepEqual(names('cost', 'er'), ['planner', 'writer', 'reader'])
  })

  it('says what an invocation costs', () => {
    const cost = { p50: 1_000_000_000, p95: 9_000_000_000 }
    assert.equal(
      costText({ picoUsd: cost, invocations: 1200 }, plainWords),
      '$0.001 · p95 $0.009 · 1,200 invocations',
    )
    assert.equal(costText({ picoUsd: cost, invocations: 1 }, plainWords), '$0.001 · 1 invocation')
    assert.equal(costText({ picoUsd: null, invocations: 2 }, plainWords), 'no cost known · 2 invocations')
  })

  it('says what all of them cost', () => {
    const [writer] = AGENTS
    assert.ok(writer)
    assert.deepEqual(agentLines({ ...writer, version: '1.4.0' }, plainWords).slice(0, 3), [
      'Version 1.4.0',
      'An invocation: p50 $0.001, p95 $0.009',
      'All together: $0.02 in 24 invocations',
    ])
  })
})
