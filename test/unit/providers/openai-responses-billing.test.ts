// What of a Responses call is billed, and where: polls and re-reads, hosted tools, images, WebSocket frames.
import assert from 'node:assert/strict'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import { readExchange } from '../../../profiler-agent/providers'
import { exchangeOf, RESPONSES, sseOf } from './exchange'

const USAGE = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 109,
}
const message = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'hi', annotations: [] }],
}

function read(response: unknown, more: Partial<HttpExchange> & { request?: unknown } = {}) {
  const reading = readExchange(
    exchangeOf({ url: RESPONSES, request: { model: 'm', input: 'x' }, response, ...more }),
  )
  const [inference] = reading.inferences
  assert.ok(inference)
  return { ...reading, inference, usage: inference.usage }
}

describe('providers/openai-responses, billing', () => {
  it('bills a background response where its usage comes, and no re-read of another', () => {
    const done = { id: 'resp_1', status: 'completed', output: [message], usage: USAGE }
    const get = { method: 'GET', url: `${RESPONSES}/resp_1`, request: undefined }
    const background = read({ ...done, background: true }, get)
    assert.deepEqual([background.inference.billed, background.usage.inputTokens], [true, 100])
    for (const other of [{ ...done, background: false }, done]) {
      const { inference, usage } = read(other, get)
      assert.deepEqual(
        [inference.billed, usage.inputTokens, usage.origin, usage.raw],
        [false, null, 'unknown', USAGE],
      )
    }
  })

  it('bills a background stream that is taken up again, and a cancelled one that tells its usage', () => {
    const response = { id: 'resp_1', status: 'completed', background: true, output: [message], usage: USAGE }
    const stream = read(sseOf([{ type: 'response.completed', response }]), {
      method: 'GET',
      url: `${RESPONSES}/resp_1?stream=true&starting_after=4`,
      request: undefined,
    })
    assert.deepEqual([stream.inference.billed, stream.stream, stream.unfinished], [true, true, false])
    const cancelled = read(
      { ...response, status: 'cancelled' },
      { url: `${RESPONSES}/resp_1/cancel`, request: undefined },
    )
    assert.deepEqual([cancelled.inference.billed, cancelled.usage.outputTokens], [true, 9])
  })

  it('does not take the cost of a re-read', () => {
    const usage = { ...USAGE, cost: 0.5, cost_details: {} }
    const get = { method: 'GET', url: 'https://openrouter.ai/api/v1/responses/resp_1', request: undefined }
    const reading = read({ id: 'resp_1', output: [message], usage }, { ...get, provider: 'openrouter' })
    assert.equal(reading.inference.providerPicoUsd, undefined)
  })

  it('counts file searches and code runs that were made', () => {
    const calls = [
      { type: 'file_search_call', status: 'completed' },
      { type: 'file_search_call', status: 'failed' },
      { type: 'code_interpreter_call', status: 'completed' },
      { type: 'code_interpreter_call', status: 'completed' },
    ]
    const response = { output: [...calls, message], usage: USAGE }
    assert.deepEqual(read(response).usage.units, { fileSearch: 1, codeExecution: 2 })
    assert.deepEqual(read(response, { provider: 'openrouter' }).usage.units, {})
  })

  it('takes xAI’s counts of its tools', () => {
    const details = {
      web_search_calls: 2,
      x_search_calls: 1,
      code_interpreter_calls: 0,
      file_search_calls: 3,
    }
    const usage = { ...USAGE, server_side_tool_usage_details: details, cost_in_usd_ticks: 50 }
    const reading = read({ output: [message], usage }, { provider: 'xai' })
    assert.deepEqual(reading.usage.units, { webSearch: 3, fileSearch: 3 })
    assert.equal(reading.inference.providerPicoUsd, 5000)
  })

  it('bills the image model beside the call, and none where no image was made', () => {
    const image = { input_tokens: 50, input_tokens_details: { text_tokens: 50 }, output_tokens: 272 }
    const response = { id: 'r', model: 'gpt-5.4', output: [message], usage: USAGE }
    const made = read({ ...response, tool_usage: { image_gen: { ...image, total_tokens: 322 } } })
    assert.deepEqual(
      made.inferences.map(({ kind, requestModel, usage, modalities }) => [
        kind,
        requestModel,
        usage.inputTokens,
        usage.outputTokens,
        modalities,
      ]),
      [
        ['chat', 'm', 100, 9, undefined],
        ['other', 'gpt-image-1', 50, 272, { imageOutput: 272 }],
      ],
    )
    const none = { image_gen: { input_tokens: 0, output_tokens: 0, total_tokens: 0 } }
    assert.equal(read({ ...response, tool_usage: none }).inferences.length, 1)
  })

  it('says that an image’s usage is unknown where nobody told it', () => {
    const image = { type: 'image_generation_call', status: 'completed', model: 'gpt-image-1-mini' }
    assert.deepEqual(
      read({ id: 'r', output: [image, message], usage: USAGE }).inferences.map((each) => [
        each.requestModel,
        each.usage.origin,
        each.billed,
      ]),
      [
        ['m', 'reported', true],
        ['gpt-image-1-mini', 'unknown', true],
      ],
    )
  })

  it('reads the frames of a WebSocket, one or many', () => {
    const socket = { method: 'GET', status: 101, transport: 'websocket' as const }
    const request = { type: 'response.create', response: { model: 'gpt-5.6-sol', input: 'hi' } }
    const refused = { type: 'error', status: 429, error: { code: 'slow_down', message: 'later' } }
    const only = read(refused, { ...socket, request })
    assert.deepEqual(
      [only.inference.billed, only.error, only.inference.requestModel, only.prompt[0]?.content],
      [false, { status: 429, code: 'slow_down', message: 'later' }, 'gpt-5.6-sol', 'hi'],
    )
    const created = { type: 'response.created', response: { id: 'resp_2', status: 'in_progress' } }
    const cut = read(`${JSON.stringify(created)}\n{"type":"resp`, { ...socket, request, end: 'truncated' })
    assert.deepEqual(
      [cut.inference.billed, cut.usage.origin, cut.unfinished, cut.malformed],
      [true, 'unknown', true, 1],
    )
  })

  it('adds up writes that come by their life only', () => {
    const split = { ttl_30m_tokens: 20, ttl_12h_tokens: 5 }
    const details = { cached_tokens: 10, cache_write_tokens_details: split }
    const { usage } = read({ output: [message], usage: { ...USAGE, input_tokens_details: details } })
    assert.deepEqual(
      [usage.uncachedInputTokens, usage.cacheWriteTokens['30m'], usage.cacheWriteTokens['12h']],
      [65, 20, 5],
    )
    assert.equal(usage.inputTokens, 100)
  })
})
