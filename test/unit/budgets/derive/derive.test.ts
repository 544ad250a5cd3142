// Limits out of measured invocations: which groups there are, what is left out, and what is said of it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type DeriveInput, deriveBudgets } from '../../../../profiler-agent/budgets/derive/derive'
import { readBudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'
import { scopeName } from '../../../../profiler-agent/budgets/file/scope-path'
import type { Measured } from '../../../../profiler-agent/model/budget'
import { USUAL_GATE } from '../../../../profiler-agent/model/budget'
import { measuredOf, orderStatusLookups } from './measured'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const derive = (measured: readonly Measured[], more: Partial<DeriveInput> = {}) =>
  deriveBudgets({
    ...{ measured, budgets: [], gate: USUAL_GATE, headroom: 0.2, priceOf: () => undefined, hashOf },
    ...more,
  })
const used = { totalTokens: 10, inputTokens: 9 }
const names = (measured: readonly Measured[]) => derive(measured).budgets.map(({ scope }) => scopeName(scope))

describe('budgets/derive', () => {
  it('makes 6,000 of 212 invocations with p99 5,000', () => {
    const { budgets, versions, notes } = derive(orderStatusLookups())
    assert.deepEqual(budgets, [
      {
        scope: { kind: 'agent', agent: 'support-agent', intent: 'order-status-lookup' },
        limits: { costUsd: 0.0012, totalTokens: 6000 },
        baseline: {
          invocations: 212,
          measuredAt: '2026-11-20',
          headroom: 0.2,
          values: {
            costUsd: { p50: 0.001, p95: 0.001, p99: 0.001 },
            totalTokens: { p50: 2900, p95: 4100, p99: 5000 },
          },
          perInvocation: {},
        },
      },
    ])
    assert.deepEqual([...versions], [['support-agent', '1.4.0']])
    assert.deepEqual(notes, [])
  })

  it('groups by agent, intent and step; the agent as a whole where an invocation names no intent', () => {
    const step = (name: string, startedAt: number, intent?: string) =>
      measuredOf({ kind: 'step', agent: 'a', step: name, startedAt, ...(intent && { intent }), values: used })
    const intents = [
      ...['refund', 'lookup'].map((intent) => measuredOf({ agent: 'a', intent, startedAt: 1, values: used })),
      step('write', 3, 'refund'),
      step('plan', 2, 'refund'),
      step('plan', 4, 'lookup'),
      step('step 2', 5, 'lookup'),
    ]
    const ofIntents = [
      'agents.a.intents.lookup',
      'agents.a.intents.lookup.steps.plan',
      'agents.a.intents.refund',
      'agents.a.intents.refund.steps.plan',
      'agents.a.intents.refund.steps.write',
    ]
    assert.deepEqual(names(intents), ofIntents)
    assert.deepEqual(names([...intents, measuredOf({ agent: 'a', startedAt: 1, values: used })]), [
      'agents.a',
      'agents.a.steps.plan',
      'agents.a.steps.write',
      ...ofIntents,
    ])
  })

  it('derives nothing of an agent that only calls others', () => {
    assert.deepEqual(names([measuredOf({ agent: 'wrapper', values: { totalTokens: 0, costUsd: 0 } })]), [])
  })

  it('derives a workflow of agents that called others and were called by none', () => {
    const flow = (agent: string, agents: number, calls: readonly string[]) =>
      measuredOf({
        kind: 'workflow',
        id: agent,
        agent,
        calls,
        values: { agents, totalTokens: 100 * calls.length },
      })
    const measured = [
      flow('orchestrator', 3, ['1', '2', '3', '4']),
      flow('researcher', 2, ['2', '3']),
      flow('writer', 1, ['4']),
      flow('alone', 1, ['5']),
    ]
    const { budgets } = derive(measured)
    assert.deepEqual(
      budgets.map(({ scope, limits }) => [scope, limits]),
      [
        [
          { kind: 'workflow', workflow: 'orchestrator', rootAgent: 'orchestrator' },
          { totalTokens: 480, agents: 4 },
        ],
      ],
    )
    const file = '{ "version": 1, "workflows": { "refund": { "rootAgent": "orchestrator" } } }'
    const named = derive(measured, { budgets: readBudgetFile(file).budgets })
    assert.deepEqual(
      named.budgets.map(({ scope }) => scopeName(scope)),
      ['workflows.refund'],
    )
  })

  it('takes the version that ran last, and says what it left out', () => {
    const old = measuredOf({ agent: 'a', agentVersion: '1', startedAt: 1000, values: { totalTokens: 9000 } })
    const now = [2000, 3000, 4000, 5000, 6000].map((startedAt) =>
      measuredOf({ agent: 'a', agentVersion: '2', startedAt, values: { totalTokens: 1000 } }),
    )
    const { budgets, versions, notes } = derive([...now, old])
    assert.deepEqual(budgets[0]?.limits, { totalTokens: 1200 })
    assert.deepEqual([...versions], [['a', '2']])
    assert.deepEqual(notes, ['agents.a: 1 invocation of 1 left out; 2 ran last'])
  })

  it('takes commits for no versions: each change would begin anew', () => {
    const commits = ['1a2b3c4d', '5e6f7a8b-dirty', '5e6f7a8b-unchecked', undefined, '1a2b3c4d']
    const measured = commits.map((agentVersion, index) =>
      measuredOf({
        agent: 'a',
        startedAt: index,
        values: { totalTokens: 10 },
        ...(agentVersion && { agentVersion }),
      }),
    )
    const { budgets, versions, notes } = derive(measured)
    assert.equal(budgets[0]?.baseline.invocations, 5)
    assert.deepEqual([...versions], [])
    assert.deepEqual(notes, [])
  })

  it('leaves out what a limit stopped and what is known in part, and says that there are few', () => {
    const measured = [
      measuredOf({ agent: 'a', values: { totalTokens: 1000, costUsd: { value: 0.5, atLeast: true } } }),
      measuredOf({ agent: 'a', values: { totalTokens: { value: null }, costUsd: { value: null } } }),
      measuredOf({ agent: 'a', isStopped: true, values: { totalTokens: 70 } }),
    ]
    const { budgets, notes } = derive(measured)
    assert.deepEqual(budgets[0]?.limits, { totalTokens: 1200 })
    assert.equal(budgets[0]?.baseline.invocations, 2)
    assert.deepEqual(notes, [
      '1 invocation stopped by a limit: left out',
      'agents.a: costUsd is not known of 2 of 2 invocations: left out',
      'agents.a: totalTokens is not known of 1 of 2 invocations: left out',
      'agents.a: only 2 invocations, the gate judges from 5; record more before you rely on these limits',
    ])
  })

  it('counts what may still go on, and says so', () => {
    const measured = [1, 2, 3, 4, 5].map((startedAt) =>
      measuredOf({ agent: 'a', startedAt, isOver: startedAt < 4, values: { totalTokens: 10 } }),
    )
    const { budgets, notes } = derive(measured)
    assert.equal(budgets[0]?.baseline.invocations, 5)
    assert.deepEqual(notes, [
      '2 invocations may still go on and count as they stand: export again when they are over',
    ])
  })

  it('names budgets of agents that never ran', () => {
    const { budgets } = readBudgetFile(
      '{ "version": 1, "agents": { "gone": { "limits": { "totalTokens": 5 } } } }',
    )
    assert.deepEqual(derive(orderStatusLookups(), { budgets }).notes, [
      'agents.gone is not in these runs: left as it is',
    ])
  })

  it('keeps what one invocation used of each model; without a price there is no mean of dollars', () => {
    const use = (picoUsd: number, unpricedCalls: number) => ({
      ...{ calls: 2, uncachedInput: 100, cacheRead: 30, cacheWrite: 0, output: 7, picoUsd, unpricedCalls },
    })
    const { budgets } = derive([
      measuredOf({ agent: 'a', values: used, use: { 'openai/gpt-5': use(1_000_000, 0) } }),
      measuredOf({
        agent: 'a',
        values: used,
        use: { 'openai/gpt-5': use(2_000_000, 0), 'ollama/llama': use(0, 2) },
      }),
      measuredOf({ agent: 'a' }),
    ])
    assert.deepEqual(budgets[0]?.baseline.perInvocation, {
      'ollama/llama': {
        calls: 0.666667,
        uncachedInput: 33.3333,
        cacheRead: 10,
        cacheWrite: 0,
        output: 2.33333,
        usd: null,
      },
      'openai/gpt-5': {
        calls: 1.33333,
        uncachedInput: 66.6667,
        cacheRead: 20,
        cacheWrite: 0,
        output: 4.66667,
        usd: 0.000001,
      },
    })
  })

  it('hashes the prices of the models that were called, where all have one', () => {
    const use = {
      calls: 1,
      uncachedInput: 1,
      cacheRead: 0,
      cacheWrite: 0,
      output: 1,
      picoUsd: 1,
      unpricedCalls: 0,
    }
    const prices = (uncachedInput: number) => ({
      ...{ uncachedInput, cacheRead: 1, output: 9, units: {} },
      cacheWrite: { '5m': 1, '30m': 1, '1h': 2, '12h': 2, unknown: 1 },
    })
    const hash = (of: Readonly<Record<string, number>>, models: readonly string[]) => {
      const calls = new Map(
        Object.entries(of).map(([model, price]) => {
          const cost = { prices: prices(price), source: 'catalog' as const }
          return [model, { model, cost }] as const
        }),
      )
      const measured = measuredOf({
        agent: 'a',
        values: used,
        calls: Object.keys(of),
        use: Object.fromEntries(models.map((model) => [model, use])),
      })
      return derive([measured], { priceOf: (_run, call) => calls.get(call) }).budgets[0]?.baseline.prices
    }
    const before = hash({ 'x/m': 5, 'x/n': 6 }, ['x/m', 'x/n'])
    assert.match(before ?? '', /^sha256:[0-9a-f]{64}$/)
    assert.equal(hash({ 'x/n': 6, 'x/m': 5 }, ['x/n', 'x/m']), before)
    assert.notEqual(hash({ 'x/m': 5, 'x/n': 7 }, ['x/m', 'x/n']), before)
    assert.equal(hash({ 'x/m': 5 }, ['x/m', 'x/unpriced']), undefined)
  })
})
