// The budget file: every mistake with its place, and whatever else can be read still counts.

import assert from 'node:assert/strict'
import { readBudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'

const problemsOf = (text: string) =>
  readBudgetFile(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`)

describe('readBudgetFile', () => {
  it('reads limits with the place where they are written', () => {
    const { workspace, problems } = readBudgetFile(
      [
        '{',
        '  // what a run may cost',
        '  "version": 1,',
        '  "workspace": { "limits": { "costUsdPerRun": 0.5, "costUsdPerDay": 10 } },',
        '}',
      ].join('\n'),
    )
    assert.deepEqual(problems, [])
    assert.deepEqual(workspace, {
      costUsdPerRun: { value: 0.5, position: { line: 4, column: 30 } },
      costUsdPerDay: { value: 10, position: { line: 4, column: 52 } },
    })
  })

  it('counts lines of files written on Windows', () => {
    const { workspace } = readBudgetFile(
      '{\r\n"version": 1,\r\n"workspace": {"limits": {"costUsdPerRun": 1}}}',
    )
    assert.deepEqual(workspace.costUsdPerRun?.position, { line: 3, column: 26 })
  })

  it('takes the file that the documentation shows', () => {
    assert.deepEqual(
      problemsOf(`{
        "$schema": "./budgets.schema.json",
        "version": 1,
        "agents": {
          "support-agent": {
            "agentVersion": "1.4.0",
            "limits": { "costUsd": 0.05, "models": ["gpt-5-mini"], "cacheHitRatio": 0.5 },
            "steps": { "plan": { "limits": { "inputTokens": 4000 } } },
            "intents": {
              "order-status-lookup": {
                "limits": { "totalTokens": 6000, "retrievalTokens": 3000, "outputTokensPerCall": 800, "toolCalls": 3 },
                "clampOutput": true,
                "onExceed": "escalate", "escalation": "support-lead",
                "baseline": { "invocations": 212, "measuredAt": "2026-11-20", "headroom": 0.2, "prices": "sha256:1",
                              "totalTokens": { "p50": 2900, "p95": 4100, "p99": 5000 } }
              }
            }
          }
        },
        "workflows": { "refund": { "rootAgent": "orchestrator", "limits": { "costUsd": 0.25, "agents": 5 } } },
        "workspace": { "limits": { "costUsdPerRun": 1, "costUsdPerDay": 10 } },
        "gate": { "percentile": "p95", "minInvocations": 5, "tolerance": 0.1 }
      }`),
      [],
    )
  })

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
    { what: 'a missing version', text: `{ ${limit} }`, problem: '1:1 "version" must be 1' },
  ]
  for (const { what, text, problem } of mistakes)
    it(`names ${what} with its place, and keeps the limit beside it`, () => {
      assert.deepEqual(problemsOf(text), [problem])
      assert.equal(readBudgetFile(text).workspace.costUsdPerRun?.value, 2)
    })

  it('keeps limits in front of broken syntax', () => {
    const text = `{ "version": 1, ${limit},\n  "gate": { "tolerance" 0.1 } }`
    const [problem] = readBudgetFile(text).problems
    assert.equal(problem?.line, 2)
    assert.match(problem?.message ?? '', /^this is not valid JSON with comments: /)
    assert.equal(readBudgetFile(text).workspace.costUsdPerRun?.value, 2)
  })

  it('takes no limit that is wrong itself', () => {
    for (const wrong of ['-1', '"1"', 'null', '{}'])
      assert.deepEqual(
        readBudgetFile(`{ "version": 1, "workspace": { "limits": { "costUsdPerRun": ${wrong} } } }`)
          .workspace,
        {},
      )
  })

  it('takes a limit of 0 for a limit', () => {
    const { workspace } = readBudgetFile(
      '{ "version": 1, "workspace": { "limits": { "costUsdPerRun": 0 } } }',
    )
    assert.equal(workspace.costUsdPerRun?.value, 0)
  })

  it('says that an empty file is no budget file', () => {
    for (const text of ['', '  \n', '// nothing yet'])
      assert.match(readBudgetFile(text).problems[0]?.message ?? '', /empty|not valid JSON/)
  })

  it('throws at nothing', () => {
    for (const text of ['[]', '1', '"x"', '{', '}', '{"version"', '{"version":', 'null', '\uFEFF{}', '\0'])
      assert.ok(readBudgetFile(text).problems.length > 0, text)
  })
})
