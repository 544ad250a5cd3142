// Bedrock Converse: usage and what is said beside it, errors, token counting. Streams are in bedrock-stream.test.ts.

import assert from 'node:assert/strict'
import { readExchange } from '../../../profiler-agent/providers/index'
import { eventFrame, eventStreamOf } from '../wire/event-stream-frames'
import { bedrockExchange, bucketsOf, HOST, inferenceOf, readBedrock } from './bedrock-exchange'
import { exchangeOf } from './exchange'

const REQUEST = { messages: [{ role: 'user', content: [{ text: 'Name a river.' }] }] }

const replyWith = (usage: unknown, more: object = {}) => ({
  output: { message: { role: 'assistant', content: [{ text: 'The Havel.' }] } },
  stopReason: 'end_turn',
  metrics: { latencyMs: 300 },
  usage,
  ...more,
})

const converse = (response: unknown, more: object = {}) =>
  ({ operation: 'converse', request: REQUEST, response, ...more }) as const

describe('Bedrock Converse', () => {
  it('trap 1: takes the input as what was not cached, and reads finish reason and reply', () => {
    const reading = readBedrock(converse(replyWith({ inputTokens: 31, outputTokens: 6, totalTokens: 37 })))
    assert.equal(reading.wireFormat, 'bedrock-converse')
    assert.equal(reading.stream, false)
    assert.equal(reading.unfinished, false)
    assert.deepEqual(reading.reply, [{ path: 'output[0]', kind: 'output', content: 'The Havel.' }])
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.equal(inference.kind, 'chat')
    assert.equal(inference.requestModel, 'amazon.nova-lite-v1:0')
    assert.equal(inference.responseModel, undefined)
    assert.equal(inference.finishReason, 'end_turn')
    assert.equal(inference.billed, true)
    assert.deepEqual(bucketsOf(inference), [31, null, null, null, null, 6, 'reported'])
    assert.equal(inference.usage.inputTokens, 31)
    assert.deepEqual(inference.usage.raw, { inputTokens: 31, outputTokens: 6, totalTokens: 37 })
  })

  it('adds no count to its duplicate under the other name', () => {
    const usage = {
      inputTokens: 5,
      outputTokens: 40,
      totalTokens: 2345,
      cacheReadInputTokens: 300,
      cacheReadInputTokenCount: 300,
      cacheWriteInputTokens: 2000,
      cacheWriteInputTokenCount: 2000,
    }
    const inference = inferenceOf(converse(replyWith(usage)))
    assert.deepEqual(bucketsOf(inference), [5, 300, 2000, null, null, 40, 'reported'])
    // The provider's own total holds all of it.
    assert.equal((inference.usage.inputTokens ?? 0) + (inference.usage.outputTokens ?? 0), 2345)
  })

  it('reads the counts under either name alone', () => {
    const usage = {
      inputTokens: 5,
      outputTokens: 4,
      cacheReadInputTokenCount: 7,
      cacheWriteInputTokenCount: 8,
    }
    assert.deepEqual(bucketsOf(inferenceOf(converse(replyWith(usage)))), [5, 7, 8, null, null, 4, 'reported'])
  })

  it('splits writes by their life, and gives the rest to the default', () => {
    const usage = (cacheDetails: unknown, written: number) => ({
      inputTokens: 1,
      outputTokens: 2,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: written,
      cacheDetails,
    })
    const writes = (details: unknown, written: number) =>
      bucketsOf(inferenceOf(converse(replyWith(usage(details, written))))).slice(2, 5)
    const both = [
      { ttl: '1h', inputTokens: 900 },
      { ttl: '5m', inputTokens: 100 },
    ]
    assert.deepEqual(writes(both, 1000), [100, 900, null])
    assert.deepEqual(writes([{ ttl: '1h', inputTokens: 900 }], 1000), [100, 900, null])
    assert.deepEqual(writes([{ ttl: '1h', inputTokens: 900 }], 900), [null, 900, null])
    assert.deepEqual(writes([{ ttl: '2h', inputTokens: 900 }], 900), [null, null, 900])
    assert.deepEqual(writes([], 0), [0, null, null])
    assert.deepEqual(writes([{ ttl: '5m', inputTokens: -4 }, null], 12), [12, null, null])
  })

  it('keeps inference profiles and ARNs as the caller named them', () => {
    const models = {
      'us.anthropic.claude-sonnet-4-5-20250929-v1%3A0': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'global.anthropic.claude-haiku-4-5-20251001-v1:0': 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      'arn%3Aaws%3Abedrock%3Aeu-west-1%3A111122223333%3Aapplication-inference-profile%2Fq1w2':
        'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/q1w2',
      'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0':
        'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0',
      'bad%E0%A4%A': 'bad%E0%A4%A',
    }
    for (const [model, requestModel] of Object.entries(models))
      assert.equal(inferenceOf({ ...converse(replyWith({})), model }).requestModel, requestModel)
  })

  it("gives a prompt router's choice as the model that answered", () => {
    const trace = {
      promptRouter: {
        invokedModelId: 'arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-pro-v1:0',
      },
    }
    const reply = replyWith({ inputTokens: 1, outputTokens: 1 }, { trace })
    assert.equal(inferenceOf(converse(reply)).responseModel, 'eu.amazon.nova-pro-v1:0')
  })

  it('takes tier and latency from the response, else from the request', () => {
    const asked = { serviceTier: { type: 'flex' }, performanceConfig: { latency: 'optimized' } }
    const request = { ...REQUEST, ...asked }
    const usage = { inputTokens: 1, outputTokens: 1 }
    const silent = inferenceOf({ ...converse(replyWith(usage)), request })
    assert.deepEqual([silent.tier, silent.speed], ['flex', 'optimized'])
    const served = { serviceTier: { type: 'default' }, performanceConfig: { latency: 'standard' } }
    const told = inferenceOf({ ...converse(replyWith(usage, served)), request })
    assert.deepEqual([told.tier, told.speed], ['default', 'standard'])
  })

  it('takes the id of the request for that of the response, unless a recorder blanked it out', () => {
    const withId = (id: string) =>
      inferenceOf({ ...converse(replyWith({})), responseHeaders: { 'x-amzn-requestid': id } }).responseId
    assert.equal(withId('5f0e7a52-0b51-4c39-9a2e-1d2c3b4a5f60'), '5f0e7a52-0b51-4c39-9a2e-1d2c3b4a5f60')
    assert.equal(withId('REDACTED'), undefined)
    assert.equal(withId('00000000-0000-0000-0000-000000000000'), undefined)
  })

  it('keeps what guardrails billed beside the tokens, and none of the texts', () => {
    const units = { topicPolicyUnits: 1, contentPolicyUnits: 2 }
    const assessment = {
      gr1: { invocationMetrics: { usage: units }, topicPolicy: { topics: [{ name: 'secret' }] } },
    }
    const trace = {
      guardrail: {
        modelOutput: ['unmasked'],
        inputAssessment: assessment,
        outputAssessments: { gr1: [{ invocationMetrics: { usage: units } }] },
      },
    }
    const { usage } = inferenceOf(converse(replyWith({ inputTokens: 9, outputTokens: 3 }, { trace })))
    assert.deepEqual(usage.units, {})
    assert.deepEqual(usage.raw, { inputTokens: 9, outputTokens: 3, guardrail: [units, units] })
  })

  it('trap 12: takes zeros beside an answer for no usage, unless a guardrail stopped the prompt', () => {
    const zeros = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }
    const stopped = inferenceOf(converse(replyWith(zeros, { stopReason: 'guardrail_intervened' })))
    assert.deepEqual(bucketsOf(stopped), [0, null, null, null, null, 0, 'reported'])
    assert.equal(inferenceOf(converse(replyWith(zeros))).usage.origin, 'unknown')
  })

  it('knows no usage where the reply has none, or nonsense', () => {
    for (const usage of [undefined, null, 'many', [], {}, { inputTokens: -1, outputTokens: 1.5 }]) {
      const inference = inferenceOf(converse(replyWith(usage)))
      assert.equal(inference.usage.origin, 'unknown')
      assert.equal(inference.usage.inputTokens, null)
      assert.equal(inference.billed, true)
    }
  })
})

describe('Bedrock errors', () => {
  const failed = (status: number, response: unknown, responseHeaders: Record<string, string> = {}) =>
    readBedrock({ ...converse(response), status, responseHeaders })

  it('takes the name of the error from the header, without its address', () => {
    const reading = failed(
      403,
      { Message: 'No access.' },
      { 'x-amzn-errortype': 'AccessDeniedException:http://internal.example/coral/' },
    )
    assert.deepEqual(reading.error, { status: 403, code: 'AccessDeniedException', message: 'No access.' })
    assert.equal(reading.inferences[0]?.billed, false)
    assert.equal(reading.prompt.length, 1)
  })

  it('takes it from the body where there is no header', () => {
    const throttled = failed(429, { __type: 'com.amazon.coral#ThrottlingException', message: 'Slow down.' })
    assert.deepEqual(throttled.error, { status: 429, code: 'ThrottlingException', message: 'Slow down.' })
    const unknown = failed(404, { Output: { __type: 'com.amazon.coral.service#UnknownOperationException' } })
    assert.equal(unknown.error?.code, 'UnknownOperationException')
  })

  it('says the message where nothing names the error', () => {
    assert.deepEqual(failed(400, { message: 'The model identifier is invalid.' }).error, {
      status: 400,
      message: 'The model identifier is invalid.',
    })
  })
})

describe('Bedrock calls that bill nothing', () => {
  it('keeps the count of count-tokens and bills none of it', () => {
    const inference = inferenceOf({
      operation: 'count-tokens',
      request: { input: {} },
      response: { inputTokens: 375 },
    })
    assert.equal(inference.billed, false)
    assert.equal(inference.requestModel, 'amazon.nova-lite-v1:0')
    assert.equal(inference.usage.inputTokens, null)
    assert.deepEqual(inference.usage.raw, { inputTokens: 375 })
  })

  it('bills neither jobs nor lists', () => {
    const calls = [
      exchangeOf({
        provider: 'bedrock',
        url: `${HOST}/async-invoke`,
        request: { modelId: 'amazon.nova-reel-v1:1' },
      }),
      exchangeOf({ provider: 'bedrock', url: `${HOST}/async-invoke/arn%3Aaws`, method: 'GET' }),
      exchangeOf({ provider: 'bedrock', url: `${HOST}/foundation-models`, method: 'GET' }),
      bedrockExchange({ operation: 'converse', method: 'GET' }),
    ]
    for (const call of calls) assert.equal(readExchange(call).inferences[0]?.billed, false)
  })

  it('shows an agent as something other', () => {
    const url =
      'https://bedrock-agent-runtime.eu-west-1.amazonaws.com/agents/A1/agentAliases/B2/sessions/s/text'
    const responseBody = eventStreamOf(eventFrame('chunk', { bytes: 'SGVsbG8=' }))
    const reading = readExchange(
      exchangeOf({ provider: 'bedrock', url, responseBody, request: { inputText: 'Hello' } }),
    )
    assert.equal(reading.wireFormat, 'other')
    assert.equal(reading.inferences[0]?.usage.origin, 'unknown')
  })
})
