// Traps of usage: what a reply says that it used, whole or streamed.

import assert from 'node:assert/strict'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { readExchange } from '../../../profiler-agent/providers'
import { bytes, exchangeOf, sseOf } from '../providers/exchange'
import {
  ANTHROPIC,
  bucketsOf,
  CHAT,
  completion,
  costOf,
  exchange,
  GEMINI,
  inferenceOf,
  message,
} from './priced'
import { trap } from './trap'

const EVENT_STREAM = { responseHeaders: { 'content-type': 'text/event-stream' } }

const startOf = (usage: object) => ({
  type: 'message_start',
  message: message(usage, { content: [], stop_reason: null }),
})
const deltaOf = (usage: object) => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage })
const TEXT = [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Yes.' } },
  { type: 'content_block_stop', index: 0 },
]
const streamed = (...events: readonly object[]) => ({
  ...ANTHROPIC,
  ...EVENT_STREAM,
  response: sseOf(events),
})

export function usageTraps(): void {
  trap(1, 'inclusive and exclusive input end in the same buckets, whose sum is the provider’s total', () => {
    const inclusive = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }
    const openai = completion({ ...inclusive, prompt_tokens_details: { cached_tokens: 400 } })
    const gemini = {
      candidates: [{ content: { parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' }],
      modelVersion: 'gemini-2.5-pro',
      usageMetadata: {
        promptTokenCount: 1000,
        cachedContentTokenCount: 400,
        candidatesTokenCount: 100,
        totalTokenCount: 1100,
      },
    }
    const anthropic = message({ input_tokens: 600, cache_read_input_tokens: 400, output_tokens: 100 })
    const bedrock = {
      output: { message: { role: 'assistant', content: [{ text: 'Yes.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 600, cacheReadInputTokens: 400, outputTokens: 100, totalTokens: 1100 },
    }
    const url =
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse'
    const readings = [
      inferenceOf(CHAT, { response: openai }),
      inferenceOf(GEMINI, { response: gemini }),
      inferenceOf(ANTHROPIC, { response: anthropic }),
      inferenceOf({ provider: 'bedrock', url, request: {}, response: bedrock }),
    ]
    for (const { usage } of readings) {
      const { uncachedInputTokens, cacheReadTokens, inputTokens, outputTokens } = usage
      assert.deepEqual(
        [uncachedInputTokens, cacheReadTokens, inputTokens, outputTokens],
        [600, 400, 1000, 100],
      )
      assert.equal((inputTokens ?? 0) + (outputTokens ?? 0), 1100)
    }
  })

  trap(4, 'an explicit 0 is a count: it hides no write beside it, and is no missing value', () => {
    const usage = {
      input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 2000,
      output_tokens: 10,
    }
    const inference = inferenceOf(ANTHROPIC, { response: message(usage) })
    assert.deepEqual(bucketsOf(inference.usage), [0, 0, 2000, null, 10])
    assert.equal(inference.usage.origin, 'reported')
    // 2,000 × $3.75 + 10 × $15 a million.
    assert.equal(costOf([ANTHROPIC, { response: message(usage) }]), 7_650_000_000)
    const without = inferenceOf(ANTHROPIC, { response: message({ input_tokens: 5, output_tokens: 10 }) })
    assert.deepEqual(bucketsOf(without.usage), [5, null, null, null, 10])
  })

  trap(5, 'the cumulative deltas of a Messages stream are not summed', () => {
    const start = startOf({ input_tokens: 10, cache_read_input_tokens: 500, output_tokens: 1 })
    const two = streamed(start, ...TEXT, deltaOf({ output_tokens: 20 }), deltaOf({ output_tokens: 35 }), {
      type: 'message_stop',
    })
    assert.deepEqual(bucketsOf(inferenceOf(two).usage), [10, 500, null, null, 35])
    const three = streamed(
      start,
      ...TEXT,
      deltaOf({ output_tokens: 20 }),
      deltaOf({ input_tokens: 12, cache_read_input_tokens: 700, output_tokens: 30 }),
      deltaOf({ output_tokens: 41 }),
      { type: 'message_stop' },
    )
    assert.deepEqual(bucketsOf(inferenceOf(three).usage), [12, 700, null, null, 41])
  })

  trap(6, 'the last state of a message counts, not its first snapshot', () => {
    const stream = streamed(
      startOf({ input_tokens: 10, output_tokens: 1 }),
      ...TEXT,
      deltaOf({ output_tokens: 300 }),
      { type: 'message_stop' },
    )
    assert.equal(inferenceOf(stream).usage.outputTokens, 300)
  })

  trap(10, 'a stream without usage is unknown and has no price, and is not free', () => {
    const chunk = (delta: object, finish: string | null) => ({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      model: 'gpt-5.4',
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
    const said = {
      ...CHAT,
      ...EVENT_STREAM,
      response: sseOf([chunk({ content: 'Yes.' }, null), chunk({}, 'stop'), '[DONE]']),
    }
    const { usage, billed } = inferenceOf(said)
    assert.deepEqual(
      [usage.origin, usage.inputTokens, usage.outputTokens, billed],
      ['unknown', null, null, true],
    )
    assert.equal(costOf([said]), 'usage unknown')
  })

  trap(11, 'a stream that broke off shows what is known and leaves the rest unknown', () => {
    const said = {
      ...streamed(startOf({ input_tokens: 1000, output_tokens: 1 }), ...TEXT),
      end: 'truncated' as const,
    }
    const { usage } = inferenceOf(said)
    assert.deepEqual([usage.origin, usage.inputTokens, usage.outputTokens], ['partial', 1000, null])
    // The input alone: 1,000 × $3 a million.
    assert.equal(costOf([said]), 3_000_000_000)
  })

  trap(12, 'usage of nothing but zeros beside a text is no usage', () => {
    const zeros = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    const { usage } = inferenceOf(CHAT, { response: completion(zeros) })
    assert.deepEqual([usage.origin, usage.inputTokens, usage.outputTokens], ['unknown', null, null])
  })

  trap(13, 'a compressed stream is read, and one cut at any byte throws nothing and invents nothing', () => {
    const events = sseOf([
      startOf({ input_tokens: 10, output_tokens: 1 }),
      ...TEXT,
      deltaOf({ output_tokens: 33 }),
      { type: 'message_stop' },
    ])
    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      const body = new Uint8Array(compress(bytes(events)))
      const read = (responseBody: Uint8Array) =>
        readExchange(
          exchangeOf({
            ...ANTHROPIC,
            responseHeaders: { 'content-type': 'text/event-stream', 'content-encoding': encoding },
            responseBody,
          }),
        ).inferences[0]?.usage
      assert.deepEqual(bucketsOf(read(body) ?? assert.fail()), [10, null, null, null, 33], encoding)
      for (let cut = 0; cut < body.length; cut++) {
        const usage = read(body.subarray(0, cut))
        assert.ok(usage, `${encoding} cut at ${cut}`)
        assert.ok([null, 10].includes(usage.inputTokens), `${encoding} cut at ${cut}`)
        assert.ok([null, 33].includes(usage.outputTokens), `${encoding} cut at ${cut}`)
      }
    }
  })

  trap(18, 'thoughts of Gemini are output, once: prompt, answer and thoughts make its total', () => {
    const usageMetadata = {
      promptTokenCount: 13,
      candidatesTokenCount: 194,
      thoughtsTokenCount: 289,
      totalTokenCount: 496,
    }
    const candidates = [{ content: { parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' }]
    const { usage } = inferenceOf(GEMINI, {
      response: { candidates, modelVersion: 'gemini-2.5-pro', usageMetadata },
    })
    assert.deepEqual([usage.inputTokens, usage.outputTokens, usage.reasoningTokens], [13, 483, 289])
    // Where the candidates include the thoughts already, the total says so.
    const included = {
      promptTokenCount: 10,
      candidatesTokenCount: 100,
      thoughtsTokenCount: 40,
      totalTokenCount: 110,
    }
    const other = inferenceOf(GEMINI, {
      response: { candidates, modelVersion: 'gemini-2.5-pro', usageMetadata: included },
    })
    assert.equal(other.usage.outputTokens, 100)
  })

  trap(19, 'reasoning of OpenAI is a part of the output, not on top of it', () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 500,
      total_tokens: 510,
      completion_tokens_details: { reasoning_tokens: 450 },
    }
    const said = [CHAT, { response: completion(usage) }]
    const inference = inferenceOf(...said)
    assert.deepEqual([inference.usage.outputTokens, inference.usage.reasoningTokens], [500, 450])
    // 10 × $2.50 + 500 × $15 a million.
    assert.equal(costOf(said), 7_525_000_000)
  })

  trap(
    28,
    'searches are billed as they were made, also in a stream, and not where they were only offered',
    () => {
      const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
      const request = { model: 'claude-sonnet-4-5', tools }
      const usage = { input_tokens: 1000, output_tokens: 0 }
      const offered = { ...ANTHROPIC, request, response: message(usage) }
      const made = {
        ...ANTHROPIC,
        request,
        response: message({ ...usage, server_tool_use: { web_search_requests: 2 } }),
      }
      const inStream = {
        ...streamed(
          startOf(usage),
          ...TEXT,
          deltaOf({ output_tokens: 0, server_tool_use: { web_search_requests: 2 } }),
          { type: 'message_stop' },
        ),
        request,
      }
      // 1,000 × $3 a million, and $10 for a thousand searches.
      assert.deepEqual(
        [costOf([offered]), costOf([made]), costOf([inStream])],
        [3_000_000_000, 23_000_000_000, 23_000_000_000],
      )
      assert.deepEqual(inferenceOf(offered).usage.units, {})
    },
  )

  trap(31, 'a response that is only read again is not billed', () => {
    const response = {
      id: 'resp_1',
      object: 'response',
      model: 'gpt-5.4',
      status: 'completed',
      output: [],
      usage: { input_tokens: 1000, output_tokens: 10, total_tokens: 1010 },
    }
    const again = { method: 'GET', url: 'https://api.openai.com/v1/responses/resp_1', response }
    const { billed, usage } = inferenceOf(again)
    assert.deepEqual([billed, usage.inputTokens, usage.origin], [false, null, 'unknown'])
    assert.equal(costOf([again]), 0)
  })

  trap(29, 'a flex request that was turned away is not billed', () => {
    const request = { model: 'gpt-5.4', service_tier: 'flex' }
    const response = {
      error: { message: 'Resource unavailable', type: 'rate_limit_error', code: 'resource_unavailable' },
    }
    assert.equal(readExchange(exchange({ request, response, status: 429 })).inferences[0]?.billed, false)
  })
}
