// Realtime beyond the fixture: several responses among the frames, failed and broken ones.
import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf } from './exchange'

const created = (id: string) => ({ type: 'response.created', response: { id, status: 'in_progress' } })
const done = (id: string, input_tokens: number) => ({
  type: 'response.done',
  response: {
    id,
    status: 'completed',
    output: [],
    usage: { input_tokens, output_tokens: 1, total_tokens: input_tokens + 1 },
  },
})

function read(frames: readonly unknown[]) {
  const response = frames.map((frame) => JSON.stringify(frame)).join('\n')
  const url = 'wss://api.openai.com/v1/realtime?model=gpt-realtime'
  return readExchange(exchangeOf({ method: 'GET', url, status: 101, transport: 'websocket', response }))
}

describe('providers/openai-realtime', () => {
  it('counts every finished response once', () => {
    const { inferences } = read([created('a'), done('a', 5), created('b'), done('b', 9)])
    assert.deepEqual(
      inferences.map(({ responseId, requestModel, usage }) => [responseId, requestModel, usage.inputTokens]),
      [
        ['a', 'gpt-realtime', 5],
        ['b', 'gpt-realtime', 9],
      ],
    )
  })

  it('knows no usage of a response that broke off, and bills none that failed', () => {
    const cut = read([created('a')])
    assert.deepEqual(
      [cut.unfinished, cut.inferences.map(({ billed, usage }) => [billed, usage.origin])],
      [true, [[true, 'unknown']]],
    )
    const failed = read([created('a'), { type: 'response.done', response: { id: 'a', status: 'failed' } }])
    assert.deepEqual(
      failed.inferences.map(({ billed }) => billed),
      [false],
    )
  })

  it('bills nothing where no response was asked for', () => {
    const { inferences, error } = read([{ type: 'error', error: { code: 'bad', message: 'no' } }])
    assert.deepEqual([inferences.map(({ billed }) => billed), error?.code], [[false], 'bad'])
  })
})
