// What of a Responses call is billed, and where: polls and re-reads, hosted tools, images, WebSocket frames.
import assert from 'node:assert/strict'
import { RESPONSES, sseOf } from './exchange'
import { MESSAGE_ITEM, RESPONSES_USAGE, readResponses } from './openai-exchange'

describe('providers/openai-responses, billing', () => {
  it('bills a background response where its usage comes, and no re-read of another', () => {
    const done = { id: 'resp_1', status: 'completed', output: [MESSAGE_ITEM], usage: RESPONSES_USAGE }
    const get = { method: 'GET', url: `${RESPONSES}/resp_1`, request: undefined }
    const background = readResponses({ ...done, background: true }, get)
    assert.deepEqual([background.inference.billed, background.usage.inputTokens], [true, 100])
    for (const other of [{ ...done, background: false }, done]) {
      const { inference, usage } = readResponses(other, get)
      assert.deepEqual(
        [inference.billed, usage.inputTokens, usage.origin, usage.raw],
        [false, null, 'unknown', RESPONSES_USAGE],
      )
    }
  })

  it('bills a background stream that is taken up again, and a cancelled one that tells its usage', () => {
    const response = {
      id: 'resp_1',
      status: 'completed',
      background: true,
      output: [MESSAGE_ITEM],
      usage: RESPONSES_USAGE,
    }
    const stream = readResponses(sseOf([{ type: 'response.completed', response }]), {
      method: 'GET',
      url: `${RESPONSES}/resp_1?stream=true&starting_after=4`,
      request: undefined,
    })
    assert.deepEqual([stream.inference.billed, stream.stream, stream.unfinished], [true, true, false])
    const cancelled = readResponses(
      { ...response, status: 'cancelled' },
      { url: `${RESPONSES}/resp_1/cancel`, request: undefined },
    )
    assert.deepEqual([cancelled.inference.billed, cancelled.usage.outputTokens], [true, 9])
  })

  it('does not take the cost of a re-read', () => {
    const usage = { ...RESPONSES_USAGE, cost: 0.5, cost_details: {} }
    const get = { method: 'GET', url: 'https://openrouter.ai/api/v1/responses/resp_1', request: undefined }
    const reading = readResponses(
      { id: 'resp_1', output: [MESSAGE_ITEM], usage },
      { ...get, provider: 'openrouter' },
    )
    assert.equal(reading.inference.providerPicoUsd, undefined)
  })

  it('counts file searches and code runs that were made', () => {
    const calls = [
      { type: 'file_search_call', status: 'completed' },
      { type: 'file_search_call', status: 'failed' },
      { type: 'code_interpreter_call', status: 'completed' },
      { type: 'code_interpreter_call', status: 'completed' },
    ]
    const response = { output: [...calls, MESSAGE_ITEM], usage: RESPONSES_USAGE }
    assert.deepEqual(readResponses(response).usage.units, { fileSearch: 1, codeExecution: 2 })
    assert.deepEqual(readResponses(response, { provider: 'openrouter' }).usage.units, {})
  })

  it('takes xAI’s counts of its tools', () => {
    const details = {
      web_search_calls: 2,
      x_search_calls: 1,
      code_interpreter_calls: 0,
      file_search_calls: 3,
    }
    const usage = { ...RESPONSES_USAGE, server_side_tool_usage_details: details, cost_in_usd_ticks: 50 }
    const reading = readResponses({ output: [MESSAGE_ITEM], usage }, { provider: 'xai' })
    assert.deepEqual(reading.usage.units, { webSearch: 3, fileSearch: 3 })
    assert.equal(reading.inference.providerPicoUsd, 5000)
  })

  it('bills the image model beside the call, and none where no image was made', () => {
    const image = { input_tokens: 50, input_tokens_details: { text_tokens: 50 }, output_tokens: 272 }
    const response = { id: 'r', model: 'gpt-5.4', output: [MESSAGE_ITEM], usage: RESPONSES_USAGE }
    const made = readResponses({ ...response, tool_usage: { image_gen: { ...image, total_tokens: 322 } } })
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
    assert.equal(readResponses({ ...response, tool_usage: none }).inferences.length, 1)
  })

  it('says that an image’s usage is unknown where nobody told it', () => {
    const image = { type: 'image_generation_call', status: 'completed', model: 'gpt-image-1-mini' }
    assert.deepEqual(
      readResponses({ id: 'r', output: [image, MESSAGE_ITEM], usage: RESPONSES_USAGE }).inferences.map(
        (each) => [each.requestModel, each.usage.origin, each.billed],
      ),
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
    const only = readResponses(refused, { ...socket, request })
    assert.deepEqual(
      [only.inference.billed, only.error, only.inference.requestModel, only.prompt[0]?.content],
      [false, { status: 429, code: 'slow_down', message: 'later' }, 'gpt-5.6-sol', 'hi'],
    )
    const created = { type: 'response.created', response: { id: 'resp_2', status: 'in_progress' } }
    const cut = readResponses(`${JSON.stringify(created)}\n{"type":"resp`, {
      ...socket,
      request,
      end: 'truncated',
    })
    assert.deepEqual(
      [cut.inference.billed, cut.usage.origin, cut.unfinished, cut.malformed],
      [true, 'unknown', true, 1],
    )
  })

  it('adds up writes that come by their life only', () => {
    const split = { ttl_30m_tokens: 20, ttl_12h_tokens: 5 }
    const details = { cached_tokens: 10, cache_write_tokens_details: split }
    const { usage } = readResponses({
      output: [MESSAGE_ITEM],
      usage: { ...RESPONSES_USAGE, input_tokens_details: details },
    })
    assert.deepEqual(
      [usage.uncachedInputTokens, usage.cacheWriteTokens['30m'], usage.cacheWriteTokens['12h']],
      [65, 20, 5],
    )
    assert.equal(usage.inputTokens, 100)
  })
})
