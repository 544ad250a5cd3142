// Limits that make no sense together: each is told where it stands, and both still count.

import assert from 'node:assert/strict'
import { readBudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'

/** The problems of one agent `a`, whose object begins at line 2. */
const problemsOf = (agent: string, more = '') =>
  readBudgetFile(`{ "version": 1, "agents": { "a":\n${agent} }${more} }`).problems.map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  )

describe('budgets/file/contradictions', () => {
  it('names a part that is larger than its whole', () => {
    assert.deepEqual(problemsOf('{ "limits": { "inputTokens": 4000, "inputTokensPerCall": 5000 } }'), [
      '2:36 inputTokensPerCall 5,000 can never be reached: inputTokens is 4,000',
    ])
    assert.deepEqual(problemsOf('{ "limits": { "inputTokens": 4000, "inputTokensPerCall": 4000 } }'), [])
  })

  it('names a step above its agent, and above a whole of its agent', () => {
    const steps = (limits: string) =>
      `{ "limits": { "totalTokens": 6000 }, "steps": { "plan": { "limits": ${limits} } } }`
    assert.deepEqual(problemsOf(steps('{ "totalTokens": 7000 }')), [
      '2:71 totalTokens 7,000 can never be reached: totalTokens of agents.a is 6,000',
    ])
    assert.deepEqual(problemsOf(steps('{ "inputTokens": 7000 }')), [
      '2:71 inputTokens 7,000 can never be reached: totalTokens of agents.a is 6,000',
    ])
    assert.deepEqual(problemsOf(steps('{ "inputTokens": 3000 }')), [])
  })

  it('names an intent above its agent, its workflow, a run and a day', () => {
    const intent = '{ "intents": { "i": { "limits": { "costUsd": 3 } } } }'
    const told = (around: string) => [`2:35 costUsd $3.00 can never be reached: ${around}`]
    assert.deepEqual(problemsOf(`{ "limits": { "costUsd": 0.5 }, ${intent.slice(2)}`), [
      '2:65 costUsd $3.00 can never be reached: costUsd of agents.a is $0.50',
    ])
    assert.deepEqual(
      problemsOf(intent, ', "workflows": { "w": { "rootAgent": "a", "limits": { "costUsd": 2 } } }'),
      told('costUsd of workflows.w is $2.00'),
    )
    assert.deepEqual(
      problemsOf(intent, ', "workspace": { "limits": { "costUsdPerRun": 1 } }'),
      told('costUsdPerRun of workspace is $1.00'),
    )
    assert.deepEqual(
      problemsOf('{}', ', "workspace": { "limits": { "costUsdPerRun": 9, "costUsdPerDay": 8.5 } }'),
      ['2:34 costUsdPerRun $9.00 can never be reached: costUsdPerDay of workspace is $8.50'],
    )
  })

  it('tells them as warnings: the limits count all the same', () => {
    const { budgets, problems } = readBudgetFile(
      '{ "version": 1, "agents": { "a": { "limits": { "inputTokens": 7000, "totalTokens": 6000 } } } }',
    )
    assert.deepEqual(
      problems.map(({ severity }) => severity),
      ['warning'],
    )
    assert.equal(budgets[0]?.limits.inputTokens?.value, 7000)
  })

  it('leaves other agents and other intents alone', () => {
    const other = ', "workflows": { "w": { "rootAgent": "b", "limits": { "totalTokens": 1 } } }'
    assert.deepEqual(problemsOf('{ "limits": { "totalTokens": 5 } }', other), [])
    const intents =
      '"i": { "limits": { "totalTokens": 5 } }, "j": { "steps": { "s": { "limits": { "totalTokens": 9 } } } }'
    assert.deepEqual(problemsOf(`{ "intents": { ${intents} } }`), [])
  })

  it('says nothing of limits that were derived from what was measured', () => {
    const baseline =
      '{ "invocations": 40, "measuredAt": "2026-11-20", "headroom": 0.2, "totalTokens": { "p50": 1, "p95": 2, "p99": 5000 } }'
    const intent = `{ "limits": { "totalTokens": 5500 }, "intents": { "i": { "limits": { "totalTokens": 6000 }, "baseline": ${baseline} } } }`
    assert.deepEqual(problemsOf(intent), [])
    assert.deepEqual(problemsOf(intent.replace('6000', '6001')), [
      '2:70 totalTokens 6,001 can never be reached: totalTokens of agents.a is 5,500',
    ])
  })

  it('names lists of models that leave none', () => {
    assert.deepEqual(problemsOf('{ "limits": { "models": [] } }'), [
      '2:15 models names no model, so none may be called',
    ])
    const steps = '"steps": { "s": { "limits": { "models": ["gpt-5"] } } }'
    assert.deepEqual(problemsOf(`{ "limits": { "models": ["gpt-5-mini"] }, ${steps} }`), [
      '2:73 models has none in common with models of agents.a, so none may be called',
    ])
    assert.deepEqual(problemsOf(`{ "limits": { "models": ["gpt-5-mini", "gpt-5"] }, ${steps} }`), [])
  })

  it('wants a name for an escalation, where there are limits that start it', () => {
    const message = '"escalate" needs an "escalation": the name of what it starts'
    const limits = '"limits": { "totalTokens": 5 }'
    assert.deepEqual(problemsOf(`{ "onExceed": "escalate", ${limits} }`), [`2:3 ${message}`])
    assert.deepEqual(problemsOf(`{ "onExceed": "escalate", "intents": { "i": { ${limits} } } }`), [
      `2:40 ${message}`,
    ])
    assert.deepEqual(
      problemsOf(`{ "onExceed": "escalate", "intents": { "i": { "escalation": "ops", ${limits} } } }`),
      [],
    )
  })
})
