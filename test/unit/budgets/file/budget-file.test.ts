// The budget file: every mistake with its place, and whatever else can be read still counts.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readBudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'
import { FIRST_BUDGETS, NO_BUDGETS } from '../../../../profiler-agent/budgets/file/first-budgets'
import { EXAMPLE_BUDGETS } from '../../../support/budget-example'
import { inRepository } from '../../../support/repository'

const problemsOf = (text: string) =>
  readBudgetFile(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)

describe('readBudgetFile', () => {
  it('reads limits with the place where they are written', () => {
    const { budgets, problems } = readBudgetFile(
      [
        '{',
        '  // what a run may cost',
        '  "version": 1,',
        '  "workspace": { "limits": { "costUsdPerRun": 0.5, "costUsdPerDay": 10 } },',
        '}',
      ].join('\n'),
    )
    assert.deepEqual(problems, [])
    const position = { line: 4, column: 3, endLine: 4, endColumn: 14 }
    const reaction = { onExceed: 'warn', clampOutput: false, position }
    assert.deepEqual(budgets, [
      {
        scope: { kind: 'run' },
        limits: {
          costUsdPerRun: { value: 0.5, position: { line: 4, column: 30, endLine: 4, endColumn: 45 } },
        },
        ...reaction,
      },
      {
        scope: { kind: 'day' },
        limits: {
          costUsdPerDay: { value: 10, position: { line: 4, column: 52, endLine: 4, endColumn: 67 } },
        },
        ...reaction,
      },
    ])
  })

  it('counts lines of files written on Windows', () => {
    assert.deepEqual(problemsOf('\uFEFF{ "version": 1 }'), [])
    const { budgets } = readBudgetFile('{\r\n"version": 1,\r\n"workspace": {"limits": {"costUsdPerRun": 1}}}')
    const position = { line: 3, column: 26, endLine: 3, endColumn: 41 }
    assert.deepEqual(budgets[0]?.limits.costUsdPerRun?.position, position)
  })

  it('takes a file with everything in it', () => {
    const { budgets, gate, problems } = readBudgetFile(EXAMPLE_BUDGETS)
    assert.deepEqual(problems, [])
    assert.deepEqual(gate, { percentile: 'p95', minInvocations: 5, tolerance: 0.1 })
    assert.deepEqual(
      budgets.map(({ scope, limits }) => [
        scope,
        Object.fromEntries(Object.entries(limits).map(([name, { value }]) => [name, value])),
      ]),
      [
        [{ kind: 'agent', agent: 'support-agent' }, { costUsd: 0.05 }],
        [{ kind: 'step', agent: 'support-agent', step: 'plan' }, { inputTokens: 4000 }],
        [
          { kind: 'agent', agent: 'support-agent', intent: 'order-status-lookup' },
          { totalTokens: 6000, retrievalTokens: 3000, outputTokensPerCall: 800, toolCalls: 3 },
        ],
        [
          { kind: 'workflow', workflow: 'refund', rootAgent: 'orchestrator' },
          { costUsd: 0.25, totalTokens: 60000, agents: 5 },
        ],
        [{ kind: 'run' }, { costUsdPerRun: 1 }],
        [{ kind: 'day' }, { costUsdPerDay: 10 }],
      ],
    )
    const { onExceed, escalation, clampOutput, agentVersion, baseline } = budgets[2] ?? {}
    assert.deepEqual(
      { onExceed, escalation, clampOutput, agentVersion, baseline },
      {
        onExceed: 'escalate',
        escalation: 'support-lead',
        clampOutput: true,
        agentVersion: '1.4.0',
        baseline: {
          invocations: 212,
          measuredAt: '2026-11-20',
          headroom: 0.2,
          prices: 'sha256:…',
          values: { totalTokens: { p50: 2900, p95: 4100, p99: 5000 } },
        },
      },
    )
  })

  it('takes the examples of the documentation', () => {
    const page = readFileSync(inRepository('docs', 'budgets.md'), 'utf8')
    const [example = ''] = /(?<=```jsonc\n)[\s\S]*?(?=```)/.exec(page) ?? []
    const { budgets, problems } = readBudgetFile(example)
    assert.deepEqual(problems, [])
    assert.equal(budgets.length, 6)
    assert.deepEqual(readBudgetFile(FIRST_BUDGETS).problems, [])
    assert.deepEqual(readBudgetFile(NO_BUDGETS).problems, [])
  })

  it('takes what an object does not say from the one around it', () => {
    const { budgets } = readBudgetFile(`{ "version": 1, "agents": { "a": {
      "agentVersion": "2", "onExceed": "escalate", "escalation": "ops", "clampOutput": true,
      "limits": { "models": ["gpt-5-mini", "gpt-5"] },
      "intents": {
        "i": { "onExceed": "block", "steps": { "s": { "escalation": "lead" } } },
        "j": { "clampOutput": false }
      } } } }`)
    assert.deepEqual(
      budgets.map(({ scope: { kind, ...names }, onExceed, escalation, clampOutput, agentVersion }) => [
        Object.values(names).join('/'),
        ...[onExceed, escalation, clampOutput, agentVersion],
      ]),
      [
        ['a', 'escalate', 'ops', true, '2'],
        ['a/i', 'block', 'ops', true, '2'],
        ['a/i/s', 'block', 'lead', true, '2'],
        ['a/j', 'escalate', 'ops', false, '2'],
      ],
    )
    assert.deepEqual(budgets[0]?.models, {
      values: ['gpt-5-mini', 'gpt-5'],
      position: { line: 3, column: 19, endLine: 3, endColumn: 27 },
    })
  })

  it('reads what one invocation used by model; an absent price is unknown', () => {
    const { budgets } = readBudgetFile(`{ "version": 1, "agents": { "a": { "baseline": {
      "invocations": 9, "measuredAt": "2026-10-01", "headroom": 0.1,
      "perInvocation": { "openai/gpt-5": { "calls": 2.5, "uncachedInput": 10, "cacheRead": 0, "cacheWrite": 0, "output": 4 } }
    } } } }`)
    assert.deepEqual(budgets[0]?.baseline?.perInvocation, {
      'openai/gpt-5': { calls: 2.5, uncachedInput: 10, cacheRead: 0, cacheWrite: 0, output: 4, usd: null },
    })
  })

  it('counts the last of a key that stands twice, and says so', () => {
    const text = '{ "version": 1,\n "workspace": { "limits": { "costUsdPerRun": 1, "costUsdPerRun": 2 } } }'
    assert.deepEqual(problemsOf(text), ['2:49 "costUsdPerRun" stands here twice; the last one counts'])
    assert.deepEqual(readBudgetFile(text).budgets[0]?.limits.costUsdPerRun, {
      value: 2,
      position: { line: 2, column: 49, endLine: 2, endColumn: 64 },
    })
  })

  const runLimit = (text: string) =>
    readBudgetFile(text).budgets.find(({ scope }) => scope.kind === 'run')?.limits.costUsdPerRun?.value
  const limit = '"workspace": { "limits": { "costUsdPerRun": 2 } }'
  const mistakes: readonly { readonly what: string; readonly text: string; readonly problem: string }[] = [
    {
      what: 'an unknown key',
      text: `{ "version": 1, "agent": {}, ${limit} }`,
      problem: '1:17 unknown key "agent"; known here: $schema, version, agents, workflows, workspace, gate',
    },
    {
      what: 'an unknown limit',
      text: `{ "version": 1, ${limit},\n"agents": {"a": {"limits": {"costEur": 1}}} }`,
      problem:
        '2:29 unknown key "costEur"; known here: costUsd, inputTokens, outputTokens, totalTokens, retrievalTokens, toolResultTokens, inputTokensPerCall, outputTokensPerCall, modelCalls, toolCalls, retries, durationMs, contextGrowthPerStep, agents, cacheHitRatio, models',
    },
    {
      what: 'a wrong type',
      text: `{ "version": 1, ${limit}, "gate": { "tolerance": "0.1" } }`,
      problem: '1:91 gate.tolerance must be a number',
    },
    {
      what: 'a negative number',
      text: `{ "version": 1, ${limit}, "gate": { "tolerance": -1 } }`,
      problem: '1:91 gate.tolerance must not be negative',
    },
    {
      what: 'a word that is no reaction',
      text: `{ "version": 1, ${limit}, "agents": { "a": { "onExceed": "explode" } } }`,
      problem: '1:99 agents.a.onExceed must be one of warn, block, escalate',
    },
    {
      what: 'a text where an object belongs',
      text: `{ "version": 1, ${limit}, "agents": "all" }`,
      problem: '1:78 agents must be an object',
    },
    {
      what: 'models that are no list of names',
      text: `{ "version": 1, ${limit}, "agents": { "a": { "limits": { "models": "gpt-5" } } } }`,
      problem: '1:109 agents.a.limits.models must be a list of texts',
    },
    { what: 'another version', text: `{ "version": 2, ${limit} }`, problem: '1:14 "version" must be 1' },
    { what: 'a missing version', text: `{ ${limit} }`, problem: '1:1 the file needs "version"' },
    {
      what: 'a share above 1',
      text: `{ "version": 1, ${limit}, "agents": { "a": { "limits": { "cacheHitRatio": 90 } } } }`,
      problem: '1:116 agents.a.limits.cacheHitRatio must be from 0 to 1',
    },
    {
      what: 'half a tool call',
      text: `{ "version": 1, ${limit}, "agents": { "a": { "limits": { "toolCalls": 2.5 } } } }`,
      problem: '1:112 agents.a.limits.toolCalls must be a whole number',
    },
    {
      what: 'an absurd number',
      text: `{ "version": 1, ${limit}, "agents": { "a": { "limits": { "totalTokens": 1e300 } } } }`,
      problem: '1:114 agents.a.limits.totalTokens must be at most 1,000,000,000,000',
    },
    {
      what: 'a workflow without a root',
      text: `{ "version": 1, ${limit}, "workflows": { "w": { "limits": { "agents": 2 } } } }`,
      problem: '1:88 workflows.w needs "rootAgent"',
    },
  ]
  for (const { what, text, problem } of mistakes)
    it(`names ${what} with its place, and keeps the limit beside it`, () => {
      assert.deepEqual(problemsOf(text), [problem])
      assert.equal(runLimit(text), 2)
    })

  it('keeps limits in front of broken syntax', () => {
    const text = `{ "version": 1, ${limit},\n  "gate": { "tolerance" 0.1 } }`
    const [problem] = readBudgetFile(text).problems
    assert.equal(problem?.line, 2)
    assert.match(problem?.message ?? '', /^this is not valid JSON with comments: /)
    assert.equal(runLimit(text), 2)
  })

  it('takes no limit that is wrong itself', () => {
    for (const wrong of ['-1', '"1"', 'null', '{}'])
      assert.deepEqual(
        readBudgetFile(`{ "version": 1, "workspace": { "limits": { "costUsdPerRun": ${wrong} } } }`)
          .budgets[0]?.limits,
        {},
      )
  })

  it('takes a limit of 0 for a limit', () => {
    const { budgets } = readBudgetFile('{ "version": 1, "workspace": { "limits": { "costUsdPerRun": 0 } } }')
    assert.equal(budgets[0]?.limits.costUsdPerRun?.value, 0)
  })

  it('says that an empty file is no budget file', () => {
    for (const text of ['', '  \n', '// nothing yet'])
      assert.match(readBudgetFile(text).problems[0]?.message ?? '', /empty|not valid JSON/)
  })

  it('throws at nothing', () => {
    for (const text of ['[]', '1', '"x"', '{', '}', '{"version"', '{"version":', 'null', '\uFEFF{}', '\0'])
      assert.ok(readBudgetFile(text).problems.length > 0, text)
    for (const text of ['['.repeat(200_000), '{"a":'.repeat(200_000)])
      assert.ok(readBudgetFile(text).problems.length > 0, text)
  })
})
