// What of a Messages exchange is billed, at which model: iterations, refusals, batches, other makes of the same format.
import assert from 'node:assert/strict'
import type { HttpExchange } from '../../../profiler-agent/model/exchange'
import { MESSAGES, type Parts, readFirst, sseOf } from './exchange'

const NOVEMBER = Date.parse('2026-11-20T12:00:00Z')
const content = [{ type: 'text', text: 'hi' }]

const read = (response: unknown, more: Parts = {}) =>
  readFirst({
    provider: 'anthropic',
    url: MESSAGES,
    request: { model: 'm' },
    response,
    startTime: NOVEMBER,
    ...more,
  })

/** Model, input, cache reads, 5m writes and output of every inference. */
function billOf(usage: object): unknown[] {
  return read({ model: 'top', content, stop_reason: 'end_turn', usage }).inferences.map(
    ({ responseModel, usage: each }) => [
      responseModel,
      each.uncachedInputTokens,
      each.cacheReadTokens,
      each.cacheWriteTokens['5m'],
      each.outputTokens,
    ],
  )
}

const refused = (category: string | null, parts: unknown[] = []) => ({
  id: 'msg_r',
  model: 'top',
  content: parts,
  stop_reason: 'refusal',
  stop_details: { type: 'refusal', category },
  usage: { input_tokens: 412, output_tokens: parts.length },
})

describe('providers/anthropic billing', () => {
  it('bills a compaction, which the top level leaves out', () => {
    const compaction = {
      type: 'compaction',
      input_tokens: 100,
      output_tokens: 125,
      cache_creation_input_tokens: 55_000,
      cache_read_input_tokens: 0,
    }
    const message = { type: 'message', input_tokens: 220, output_tokens: 8 }
    assert.deepEqual(billOf({ input_tokens: 220, output_tokens: 8, iterations: [compaction, message] }), [
      ['top', 100, 0, 55_000, 125],
      ['top', 220, null, null, 8],
    ])
  })

  it('bills an advisor and a fallback at their own models', () => {
    const iterations = [
      { type: 'message', model: 'first', input_tokens: 408, output_tokens: 3 },
      { type: 'advisor_message', model: 'adviser', input_tokens: 900, output_tokens: 20 },
      { type: 'fallback_message', model: 'second', input_tokens: 412, output_tokens: 264 },
    ]
    assert.deepEqual(billOf({ input_tokens: 412, output_tokens: 264, iterations }), [
      ['first', 408, null, null, 3],
      ['adviser', 900, null, null, 20],
      ['second', 412, null, null, 264],
    ])
  })

  it('keeps the thinking that only the top level tells of a single iteration', () => {
    const { usage, inferences } = read({
      content,
      usage: {
        input_tokens: 10,
        output_tokens: 168,
        cache_read_input_tokens: 24_000,
        output_tokens_details: { thinking_tokens: 75 },
        iterations: [
          { type: 'message', input_tokens: 10, output_tokens: 168, cache_read_input_tokens: 24_000 },
        ],
      },
    })
    assert.deepEqual(
      [inferences.length, usage.inputTokens, usage.outputTokens, usage.reasoningTokens],
      [1, 24_010, 168, 75],
    )
  })

  it('trap 28: takes iterations and searches made from the last delta of a stream', () => {
    const iterations = [
      { type: 'message', input_tokens: 5, output_tokens: 2 },
      { type: 'message', input_tokens: 9, output_tokens: 3 },
    ]
    const stream = sseOf([
      { type: 'message_start', message: { model: 'top', usage: { input_tokens: 5, output_tokens: 1 } } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: {
          input_tokens: 14,
          output_tokens: 5,
          iterations,
          server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
        },
      },
      { type: 'message_stop' },
    ])
    assert.deepEqual(
      read(stream).inferences.map(({ usage }) => [usage.inputTokens, usage.outputTokens, usage.units]),
      [
        [5, 2, {}],
        [9, 3, { webSearch: 2, webFetch: 1 }],
      ],
    )
  })

  it('puts what server tools wrote while the stream ran into 5m', () => {
    const split = { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 40 }
    const start = {
      input_tokens: 7,
      cache_creation_input_tokens: 140,
      cache_creation: split,
      output_tokens: 1,
    }
    const stream = sseOf([
      { type: 'message_start', message: { usage: start } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { cache_creation_input_tokens: 640, output_tokens: 30 },
      },
    ])
    const { cacheWriteTokens, inputTokens } = read(stream).usage
    assert.deepEqual([cacheWriteTokens['5m'], cacheWriteTokens['1h'], inputTokens], [600, 40, 647])
  })

  it('believes the start where a server of another make sends zeros at the end', () => {
    const stream = (usage: object) =>
      sseOf([
        {
          type: 'message_start',
          message: { usage: { input_tokens: 70, cache_read_input_tokens: 30, output_tokens: 0 } },
        },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
        { type: 'message_stop' },
      ])
    const zeros = read(stream({ input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 9 })).usage
    assert.deepEqual([zeros.uncachedInputTokens, zeros.cacheReadTokens, zeros.outputTokens], [70, 30, 9])
    const moved = read(stream({ input_tokens: 0, cache_read_input_tokens: 100, output_tokens: 9 })).usage
    assert.deepEqual([moved.uncachedInputTokens, moved.cacheReadTokens, moved.outputTokens], [0, 100, 9])
  })

  it('reads a stream whose start knows nothing and whose end knows all', () => {
    const stream = sseOf([
      { type: 'message_start', message: { model: 'glm', usage: { input_tokens: 0, output_tokens: 0 } } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { input_tokens: 12, output_tokens: 3 },
      },
      { type: 'message_stop' },
    ])
    const { usage } = read(stream, { provider: 'custom:api.z.ai' })
    assert.deepEqual([usage.inputTokens, usage.outputTokens, usage.origin], [12, 3, 'reported'])
  })

  it('does not bill a refusal before any output, except in the categories that are billed', () => {
    const billed = (category: string | null, more: Partial<HttpExchange> = {}) =>
      read(refused(category), more).inference.billed
    assert.deepEqual(
      ['cyber', 'general_harms', null, 'bio', 'frontier_llm', 'reasoning_extraction'].map((each) =>
        billed(each),
      ),
      [false, false, false, true, true, true],
    )
    const free = read(refused('cyber'))
    assert.deepEqual(
      [free.usage.inputTokens, free.usage.origin, free.usage.raw, free.inference.finishReason],
      [null, 'unknown', { input_tokens: 412, output_tokens: 0 }, 'refusal'],
    )
    assert.equal(billed('bio', { startTime: Date.parse('2026-08-01') }), false)
    assert.equal(billed('cyber', { startTime: Date.parse('2026-06-01') }), true)
    assert.equal(billed('cyber', { provider: 'custom:other.example' }), true)
  })

  it('bills a refusal in the middle of a reply', () => {
    const { inference, usage } = read(refused('cyber', content))
    assert.deepEqual([inference.billed, usage.inputTokens, usage.outputTokens], [true, 412, 1])
  })

  it('bills every attempt where several models refused', () => {
    const iterations = [
      { type: 'message', model: 'first', input_tokens: 400, output_tokens: 90 },
      { type: 'message', model: 'second', input_tokens: 412, output_tokens: 0 },
    ]
    const { inferences } = read({
      ...refused('cyber'),
      usage: { input_tokens: 412, output_tokens: 0, iterations },
    })
    assert.deepEqual(
      inferences.map(({ billed, usage }) => [billed, usage.inputTokens]),
      [
        [true, 400],
        [true, 412],
      ],
    )
  })

  it('knows a refusal in a stream by its last delta', () => {
    const stream = sseOf([
      { type: 'message_start', message: { model: 'top', usage: { input_tokens: 412, output_tokens: 0 } } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'bio' } },
        usage: { output_tokens: 0 },
      },
      { type: 'message_stop' },
    ])
    assert.deepEqual([read(stream).inference.billed, read(stream).usage.inputTokens], [true, 412])
    assert.equal(read(stream.replace('"bio"', '"cyber"')).inference.billed, false)
  })

  it('trap 29: takes tier, speed and place from the response', () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 1,
      service_tier: 'priority',
      speed: 'fast',
      inference_geo: 'us',
    }
    const { inference } = read(
      { content, usage },
      { request: { model: 'm', service_tier: 'auto', speed: 'standard', inference_geo: 'eu' } },
    )
    assert.deepEqual([inference.tier, inference.speed, inference.geo], ['priority', 'fast', 'us'])
  })

  it('takes the cost of a router', () => {
    const { inference } = read(
      { content, usage: { input_tokens: 1, output_tokens: 1, cost: 0.0003 } },
      { provider: 'openrouter', url: 'https://openrouter.ai/api/v1/messages' },
    )
    assert.equal(inference.providerPicoUsd, 300_000_000)
  })

  it('names the earlier message that a thread continues', () => {
    const thread = { type: 'continue', previous_message_id: 'msg_0' }
    assert.equal(read({ content }, { request: { model: 'm', thread } }).previousResponseId, 'msg_0')
  })
})

describe('providers/anthropic batches', () => {
  const url = `${MESSAGES}/batches/msgbatch_1/results`
  const result = (type: string, message?: object) => ({ custom_id: 'a', result: { type, message } })
  const message = { id: 'msg_1', model: 'haiku', content, usage: { input_tokens: 4, output_tokens: 2 } }

  it('bills a single result at the price of a batch', () => {
    const { inferences } = read(result('succeeded', message), { url, method: 'GET' })
    assert.deepEqual(
      inferences.map(({ responseId, tier, billed, usage }) => [responseId, tier, billed, usage.inputTokens]),
      [['msg_1', 'batch', true, 4]],
    )
  })

  it('bills nothing where nothing succeeded, or the batch cannot be read', () => {
    const none = read(`${JSON.stringify(result('expired'))}\n${JSON.stringify(result('canceled'))}\n`, {
      url,
      method: 'GET',
    })
    const failed = read(
      { error: { type: 'not_found_error', message: 'no' } },
      { url, method: 'GET', status: 404 },
    )
    for (const { inferences } of [none, failed])
      assert.deepEqual(
        inferences.map(({ billed, usage }) => [billed, usage.inputTokens]),
        [[false, null]],
      )
  })

  it('keeps the results before a cut', () => {
    const body = `${JSON.stringify(result('succeeded', message))}\n${JSON.stringify(result('succeeded', message)).slice(0, 50)}`
    const { inferences, malformed } = read(body, { url, method: 'GET', end: 'truncated' })
    assert.deepEqual([inferences.length, malformed], [1, 1])
  })
})
