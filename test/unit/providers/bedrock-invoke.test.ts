// Bedrock InvokeModel: Nova and chat completions, whole and streamed, Bedrock's counts beside them, errors.

import assert from 'node:assert/strict'
import { chunkFrames, eventStreamOf } from '../wire/event-stream-frames'
import { bucketsOf, countHeaders, inferenceOf, readBedrock } from './bedrock-exchange'

const METRICS = 'amazon-bedrock-invocationMetrics'

describe('Bedrock InvokeModel: Nova', () => {
  const request = {
    schemaVersion: 'messages-v1',
    messages: [{ role: 'user', content: [{ text: 'Name a sea.' }] }],
  }
  const reply = {
    output: { message: { role: 'assistant', content: [{ text: 'Ostsee' }] } },
    stopReason: 'end_turn',
  }

  it('reads the schema of Converse with its counts', () => {
    const usage = {
      inputTokens: 7,
      outputTokens: 3,
      totalTokens: 60,
      cacheReadInputTokenCount: 50,
      cacheWriteInputTokenCount: 0,
    }
    const reading = readBedrock({ request, response: { ...reply, usage } })
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.equal(reading.wireFormat, 'bedrock-invoke')
    assert.deepEqual(bucketsOf(inference), [7, 50, 0, null, null, 3, 'reported'])
    assert.equal(inference.finishReason, 'end_turn')
    assert.deepEqual(reading.prompt, [
      { path: 'messages[0].content[0]', kind: 'user', content: 'Name a sea.' },
    ])
  })

  it('takes the counts of the headers where the body was cut short or lost', () => {
    const responseHeaders = countHeaders({ input: 30, output: 51 })
    for (const responseBody of [new TextEncoder().encode('{"output":{"mess'), new Uint8Array(0)]) {
      const inference = inferenceOf({ request, responseBody, responseHeaders, end: 'truncated' })
      assert.deepEqual(bucketsOf(inference), [30, null, null, null, null, 51, 'reported'])
    }
  })

  it('fills the output that a guardrail took out of the body', () => {
    const units = { contentPolicyUnits: 1 }
    const assessment = { g: { invocationMetrics: { usage: units } } }
    const inference = inferenceOf({
      request,
      response: {
        ...reply,
        usage: { inputTokens: 30 },
        'amazon-bedrock-trace': { guardrail: { input: assessment, outputs: [assessment] } },
        'amazon-bedrock-guardrailAction': 'INTERVENED',
      },
      responseHeaders: countHeaders({ input: 30, output: 51, 'cache-read-input': 0, 'cache-write-input': 0 }),
    })
    assert.deepEqual(bucketsOf(inference), [30, 0, 0, null, null, 51, 'reported'])
    assert.deepEqual(inference.usage.raw, {
      inputTokens: 30,
      'x-amzn-bedrock-input-token-count': '30',
      'x-amzn-bedrock-output-token-count': '51',
      'x-amzn-bedrock-cache-read-input-token-count': '0',
      'x-amzn-bedrock-cache-write-input-token-count': '0',
      guardrail: [units, units],
    })
  })

  const chunks = [
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { delta: { text: 'Ost' }, contentBlockIndex: 0 } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { contentBlockDelta: { delta: { text: 'see' }, contentBlockIndex: 1 } },
    { contentBlockStop: { contentBlockIndex: 1 } },
    { contentBlockStart: { start: { toolUse: { toolUseId: 't1', name: 'depth' } }, contentBlockIndex: 2 } },
    { contentBlockDelta: { delta: { toolUse: { input: '{"sea":1}' } }, contentBlockIndex: 2 } },
    { messageStop: { stopReason: 'tool_use' } },
    {
      metadata: { usage: { inputTokens: 7, outputTokens: 3 }, metrics: {} },
      [METRICS]: {
        inputTokenCount: 7,
        outputTokenCount: 3,
        cacheReadInputTokenCount: 0,
        cacheWriteInputTokenCount: 0,
      },
    },
  ]

  it('puts a streamed text together, whose every piece has a number of its own', () => {
    const reading = readBedrock({ request, chunks })
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [7, 0, 0, null, null, 3, 'reported'])
    assert.equal(inference.finishReason, 'tool_use')
    assert.equal(reading.unfinished, false)
    assert.deepEqual(
      reading.reply.map(({ path, kind, content }) => [path, kind, content]),
      [
        ['output[0]', 'output', 'Ostsee'],
        ['output[1]', 'tool_call', '{"toolUseId":"t1","name":"depth","input":{"sea":1}}'],
      ],
    )
  })

  it('trap 11: knows no usage of a stream that broke off', () => {
    const reading = readBedrock({ request, chunks: chunks.slice(0, 6), end: 'truncated' })
    assert.equal(reading.unfinished, true)
    assert.equal(reading.inferences[0]?.usage.origin, 'unknown')
  })
})

describe('Bedrock InvokeModel: chat completions', () => {
  const model = 'openai.gpt-oss-120b-1%3A0'
  const request = { messages: [{ role: 'user', content: 'Name a hill.' }], max_tokens: 30 }
  const choice = { index: 0, message: { role: 'assistant', content: 'Brocken' }, finish_reason: 'stop' }

  it('reads their own usage', () => {
    const reading = readBedrock({
      model,
      request,
      response: {
        id: 'chatcmpl-1',
        model: 'openai.gpt-oss-120b-1:0',
        choices: [choice],
        usage: { prompt_tokens: 70, completion_tokens: 12, total_tokens: 82 },
      },
      responseHeaders: countHeaders({ input: 70, output: 12 }),
    })
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.equal(reading.wireFormat, 'bedrock-invoke')
    assert.deepEqual(bucketsOf(inference), [70, null, null, null, null, 12, 'reported'])
    assert.equal(inference.finishReason, 'stop')
    assert.equal(reading.reply[0]?.content, 'Brocken')
  })

  it('takes input and cache from one source where only Bedrock knows of a cache', () => {
    const inference = inferenceOf({
      model,
      request,
      response: { choices: [choice], usage: { prompt_tokens: 1100, completion_tokens: 12 } },
      responseHeaders: countHeaders({
        input: 100,
        output: 12,
        'cache-read-input': 1000,
        'cache-write-input': 0,
      }),
    })
    assert.deepEqual(bucketsOf(inference), [100, 1000, 0, null, null, 12, 'reported'])
  })

  it("reads Mistral's reason, and headers where there is no usage", () => {
    const inference = inferenceOf({
      model: 'mistral.mistral-large-2407-v1%3A0',
      request,
      response: { choices: [{ index: 0, message: choice.message, stop_reason: 'length' }] },
      responseHeaders: countHeaders({ input: 8, output: 30 }),
    })
    assert.deepEqual(bucketsOf(inference), [8, null, null, null, null, 30, 'reported'])
    assert.equal(inference.finishReason, 'length')
  })

  it('fills a stream without usage from its metrics', () => {
    const chunk = (delta: object, more: object = {}) => ({
      choices: [{ index: 0, delta, finish_reason: null }],
      ...more,
    })
    const reading = readBedrock({
      model: 'qwen.qwen3-32b-v1%3A0',
      request,
      chunks: [
        chunk({ role: 'assistant', content: 'Bro' }),
        chunk({ content: 'cken' }),
        {
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
          [METRICS]: { inputTokenCount: 9, outputTokenCount: 2 },
        },
      ],
    })
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [9, null, null, null, null, 2, 'reported'])
    assert.equal(reading.unfinished, false)
    assert.equal(reading.reply[0]?.content, 'Brocken')
  })
})

describe('Bedrock InvokeModel: what is said beside the body', () => {
  const response = { generation: 'x', prompt_token_count: 1, generation_token_count: 1, stop_reason: 'stop' }

  it('takes tier and latency from the headers of the response, else of the request', () => {
    const requestHeaders = {
      'x-amzn-bedrock-service-tier': 'priority',
      'x-amzn-bedrock-performanceconfig-latency': 'optimized',
    }
    const asked = inferenceOf({ request: { prompt: 'x' }, response, requestHeaders })
    assert.deepEqual([asked.tier, asked.speed], ['priority', 'optimized'])
    const responseHeaders = { 'x-amzn-bedrock-service-tier': 'default' }
    assert.equal(
      inferenceOf({ request: { prompt: 'x' }, response, requestHeaders, responseHeaders }).tier,
      'default',
    )
  })

  it('bills no refusal, and says it', () => {
    const reading = readBedrock({
      request: { messages: [{ role: 'user', content: [{ text: 'x' }] }] },
      status: 400,
      response: { message: 'The provided model identifier is invalid.' },
      responseHeaders: { 'x-amzn-errortype': 'ValidationException:http://internal.example/' },
    })
    assert.deepEqual(reading.error, {
      status: 400,
      code: 'ValidationException',
      message: 'The provided model identifier is invalid.',
    })
    assert.equal(reading.inferences[0]?.billed, false)
    assert.equal(reading.inferences[0]?.usage.origin, 'unknown')
  })

  it('counts chunks that hold no JSON', () => {
    const broken = eventStreamOf(...chunkFrames([response]), ...chunkFrames(['{']))
    const reading = readBedrock({ operation: 'invoke-with-response-stream', responseBody: broken })
    assert.equal(reading.malformed, 1)
    assert.equal(reading.inferences[0]?.usage.outputTokens, 1)
  })
})
