// Everything of one stored span, and where to go from it.

import assert from 'node:assert/strict'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { storedSpanAnswer } from '../../profiler-agent/span-answer'
import { readSpans } from '../../profiler-agent/store/reader'
import { openStore, type Store } from '../../profiler-agent/store/store'
import { type TestFolder, temporaryFolder } from '../support/test-folders'
import { pipelineOver } from '../support/test-pipeline'

const AT = Date.parse('2026-11-22T10:00:00.000Z')
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const idOf = (run: string, call: number) =>
  `00000000-0000-4000-8${run.charCodeAt(0)}0-${String(call).padStart(12, '0')}`
const user = (text: string) => ({ role: 'user', content: text })
const model = (text: string) => ({ role: 'assistant', content: text })

function exchangeOf(
  run: string,
  call: number,
  messages: readonly object[],
  more: Partial<HttpExchange> = {},
): HttpExchange {
  return {
    id: idOf(run, call),
    runId: run,
    provider: 'anthropic',
    method: 'POST',
    url: 'https://api.anthropic.com/v1/messages',
    requestHeaders: {},
    requestBody: bytes({ model: 'claude-opus-4-5', max_tokens: 100, messages }),
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: bytes({
      ...{ id: `msg_${run}${call}`, type: 'message', role: 'assistant', model: 'claude-opus-4-5' },
      ...{ content: [{ type: 'text', text: `Berth ${call}` }], stop_reason: 'end_turn' },
      usage: { input_tokens: 100 * call, output_tokens: 10 },
    }),
    startTime: AT + call * 2000 + (run === 'a' ? 0 : 60_000),
    firstByteMs: 400,
    durationMs: 1000,
    end: 'complete',
    copyTruncated: false,
    attribution: { agent: 'harbour' },
    ...more,
  }
}

describe('the answer about a stored span', () => {
  let folder: TestFolder
  let store: Store
  beforeEach(() => {
    folder = temporaryFolder('span-answer')
    store = openStore(folder.path)
    const pipeline = pipelineOver(store)
    for (const [index, id] of ['a', 'b'].entries())
      pipeline.announce({
        id,
        name: 'moor',
        command: 'moor',
        startedAt: AT + 60_000 * index,
        tags: {},
        defaults: {},
      })
    const failure = {
      status: 529,
      responseBody: bytes({ type: 'error', error: { type: 'overloaded_error', message: 'Later' } }),
    }
    const first = [user('Is A3 free?')]
    const second = [...first, model('Berth 1'), user('And B1?')]
    for (const run of ['a', 'b']) {
      pipeline.add(exchangeOf(run, 1, first))
      pipeline.add(exchangeOf(run, 2, second, failure))
      pipeline.add(exchangeOf(run, 3, second))
      pipeline.add(exchangeOf(run, 4, [...second, model('Berth 3'), user('Thanks')]))
    }
  })
  afterEach(() => {
    store.close()
    folder.remove()
  })

  it('names the requests before and after it in its conversation', () => {
    const found = storedSpanAnswer(store, 'b', idOf('b', 3))
    assert.deepEqual([found?.before, found?.after], [idOf('b', 1), idOf('b', 4)])
    const last = storedSpanAnswer(store, 'b', idOf('b', 4))
    assert.deepEqual([last?.before, last?.after], [idOf('b', 3), undefined])
    assert.equal(storedSpanAnswer(store, 'b', idOf('b', 1))?.before, undefined)
  })

  it('names all attempts of a call in their order', () => {
    const attempts = [idOf('b', 2), idOf('b', 3)]
    assert.deepEqual(storedSpanAnswer(store, 'b', idOf('b', 2))?.attempts, attempts)
    assert.deepEqual(storedSpanAnswer(store, 'b', idOf('b', 3))?.attempts, attempts)
    assert.deepEqual(storedSpanAnswer(store, 'b', idOf('b', 1))?.attempts, [idOf('b', 1)])
  })

  it('names the same call in the run before', () => {
    const then = readSpans(store, 'a').find(({ id }) => id === idOf('a', 4))
    assert.deepEqual(storedSpanAnswer(store, 'b', idOf('b', 4))?.runBefore, {
      runId: 'a',
      spanId: idOf('a', 4),
      picoUsd: then?.modelCall?.cost?.picoUsd,
    })
    assert.equal(storedSpanAnswer(store, 'a', idOf('a', 4))?.runBefore, undefined)
  })

  it('sums what is below a span', () => {
    const spans = readSpans(store, 'b')
    const agent = spans.find(({ kind }) => kind === 'agent')
    const totals = storedSpanAnswer(store, 'b', agent?.id ?? '')?.totals
    assert.deepEqual(
      [totals?.calls, totals?.attempts, totals?.errors, totals?.usage.inputTokens],
      [3, 4, 1, 800],
    )
    assert.equal(
      totals?.cost?.picoUsd,
      spans.reduce((sum, { modelCall }) => sum + (modelCall?.cost?.picoUsd ?? 0), 0),
    )
  })

  it('tells the cost of what is below by bucket, also of a run that no span stands for', () => {
    // 800 tokens of input at $5 and 3 times 10 of output at $25 a million.
    const byBucket = {
      uncachedInput: 4_000_000_000,
      cacheRead: 0,
      cacheWrite: 0,
      output: 750_000_000,
      units: 0,
    }
    const found = storedSpanAnswer(store, 'b', 'b')
    assert.deepEqual(found?.byBucket, byBucket)
    assert.equal(found?.totals.cost?.picoUsd, 4_750_000_000)
    assert.deepEqual([found?.span.kind, found?.span.name], ['run', 'moor'])
    assert.equal(storedSpanAnswer(store, 'b', idOf('b', 2))?.byBucket, null)
  })

  it('of a span that is not stored is null', () => {
    assert.equal(storedSpanAnswer(store, 'b', 'nobody'), null)
    assert.equal(storedSpanAnswer(store, 'c', idOf('b', 1)), null)
  })
})
