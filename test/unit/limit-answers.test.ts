// Limits of a budget file against a store whose runs grow.

import assert from 'node:assert/strict'
import { readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import { LimitAnswers } from '../../profiler-agent/limit-answers'
import { readRuns } from '../../profiler-agent/store/reader'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { exchangeCalled } from '../support/exchanges'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const FILE = `{
  "version": 1,
  "agents": {
    "desk": {
      "limits": { "totalTokens": 500 },
      "intents": { "refund": { "limits": { "totalTokens": 150 } } },
      "steps": { "plan": { "limits": { "outputTokens": 100 } } }
    },
    "nobody": { "limits": { "modelCalls": 3 } }
  },
  "workspace": { "limits": { "costUsdPerRun": 1, "costUsdPerDay": 10 } },
  "gate": { "minInvocations": 2 }
}`

/** Noon, wherever the test runs, so that no day ends in between. */
const NOON = new Date(2026, 10, 20, 12).getTime()

describe('limits against everything recorded', () => {
  let folder: TestFolder
  let store: Store
  let pipeline: ReturnType<typeof pipelineOver>
  let answers: LimitAnswers
  let calls = 0

  beforeEach(() => {
    folder = temporaryFolder('limits')
    store = openStore(folder.path)
    pipeline = pipelineOver(store)
    calls = 0
    answers = new LimitAnswers({
      store,
      runs: (limit) => readRuns(store, limit),
      isActive: () => false,
    })
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  /** One invocation with one call of `tokens` input and 50 output tokens. */
  function record(
    runId: string,
    tokens: number,
    said: { readonly intent?: string; readonly step?: string } = {},
  ) {
    const at = ++calls
    const body = (value: object) => new TextEncoder().encode(JSON.stringify(value))
    pipeline.add({
      ...exchangeCalled(`00000000-0000-4000-8000-${String(at).padStart(12, '0')}`),
      runId,
      startTime: NOON + at * 1000,
      requestBody: body({ model: 'gpt-4.1', messages: [{ role: 'user', content: `Question ${at}` }] }),
      responseBody: body({
        id: `x${at}`,
        model: 'gpt-4.1',
        choices: [{ message: { role: 'assistant', content: `Answer ${at}` }, finish_reason: 'stop' }],
        usage: { prompt_tokens: tokens, completion_tokens: 50, total_tokens: tokens + 50 },
      }),
      attribution: { agent: 'desk', ...said },
    })
  }

  const answer = () => answers.of(readBudgetFile(FILE))
  const picture = async () =>
    (await answer()).limits.map(({ scope, limit, n, percentiles, verdict }) =>
      [Object.values(scope).join(' '), limit, n, percentiles?.p95 ?? null, verdict].join(' · '),
    )

  it('are judged in the order of the file, each over what it is about', async () => {
    record('a', 100, { intent: 'refund', step: 'plan' })
    record('a', 200, { intent: 'refund' })
    record('b', 300)
    assert.deepEqual(await picture(), [
      'agent desk · totalTokens · 3 · 350 · fine',
      'step desk plan · outputTokens · 1 · 50 · indeterminate',
      'agent desk refund · totalTokens · 2 · 250 · over',
      'agent nobody · modelCalls · 0 ·  · indeterminate',
      // 300 + 300 input tokens at $2, 150 output tokens at $8 a million
      'run · costUsdPerRun · 2 · 0.0014 · fine',
      'day · costUsdPerDay · 1 · 0.0024 · fine',
    ])
  })

  it('follow a run that grows, and one that is deleted', async () => {
    record('a', 100)
    assert.equal((await answer()).limits[0]?.n, 1)
    record('a', 480)
    record('b', 100)
    const [desk] = (await answer()).limits
    assert.equal(desk?.n, 3)
    assert.deepEqual(
      desk?.last.map(({ runId, value, isOver }) => [runId, value, isOver]),
      [
        ['b', 150, false],
        ['a', 530, true],
        ['a', 150, false],
      ],
    )
    store.deleteRuns(['a'])
    assert.equal((await answer()).limits[0]?.n, 1)
  })

  it('come with the names that limits can be set for', async () => {
    record('a', 100, { intent: 'refund', step: 'plan' })
    record('b', 100, { intent: 'order-status', step: 'answer' })
    assert.deepEqual((await answer()).agents, [
      { agent: 'desk', intents: ['order-status', 'refund'], steps: ['answer', 'plan'] },
    ])
  })

  it('are answered again after a failure', async () => {
    record('a', 100)
    let isBroken = true
    const failing = new LimitAnswers({
      ...answers.sources,
      runs: (limit) => {
        if (isBroken) throw new Error('database is locked')
        return readRuns(store, limit)
      },
    })
    await assert.rejects(failing.of(readBudgetFile(FILE)), /locked/)
    isBroken = false
    assert.equal((await failing.of(readBudgetFile(FILE))).limits[0]?.n, 1)
  })

  it('are asked twice at the same time and measured once each', async () => {
    record('a', 100)
    const [first, second] = await Promise.all([answer(), answer()])
    assert.deepEqual(first, second)
  })
})
