// A run goes on where the store has it: after a restart of the profiler, in another process, after a long pause.

import assert from 'node:assert/strict'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { readPrompts, readSpans } from '../../profiler-agent/store/reader'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const AT = Date.parse('2026-11-22T10:00:00.000Z')
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

/** The step of a conversation whose request holds everything before it. */
function stepOf(step: number, attribution: HttpExchange['attribution'] = {}): HttpExchange {
  const messages = Array.from({ length: 2 * step - 1 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `message ${index}`,
  }))
  return {
    id: `00000000-0000-4000-8000-00000000000${step}`,
    runId: 'r',
    provider: 'openai',
    method: 'POST',
    url: 'https://api.openai.com/v1/chat/completions',
    requestHeaders: {},
    requestBody: bytes({ model: 'gpt-5-mini', messages }),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: bytes({
      id: `chatcmpl-${step}`,
      model: 'gpt-5-mini',
      choices: [{ index: 0, message: { role: 'assistant', content: `message ${2 * step - 1}` } }],
      usage: { prompt_tokens: 10 * step, completion_tokens: 5 },
    }),
    startTime: AT + step * 1000,
    durationMs: 500,
    end: 'complete',
    copyTruncated: false,
    attribution,
  }
}

describe('a run that goes on', () => {
  let folder: TestFolder
  let store: Store
  beforeEach(() => {
    folder = temporaryFolder('resumed')
    store = openStore(folder.path)
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  /** Spans without what tells one process from another. */
  const outline = () =>
    readSpans(store, 'r').map(({ id, parentId, kind, name }) => [id, parentId, kind, name])

  for (const attribution of [{}, { agent: 'desk' }, { agent: 'desk', agentId: 'desk-7' }])
    it(`has the same tree as one that was never interrupted, said ${JSON.stringify(attribution)}`, () => {
      const whole = pipelineOver(store)
      for (const step of [1, 2, 3, 4]) whole.add(stepOf(step, attribution))
      const [expected, prompts] = [outline(), [...readPrompts(store, 'r')]]
      store.deleteRuns(['r'])
      for (const step of [1, 2, 3, 4]) pipelineOver(store).add(stepOf(step, attribution))
      assert.deepEqual(outline(), expected)
      assert.deepEqual([...readPrompts(store, 'r')], prompts)
      assert.equal(outline().filter(([, , kind]) => kind === 'agent').length, 1)
    })

  it('knows a retry of what failed before', () => {
    const attempt = (number: number, status: number) => ({
      ...stepOf(number),
      requestBody: stepOf(1).requestBody,
      ...(status === 200 ? {} : { status, responseBody: bytes({ error: { message: 'slow down' } }) }),
    })
    pipelineOver(store).add(attempt(1, 429))
    pipelineOver(store).add(attempt(2, 503))
    pipelineOver(store).add(attempt(3, 200))
    const calls = readSpans(store, 'r').flatMap(({ parentId, modelCall }) =>
      modelCall ? [[parentId, modelCall.attempt.number, modelCall.attempt.logicalId]] : [],
    )
    const [first] = calls
    assert.deepEqual(
      calls,
      [1, 2, 3].map((number) => [first?.[0], number, stepOf(1).id]),
    )
  })

  it('is let go of when it rests, and goes on the same', () => {
    const pipeline = pipelineOver(store)
    for (const step of [1, 2]) pipeline.add(stepOf(step))
    pipeline.rest(-1)
    assert.deepEqual(pipeline.runIds, [])
    pipeline.add(stepOf(3))
    assert.equal(outline().filter(([, , kind]) => kind === 'agent').length, 1)
  })

  it('is one conversation where two processes record it by turns', () => {
    const other = openStore(folder.path)
    const pipelines = [pipelineOver(store), pipelineOver(other)]
    for (const step of [1, 2, 3, 4]) pipelines[step % 2]?.add(stepOf(step))
    other.close()
    assert.equal(outline().filter(([, , kind]) => kind === 'agent').length, 1)
    assert.deepEqual(
      outline().flatMap(([, , kind, name]) => (kind === 'step' ? [name] : [])),
      ['step 1', 'step 2', 'step 3', 'step 4'],
    )
  })

  it('stores each text once', () => {
    const pipeline = pipelineOver(store)
    for (const step of [1, 2, 3, 4]) pipeline.add(stepOf(step))
    assert.equal(store.prepare('SELECT count(*) AS n FROM contents').get()?.n, 8)
  })
})
