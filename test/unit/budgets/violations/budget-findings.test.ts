// Violated limits as findings: what they say, where they point, and what they keep while the run grows.

import assert from 'node:assert/strict'
import { readBudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'
import type { MeasurableSpan } from '../../../../profiler-agent/budgets/measure/counted-call'
import { measurableSpan } from '../../../../profiler-agent/budgets/measure/measure-run'
import { RunMeasure } from '../../../../profiler-agent/budgets/measure/run-measure'
import {
  BudgetFindings,
  type BudgetFindingsInput,
} from '../../../../profiler-agent/budgets/violations/budget-findings'
import type { Violation } from '../../../../profiler-agent/model/escalation'
import type { ModelCall, Span } from '../../../../profiler-agent/model/span'
import { unknownUsage, usageOf } from '../../../../profiler-agent/model/usage'
import { callSpan, costOf, spanOf } from '../../../support/spans'

const PATH = '.costflame/budgets.jsonc'

/** A run with these budgets; `add` puts spans and gives the findings as they are then. */
function runWith(budget: object | string, more: Partial<BudgetFindingsInput> = {}) {
  const measure = new RunMeasure({ id: 'run', startedAt: 0 })
  const findings = new BudgetFindings({
    ...{ runId: 'run', measure, hashOf: (text: string) => text.replaceAll('\n', ' ') },
    ...more,
  })
  let file = fileOf(budget)
  return {
    add(...spans: readonly (Span | MeasurableSpan)[]) {
      for (const span of spans) measure.put('startTime' in span ? measurableSpan(span) : span)
      return findings.findings(file)
    },
    end: () => {
      measure.end(10_000)
      return findings.findings(file)
    },
    changeFile: (changed: object) => {
      file = fileOf(changed)
      return findings.findings(file)
    },
    measure,
  }
}

function fileOf(budget: object | string) {
  const text = typeof budget === 'string' ? budget : JSON.stringify({ version: 1, ...budget })
  const file = readBudgetFile(text)
  assert.deepEqual(file.problems, [])
  return { path: PATH, file }
}

const at = (second: number) => ({
  startTime: new Date(Date.UTC(2026, 10, 22, 10, 0, second)).toISOString(),
  endTime: new Date(Date.UTC(2026, 10, 22, 10, 0, second + 1)).toISOString(),
})
const agent = (id: string, name: string, said: Partial<Span> = {}) =>
  spanOf({ id, kind: 'agent', name, agent: name, ...said })
const line = (number: number) => ({
  callSite: { file: 'src/desk.mjs', line: number, column: 7, stack: [] },
})

function call(id: string, parentId: string, tokens: number, said: Partial<Span> = {}): Span {
  const usage = usageOf(
    { uncachedInputTokens: tokens - 100, cacheReadTokens: null, outputTokens: 100 },
    'reported',
    null,
  )
  return callSpan(id, { usage, cost: costOf(tokens * 1_000_000, 0) }, { parentId, ...said })
}

const DESK = (limits: object, more: object = {}) => ({ agents: { desk: { limits, ...more } } })

describe('findings of limits', () => {
  it('come while the run goes on, and name scope, limit, value and the line that spent most', () => {
    const run = runWith(DESK({ totalTokens: 6000 }))
    assert.deepEqual(run.add(agent('a', 'desk'), call('1', 'a', 4000, line(8))), [])
    const [finding, ...others] = run.add(call('2', 'a', 3100, line(12)), call('3', 'a', 100, line(8)))
    assert.deepEqual(others, [])
    assert.deepEqual(finding, {
      id: 'budget/totalToke',
      rule: 'budget/totalTokens',
      severity: 'warning',
      message:
        'An invocation of desk has used 7,200 tokens, more than its limit of 6,000 tokens (totalTokens). 57 % of it was used by the 2 calls made here.',
      runId: 'run',
      spanIds: ['1', '2', '3'],
      location: { file: 'src/desk.mjs', line: 8, column: 7 },
      relatedLocations: [
        {
          ...{ file: PATH, line: 1, column: 42, endLine: 1, endColumn: 55 },
          message: 'The limit is set here',
        },
      ],
      evidence: {
        ...{ scope: { kind: 'agent', agent: 'desk' }, limit: 'totalTokens', allowed: 6000 },
        ...{ onExceed: 'warn', value: 7200, calls: ['1', '2', '3'], share: 4100 / 7200 },
        ...{ invocations: ['a'], over: 1, measured: 1 },
      },
    })
  })

  it('are errors where the limit blocks', () => {
    const run = runWith(DESK({ totalTokens: 100 }, { onExceed: 'block' }))
    assert.equal(run.add(agent('a', 'desk'), call('1', 'a', 200))[0]?.severity, 'error')
  })

  it('are one for all invocations, the largest in words', () => {
    const run = runWith(DESK({ totalTokens: 1000 }))
    const [finding] = run.add(
      ...['a', 'b', 'c'].flatMap((id, index) => [agent(id, 'desk'), call(`${id}1`, id, 900 + index * 300)]),
    )
    assert.equal(
      finding?.message,
      '2 of 3 invocations of desk are over their limit of 1,000 tokens (totalTokens): the largest has used 1,500 tokens.',
    )
    assert.deepEqual(finding?.evidence.invocations, ['c', 'b'])
  })

  it('hold each intent, step, workflow and run to its own limits', () => {
    const run = runWith({
      agents: {
        desk: {
          intents: { refund: { limits: { modelCalls: 1 } }, other: { limits: { modelCalls: 0 } } },
          steps: { plan: { limits: { inputTokensPerCall: 500 } } },
        },
      },
      workflows: { all: { rootAgent: 'desk', limits: { agents: 1 } } },
      workspace: { limits: { costUsdPerRun: 0.001 } },
    })
    const findings = run.add(
      agent('a', 'desk', { intent: 'refund' }),
      spanOf({ id: 's', kind: 'step', name: 'plan', parentId: 'a' }),
      call('1', 's', 800),
      call('2', 'a', 700),
      agent('b', 'helper', { parentId: 'a' }),
    )
    assert.deepEqual(
      findings.map(({ message }) => message),
      [
        'Step plan of desk has sent 700 input tokens in one call, more than its limit of 500 input tokens (inputTokensPerCall).',
        'An invocation of desk (intent refund) has made 2 model calls, more than its limit of 1 model call (modelCalls).',
        'Workflow all (root agent desk) has had 2 agents, more than its limit of 1 agent (agents).',
        'This run has cost $0.0015, more than its limit of $0.001 (costUsdPerRun).',
      ],
    )
  })

  it('stay where the tree changes afterwards, and grow with it', () => {
    const run = runWith(DESK({ totalTokens: 1000 }))
    assert.equal(run.add(agent('a', 'desk'), call('1', 'a', 1100)).length, 1)
    const [moved] = run.add(agent('b', 'other'), call('1', 'b', 1100))
    assert.equal(moved?.evidence.value, 1100)
    const [grown] = run.add(call('2', 'a', 2100))
    assert.equal(grown?.evidence.value, 2100)
  })

  it('count what is there', () => {
    const run = runWith(DESK({ totalTokens: 1000 }))
    const first = run.add(agent('a', 'desk'), call('1', 'a', 1100), agent('b', 'desk'), call('2', 'b', 100))
    assert.match(first[0]?.message ?? '', /^One of 2 invocations /)
    run.add(call('2', 'a', 100))
    const gone = { ...measurableSpan(agent('b', 'desk')), isGone: true }
    assert.match(run.add(gone)[0]?.message ?? '', /^An invocation of desk has used 1,200 tokens/)
  })

  it('go where the limit is raised', () => {
    const run = runWith(DESK({ totalTokens: 1000 }))
    assert.equal(run.add(agent('a', 'desk'), call('1', 'a', 1100)).length, 1)
    assert.deepEqual(run.changeFile(DESK({ totalTokens: 2000 })), [])
    assert.equal(run.changeFile(DESK({ totalTokens: 500 })).length, 1)
  })

  it('say once that nobody knows where there is no price', () => {
    const run = runWith(DESK({ costUsd: 0.01 }))
    const unpriced = { cost: null, unpricedReason: 'no price', usage: unknownUsage() }
    const [finding, ...others] = run.add(
      ...['a', 'b'].flatMap((id) => [agent(id, 'desk'), callSpan(`${id}1`, unpriced, { parentId: id })]),
    )
    assert.deepEqual(others, [])
    assert.deepEqual([finding?.severity, finding?.rule], ['info', 'budget/costUsd'])
    assert.equal(
      finding?.message,
      'Nobody can say whether 2 of 2 invocations of desk keep within $0.01 (costUsd): calls of openai/gpt-5-mini have no price, or no usage. "prices" of config.jsonc takes a price, or 0 for what costs nothing.',
    )
    const [over] = run.add(call('a2', 'a', 20_000))
    assert.deepEqual([over?.severity, over?.id], ['warning', finding?.id])
    assert.match(over?.message ?? '', /^One of 2 invocations of desk has cost at least \$0\.02, /)
  })

  it('only warn of retrieval that is guessed', () => {
    const run = runWith(DESK({ retrievalTokens: 3000 }, { onExceed: 'block' }))
    const tool = (id: string, basis: string) =>
      spanOf({
        ...{ id, parentId: 'a', kind: 'retrieval', name: 'find' },
        attributes: { 'costflame.tool.result_tokens': 3500, 'costflame.retrieval': basis },
      })
    const [guessed] = run.add(agent('a', 'desk'), tool('t', 'guessed'))
    assert.equal(guessed?.severity, 'warning')
    assert.equal(
      guessed?.message,
      'An invocation of desk has taken in 3,500 tokens of retrieved context, more than its limit of 3,000 tokens (retrievalTokens). That this is retrieval is guessed, so that it only warns: name the tools in "retrievalTools" of config.jsonc.',
    )
    assert.equal(run.add(tool('t2', 'config'))[0]?.severity, 'error')
  })

  it('hold a floor only against what has ended, or was followed by another', () => {
    const run = runWith(DESK({ cacheHitRatio: 0.5 }))
    const cold = (id: string, second: number) => [
      agent(id, 'desk', at(second)),
      callSpan(
        `${id}1`,
        {
          usage: usageOf({ uncachedInputTokens: 80, cacheReadTokens: 20, outputTokens: 1 }, 'reported', null),
        },
        { parentId: id },
      ),
    ]
    assert.deepEqual(run.add(...cold('a', 1)), [])
    assert.equal(run.add(...cold('b', 2))[0]?.evidence.over, 1)
    const [finding] = run.end()
    assert.equal(
      finding?.message,
      '2 of 2 invocations of desk are below their floor of 50 % (cacheHitRatio): the lowest has read 20 % of its input from the cache.',
    )
  })

  it('name the models that are not allowed', () => {
    const run = runWith(DESK({ models: ['openai/gpt-5-nano'] }))
    const [finding] = run.add(agent('a', 'desk'), call('1', 'a', 200, line(3)))
    assert.equal(finding?.rule, 'budget/models')
    assert.equal(
      finding?.message,
      'An invocation of desk has called openai/gpt-5-mini; allowed are openai/gpt-5-nano (models).',
    )
    assert.deepEqual([finding?.spanIds, finding?.location?.line], [['1'], 3])
  })

  it('tell of calls that the gate refused, though nothing was spent beyond the limit', () => {
    const text = `{"version": 1, "agents": {"desk": {"onExceed": "block",
      "limits": {"totalTokens": 1000},
      "steps": {"plan": {"limits": {"totalTokens": 900}}}}}}`
    const run = runWith(text)
    const refused = (id: string): Span => {
      const modelCall: Partial<ModelCall> = { billed: false, cost: null, usage: unknownUsage() }
      return callSpan(id, modelCall, {
        ...{ parentId: 'a', status: 'blocked' },
        attributes: {
          'costflame.budget.rule': 'budget/totalTokens',
          'costflame.budget.message': `budget exceeded: agent desk may use … (${PATH}:2).`,
        },
      })
    }
    const [finding, ...others] = run.add(
      agent('a', 'desk'),
      call('1', 'a', 800, line(3)),
      refused('2'),
      refused('3'),
    )
    assert.deepEqual(others, [])
    assert.equal(finding?.severity, 'error')
    assert.equal(
      finding?.message,
      'An invocation of desk was stopped at its limit of 1,000 tokens (totalTokens): 2 calls were refused.',
    )
    assert.deepEqual(finding?.evidence.refused, ['2', '3'])
    assert.deepEqual([finding?.evidence.value, finding?.evidence.invocations], [800, ['a']])
    assert.equal(finding?.location?.line, 3)
    // Calls that were under way when the others were refused are settled later.
    const [later] = run.add(call('4', 'a', 150, line(3)))
    assert.deepEqual([later?.evidence.value, later?.evidence.calls], [950, ['1', '4']])
  })

  it('tell of a model that was refused', () => {
    const run = runWith(DESK({ models: ['gpt-5-nano'] }, { onExceed: 'block' }))
    const refused = callSpan(
      '1',
      { billed: false, cost: null, usage: unknownUsage() },
      {
        ...{ parentId: 'a', status: 'blocked' },
        attributes: { 'costflame.budget.rule': 'budget/models', 'costflame.budget.message': '…' },
      },
    )
    const [finding] = run.add(agent('a', 'desk'), refused)
    assert.equal(
      finding?.message,
      'An invocation of desk has asked for openai/gpt-5-mini; allowed are gpt-5-nano (models): 1 call was refused.',
    )
    assert.deepEqual(finding?.evidence.invocations, ['a'])
  })

  it('tell of several that were refused before they spent anything, where they were asked for', () => {
    const run = runWith(DESK({ costUsd: 0.001 }, { onExceed: 'block' }))
    const refused = (id: string, parentId: string) =>
      callSpan(
        id,
        { billed: false, cost: null, usage: unknownUsage() },
        {
          ...{ parentId, status: 'blocked', ...line(5) },
          attributes: {
            'costflame.budget.rule': 'budget/costUsd',
            'costflame.budget.message': 'budget exceeded: …',
          },
        },
      )
    const [finding] = run.add(agent('a', 'desk'), refused('1', 'a'), agent('b', 'desk'), refused('2', 'b'))
    assert.equal(
      finding?.message,
      '2 of 2 invocations of desk were stopped at their limit of $0.001 (costUsd): 2 calls were refused.',
    )
    assert.deepEqual([finding?.location?.line, finding?.evidence.value], [5, 0])
  })

  it('hold the day against everything that was recorded on it', () => {
    const run = runWith(
      { workspace: { limits: { costUsdPerDay: 10 } } },
      {
        dayAt: () => ({
          ...{ kind: 'day', runId: '', id: '2026-11-22', startedAt: 0, endedAt: 0, isOver: false },
          ...{ values: { costUsdPerDay: { value: 10.5 } }, use: {}, calls: [] },
        }),
      },
    )
    const [finding] = run.add(agent('a', 'desk'), call('1', 'a', 200, line(3)))
    assert.equal(
      finding?.message,
      'Everything recorded on 2026-11-22 has cost $10.50, more than its limit of $10.00 (costUsdPerDay).',
    )
    assert.equal(finding?.location?.line, 3)
  })

  it('are told to whoever escalates them', () => {
    const told: Violation[] = []
    const run = runWith(DESK({ totalTokens: 1000 }, { onExceed: 'escalate', escalation: 'lead' }), {
      violated: (violation) => told.push(violation),
    })
    run.add(agent('a', 'desk', { intent: 'refund' }), call('1', 'a', 1500))
    assert.deepEqual(told, [
      {
        ...{ escalation: 'lead', scope: { kind: 'agent', agent: 'desk' }, instance: 'a', runId: 'run' },
        ...{ limit: 'totalTokens', allowed: 1000, value: 1500, file: PATH, line: 1 },
        ...{ at: Date.parse('2026-11-22T10:00:01.000Z'), agent: 'desk', intent: 'refund' },
      },
    ])
  })
})
