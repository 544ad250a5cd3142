// What a run measures against limits: invocations, steps, workflows, runs and days.

import assert from 'node:assert/strict'
import { measureDays, measureRun } from '../../../../profiler-agent/budgets/measure/measure-run'
import type { Measured, MeasuredKind, NumericLimit } from '../../../../profiler-agent/model/budget'
import { localDay } from '../../../../profiler-agent/model/local-day'
import type { ModelCall, Span } from '../../../../profiler-agent/model/span'
import { unknownUsage, usageOf } from '../../../../profiler-agent/model/usage'
import { callSpan, costOf, runOf, spanOf } from '../../../support/spans'

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second)).toISOString()
const during = (from: number, to: number) => ({
  startTime: at(from),
  endTime: at(to),
  durationMs: (to - from) * 1000,
})

function tokens(input: number, output: number, cacheRead: number | null = null): Partial<ModelCall> {
  return {
    usage: usageOf(
      {
        uncachedInputTokens: input - (cacheRead ?? 0),
        cacheReadTokens: cacheRead,
        outputTokens: output,
      },
      'reported',
      null,
    ),
    cost: costOf(input * 1000, output * 2000),
  }
}

const agent = (id: string, name: string, parentId = 'run', said: Partial<Span> = {}) =>
  spanOf({ id, kind: 'agent', name, agent: name, parentId, ...said })

const tool = (id: string, parentId: string, second: number, attributes: Span['attributes'] = {}) =>
  spanOf({
    ...{ id, parentId, kind: 'tool', name: 'look_up', ...during(second, second) },
    attributes: { 'gen_ai.tool.call.id': id, ...attributes },
  })

function only(measured: readonly Measured[], kind: MeasuredKind, id: string): Measured {
  const found = measured.filter((each) => each.kind === kind && each.id === id)
  assert.equal(found.length, 1, `${kind} ${id}`)
  return found[0] as Measured
}

const values = (measured: Measured, ...limits: NumericLimit[]) =>
  limits.map((limit) => measured.values[limit]?.value)

describe('measureRun', () => {
  const orchestrated = runOf(
    [
      agent('boss', 'orchestrator', 'run', { intent: 'refund', agentVersion: '2', ...during(0, 20) }),
      spanOf({ id: 'plan', kind: 'step', name: 'plan', parentId: 'boss', ...during(0, 2) }),
      callSpan('b1', tokens(1000, 100), { parentId: 'plan', ...during(0, 2) }),
      tool('t1', 'plan', 2, { 'costflame.tool.result_tokens': 300 }),
      agent('left', 'specialist', 't1', during(3, 12)),
      callSpan('l1', tokens(500, 50), { parentId: 'left', ...during(3, 9) }),
      agent('right', 'specialist', 't1', during(3, 12)),
      callSpan('r1', tokens(700, 70), { parentId: 'right', ...during(3, 12) }),
      callSpan('b2', tokens(1400, 10), { parentId: 'boss', ...during(13, 20) }),
    ],
    { startTime: at(0), endTime: at(21) },
  )
  const measured = measureRun(orchestrated)

  it('counts to an invocation what it called itself, to a workflow everything under it', () => {
    const boss = only(measured, 'agent', 'boss')
    assert.deepEqual(values(boss, 'totalTokens', 'modelCalls', 'costUsd'), [2510, 2, 0.00000262])
    assert.deepEqual(boss.calls, ['b1', 'b2'])
    const workflow = only(measured, 'workflow', 'boss')
    assert.deepEqual(values(workflow, 'totalTokens', 'modelCalls', 'agents'), [3830, 4, 3])
    assert.deepEqual(
      [workflow.agent, workflow.intent, workflow.agentVersion],
      ['orchestrator', 'refund', '2'],
    )
  })

  it('measures time by the wall clock, whatever runs side by side', () => {
    assert.deepEqual(values(only(measured, 'workflow', 'boss'), 'durationMs'), [20_000])
    assert.deepEqual(values(only(measured, 'run', 'run'), 'durationMs', 'totalTokens'), [21_000, 3830])
  })

  it('counts to a step what was called in it, without the agents that it started', () => {
    const step = only(measured, 'step', 'plan')
    assert.deepEqual([step.agent, step.intent, step.step], ['orchestrator', 'refund', 'plan'])
    assert.deepEqual(values(step, 'totalTokens', 'toolResultTokens', 'toolCalls'), [1100, 300, 1])
  })

  it('takes the largest growth from one call of a conversation to the next', () => {
    assert.deepEqual(values(only(measured, 'agent', 'boss'), 'contextGrowthPerStep'), [400])
    assert.deepEqual(values(only(measured, 'agent', 'left'), 'contextGrowthPerStep'), [0])
  })

  it('makes an agent that one of its name started a part of that workflow, and an invocation of its own', () => {
    const nested = measureRun(
      runOf([agent('a', 'x'), agent('b', 'x', 'a'), callSpan('c', {}, { parentId: 'b' })]),
    )
    assert.deepEqual(
      nested.map(({ kind, id }) => `${kind} ${id}`),
      ['run run', 'agent a', 'workflow a', 'agent b'],
    )
  })

  it('counts the tools since the last answer without any', () => {
    const spans = [
      agent('a', 'x'),
      callSpan('1', {}, { parentId: 'a', ...during(0, 1) }),
      tool('t1', 'a', 1),
      tool('t2', 'a', 1),
      callSpan('2', {}, { parentId: 'a', ...during(2, 3) }),
      tool('t3', 'a', 3),
      callSpan('3', {}, { parentId: 'a', ...during(4, 5) }),
      callSpan('4', {}, { parentId: 'a', ...during(6, 7) }),
      tool('t4', 'a', 7),
    ]
    assert.deepEqual(values(only(measureRun(runOf(spans)), 'agent', 'a'), 'toolCalls'), [3])
  })

  it('knows which call asked for a tool, also where the next one began before its end was noticed', () => {
    const spans = [
      agent('a', 'x'),
      callSpan('1', {}, { parentId: 'a', ...during(0, 2) }),
      callSpan('2', {}, { parentId: 'a', ...during(1, 4) }),
      tool('1.t1', 'a', 2),
      callSpan('3', {}, { parentId: 'a', ...during(3, 5) }),
      tool('2.t2', 'a', 4),
      tool('2.t3', 'a', 4),
    ]
    assert.deepEqual(values(only(measureRun(runOf(spans)), 'agent', 'a'), 'toolCalls'), [3])
  })

  it('goes on with the tools after a call that failed', () => {
    const spans = [
      agent('a', 'x'),
      callSpan('1', {}, { parentId: 'a', ...during(0, 1) }),
      tool('t1', 'a', 1),
      callSpan(
        '2',
        { billed: false, cost: null, usage: unknownUsage() },
        { parentId: 'a', status: 'error', ...during(2, 3) },
      ),
      callSpan('3', { attempt: { logicalId: '2', number: 2 } }, { parentId: 'a', ...during(3, 4) }),
      tool('t2', 'a', 4),
    ]
    const measured = only(measureRun(runOf(spans)), 'agent', 'a')
    assert.deepEqual(values(measured, 'toolCalls', 'modelCalls', 'retries'), [2, 2, 1])
  })

  it('counts a refused call nowhere', () => {
    const refused = callSpan(
      '2',
      { billed: false, cost: null, usage: unknownUsage() },
      { parentId: 'a', status: 'blocked' },
    )
    const measured = only(
      measureRun(runOf([agent('a', 'x'), callSpan('1', {}, { parentId: 'a' }), refused])),
      'agent',
      'a',
    )
    assert.deepEqual(measured.calls, ['1'])
    assert.deepEqual(measured.values.totalTokens, { value: 15 })
  })

  it('marks what a budget stopped, from the step to the run', () => {
    const stop = {
      'costflame.budget.rule': 'budget/toolCalls',
      'costflame.budget.message': 'budget exceeded: …',
    }
    const refused = { parentId: 'plan', status: 'blocked' as const, attributes: stop }
    const measured = measureRun(
      runOf([
        agent('a', 'x'),
        spanOf({ id: 'plan', kind: 'step', name: 'plan', parentId: 'a' }),
        callSpan('1', { billed: false, cost: null, usage: unknownUsage() }, refused),
        agent('b', 'x'),
        callSpan('2', {}, { parentId: 'b' }),
      ]),
    )
    const stopped = measured.filter(({ isStopped }) => isStopped).map(({ kind, id }) => `${kind} ${id}`)
    assert.deepEqual(stopped.sort(), ['agent a', 'run run', 'step plan', 'workflow a'])
  })

  it('makes a lower bound of sums with an unknown part, and nothing of what is all unknown', () => {
    const unpriced = { cost: null, unpricedReason: 'no price', usage: unknownUsage() }
    const spans = [
      agent('a', 'x'),
      callSpan('1', {}, { parentId: 'a' }),
      callSpan('2', unpriced, { parentId: 'a' }),
      agent('b', 'y'),
      callSpan('3', unpriced, { parentId: 'b' }),
    ]
    const measured = measureRun(runOf(spans))
    const { costUsd, totalTokens } = only(measured, 'agent', 'a').values
    assert.deepEqual(
      [costUsd, totalTokens],
      [
        { value: 2e-8, atLeast: true },
        { value: 15, atLeast: true },
      ],
    )
    assert.deepEqual(only(measured, 'agent', 'b').values.costUsd, { value: null })
    assert.deepEqual(only(measured, 'agent', 'b').values.inputTokensPerCall, { value: null })
  })

  it('tells retrieval that is guessed from what is sure', () => {
    const retrieval = (id: string, basis: string, count: number) => ({
      ...tool(id, 'a', 1, { 'costflame.retrieval': basis, 'costflame.tool.result_tokens': count }),
      kind: 'retrieval' as const,
    })
    const run = runOf([agent('a', 'x'), retrieval('t1', 'config', 900), retrieval('t2', 'guessed', 150)])
    assert.deepEqual(only(measureRun(run), 'agent', 'a').values.retrievalTokens, {
      value: 1050,
      guessed: true,
      sure: 900,
    })
  })

  it('takes documents in a prompt for retrieval', () => {
    const attributes = (tokens: number | string) => ({ 'costflame.retrieval.tokens': tokens })
    const call = callSpan('1', {}, { parentId: 'a', attributes: attributes(700) })
    const unknown = callSpan('2', {}, { parentId: 'a', attributes: attributes('unknown') })
    const retrievalOf = (...spans: Span[]) =>
      only(measureRun(runOf([agent('a', 'x'), ...spans])), 'agent', 'a').values.retrievalTokens
    assert.deepEqual(retrievalOf(call), { value: 700 })
    assert.deepEqual(retrievalOf(call, unknown), { value: 700, atLeast: true })
  })

  it('reckons the share that was read from a cache', () => {
    const run = runOf([
      agent('a', 'x'),
      callSpan('1', tokens(1000, 1, 0), { parentId: 'a' }),
      callSpan('2', tokens(3000, 1, 2000), { parentId: 'a' }),
    ])
    assert.deepEqual(values(only(measureRun(run), 'agent', 'a'), 'cacheHitRatio'), [0.5])
  })
})

describe('measureDays', () => {
  it('puts a run over midnight into both days', () => {
    const day = (moment: number) => new Date(moment).toISOString().slice(0, 10)
    const call = (id: string, startTime: string) => callSpan(id, {}, { startTime, endTime: startTime })
    const run = runOf([call('1', '2026-11-22T23:59:59.000Z'), call('2', '2026-11-23T00:00:00.000Z')])
    const days = measureDays([run, { ...run, id: 'other' }], day)
    assert.deepEqual(
      days.map(({ id, values }) => [id, values.costUsdPerDay]),
      [
        ['2026-11-22', { value: 4e-8 }],
        ['2026-11-23', { value: 4e-8 }],
      ],
    )
  })

  it('is of the local calendar', () => {
    assert.equal(localDay(new Date(2026, 10, 2, 0, 0, 1).getTime()), '2026-11-02')
  })
})
