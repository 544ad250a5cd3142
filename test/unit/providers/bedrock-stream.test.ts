// Bedrock ConverseStream: replies put together, streams broken off at any byte, exceptions and errors inside them.

import assert from 'node:assert/strict'
import { eventFrame, eventStreamOf, exceptionFrame, frameOf } from '../wire/event-stream-frames'
import { bucketsOf, readBedrock } from './bedrock-exchange'

const REQUEST = { messages: [{ role: 'user', content: [{ text: 'Name a river.' }] }] }

const STREAM = [
  eventFrame('messageStart', { role: 'assistant', p: 'ab' }),
  eventFrame('contentBlockDelta', {
    contentBlockIndex: 0,
    delta: { reasoningContent: { text: 'A riv' } },
    p: 'a',
  }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'er.' } } }),
  eventFrame('contentBlockDelta', {
    contentBlockIndex: 0,
    delta: { reasoningContent: { signature: 'sig' } },
  }),
  eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Let me ' } }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'look.' } }),
  eventFrame('contentBlockStart', {
    contentBlockIndex: 2,
    start: { toolUse: { toolUseId: 'tooluse_1', name: 'find_river' } },
  }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"land":' } } }),
  eventFrame('contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '"DE"}' } } }),
  eventFrame('contentBlockStop', { contentBlockIndex: 2 }),
  eventFrame('messageStop', {
    stopReason: 'tool_use',
    additionalModelResponseFields: { stop_sequence: null },
  }),
  eventFrame('metadata', {
    usage: {
      inputTokens: 50,
      outputTokens: 20,
      totalTokens: 170,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 0,
    },
    metrics: { latencyMs: 900 },
    serviceTier: { type: 'priority' },
    trace: { promptRouter: { invokedModelId: 'amazon.nova-pro-v1:0' } },
    p: 'abc',
  }),
] as const

const streamed = (...frames: readonly Uint8Array[]) =>
  ({ operation: 'converse-stream', request: REQUEST, responseBody: eventStreamOf(...frames) }) as const

describe('Bedrock ConverseStream', () => {
  it('puts the reply together and takes usage from the last event', () => {
    const reading = readBedrock(streamed(...STREAM))
    assert.equal(reading.stream, true)
    assert.equal(reading.unfinished, false)
    assert.equal(reading.malformed, 0)
    assert.deepEqual(reading.reply, [
      { path: 'output[0]', kind: 'reasoning', content: 'A river.' },
      { path: 'output[1]', kind: 'output', content: 'Let me look.' },
      {
        path: 'output[2]',
        kind: 'tool_call',
        name: 'find_river',
        toolCallId: 'tooluse_1',
        content: '{"toolUseId":"tooluse_1","name":"find_river","input":{"land":"DE"}}',
      },
    ])
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [50, 100, 0, null, null, 20, 'reported'])
    assert.equal(inference.finishReason, 'tool_use')
    assert.equal(inference.tier, 'priority')
    assert.equal(inference.responseModel, 'amazon.nova-pro-v1:0')
  })

  it('reads events as JSON lines, each in a field of its name', () => {
    const lines = [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Elbe' } } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: { inputTokens: 4, outputTokens: 2, totalTokens: 6 } } },
    ]
    const reading = readBedrock({
      operation: 'converse-stream',
      response: lines.map((line) => JSON.stringify(line)).join('\n'),
    })
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [4, null, null, null, null, 2, 'reported'])
    assert.equal(inference.finishReason, 'end_turn')
    assert.equal(reading.reply[0]?.content, 'Elbe')
  })

  it('trap 11: knows no usage of a stream that broke off before its last event, wherever', () => {
    for (let frames = 0; frames < STREAM.length; frames++) {
      const { inferences, unfinished } = readBedrock({
        ...streamed(...STREAM.slice(0, frames)),
        end: 'truncated',
      })
      assert.equal(inferences[0]?.usage.origin, 'unknown')
      assert.equal(inferences[0]?.usage.outputTokens, null)
      assert.equal(inferences[0]?.billed, true)
      assert.equal(unfinished, true)
    }
  })

  it('reads a stream cut at every byte', () => {
    const body = eventStreamOf(...STREAM)
    for (let end = 0; end < body.length; end++) {
      const { inferences, unfinished } = readBedrock({
        ...streamed(),
        responseBody: body.subarray(0, end),
        end: 'truncated',
      })
      assert.equal(inferences[0]?.usage.origin, 'unknown', `cut at ${end}`)
      assert.equal(unfinished, true)
    }
  })

  it('keeps arguments that were cut as text', () => {
    const { reply } = readBedrock(streamed(...STREAM.slice(0, 9)))
    assert.equal(reply[2]?.content, '{"toolUseId":"tooluse_1","name":"find_river","input":"{\\"land\\":"}')
  })

  it('says the exception that ended a stream; what came before it is billed', () => {
    const fault = exceptionFrame('modelStreamErrorException', {
      message: 'It broke.',
      originalStatusCode: 500,
    })
    const reading = readBedrock(streamed(...STREAM.slice(0, 3), fault))
    assert.equal(reading.error?.code, 'modelStreamErrorException')
    assert.equal(reading.error?.message, 'It broke.')
    assert.equal(reading.inferences[0]?.billed, true)
    assert.equal(reading.inferences[0]?.usage.origin, 'unknown')
  })

  it('bills nothing for a stream that is nothing but an exception', () => {
    const fault = exceptionFrame('throttlingException', { message: 'Too many requests.' })
    const reading = readBedrock(streamed(fault))
    assert.deepEqual(reading.error, {
      status: 200,
      code: 'throttlingException',
      message: 'Too many requests.',
    })
    assert.equal(reading.inferences[0]?.billed, false)
  })

  it('reads an error that stands in headers alone', () => {
    const headers = [
      [':message-type', 'error'],
      [':error-code', 'InternalError'],
      [':error-message', 'An internal server error occurred'],
    ] as const
    const reading = readBedrock(streamed(frameOf(headers, '')))
    assert.deepEqual(reading.error, {
      status: 200,
      code: 'InternalError',
      message: 'An internal server error occurred',
    })
    assert.equal(reading.malformed, 0)
  })
})
