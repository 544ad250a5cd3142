// Bedrock InvokeModel with Anthropic's models: their own usage, Bedrock's counts beside it, streams, completions of old models.

import assert from 'node:assert/strict'
import { chunkFrames, eventStreamOf, exceptionFrame } from '../wire/event-stream-frames'
import { bucketsOf, countHeaders, inferenceOf, readBedrock } from './bedrock-exchange'

const METRICS = 'amazon-bedrock-invocationMetrics'

describe('Bedrock InvokeModel: Anthropic', () => {
  const model = 'global.anthropic.claude-sonnet-4-5-20250929-v1%3A0'
  const request = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 50,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: 'Name a lake.' }],
  }
  const message = {
    id: 'msg_bdrk_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [{ type: 'text', text: 'Müritz' }],
    stop_reason: 'end_turn',
  }
  const usage = {
    input_tokens: 9,
    cache_creation_input_tokens: 30,
    cache_read_input_tokens: 500,
    cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    output_tokens: 4,
  }
  const headers = countHeaders({ input: 9, output: 4, 'cache-read-input': 500, 'cache-write-input': 30 })

  it("takes the model's own usage, which splits writes, and adds nothing of the headers to it", () => {
    const reading = readBedrock({ model, request, response: { ...message, usage }, responseHeaders: headers })
    assert.equal(reading.wireFormat, 'bedrock-invoke')
    assert.equal(reading.stream, false)
    assert.deepEqual(
      reading.prompt.map(({ path, kind, mark }) => [path, kind, mark]),
      [
        ['system[0]', 'system', '5m'],
        ['messages[0]', 'user', undefined],
      ],
    )
    assert.deepEqual(reading.reply, [{ path: 'output[0]', kind: 'output', content: 'Müritz' }])
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [9, 500, 10, 20, null, 4, 'reported'])
    assert.deepEqual(inference.usage.raw, usage)
    assert.equal(inference.requestModel, 'global.anthropic.claude-sonnet-4-5-20250929-v1:0')
    assert.equal(inference.responseModel, 'claude-sonnet-4-5-20250929')
    assert.equal(inference.responseId, 'msg_bdrk_01')
    assert.equal(inference.finishReason, 'end_turn')
  })

  it('takes the headers where the body has no usage', () => {
    const inference = inferenceOf({ model, request, response: message, responseHeaders: headers })
    assert.deepEqual(bucketsOf(inference), [9, 500, 30, null, null, 4, 'reported'])
    assert.deepEqual(inference.usage.raw, headers)
  })

  it('fills what the body leaves out from the headers', () => {
    const response = { ...message, usage: { input_tokens: 9 } }
    const inference = inferenceOf({
      model,
      request,
      response,
      responseHeaders: countHeaders({ input: 9, output: 4 }),
    })
    assert.deepEqual(bucketsOf(inference), [9, null, null, null, null, 4, 'reported'])
  })

  it('knows no usage where neither says any, and believes no header that is no count', () => {
    const responseHeaders = {
      'x-amzn-bedrock-input-token-count': '-3',
      'x-amzn-bedrock-output-token-count': '1e3',
    }
    const inference = inferenceOf({ model, request, response: message, responseHeaders })
    assert.deepEqual(bucketsOf(inference), [null, null, null, null, null, null, 'unknown'])
    assert.equal(inference.billed, true)
  })

  it('keeps several inferences of one call apart, whatever the headers say', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 700, output_tokens: 60 },
      { type: 'message', input_tokens: 9, output_tokens: 4 },
    ]
    const { inferences } = readBedrock({
      model,
      request,
      response: { ...message, usage: { ...usage, iterations } },
      responseHeaders: headers,
    })
    assert.deepEqual(
      inferences.map(({ usage: each }) => [each.inputTokens, each.outputTokens]),
      [
        [700, 60],
        [9, 4],
      ],
    )
  })

  const events = [
    { type: 'message_start', message: { ...message, content: [], usage: { ...usage, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Müritz' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 133 } },
    { type: 'message_stop', [METRICS]: { inputTokenCount: 9, outputTokenCount: 97, invocationLatency: 5 } },
  ]

  it("believes the model's own output in a stream where Bedrock's metrics say less", () => {
    const reading = readBedrock({ model, request, chunks: events })
    assert.equal(reading.stream, true)
    assert.equal(reading.unfinished, false)
    assert.equal(reading.malformed, 0)
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [9, 500, 10, 20, null, 133, 'reported'])
    assert.deepEqual(reading.reply, [{ path: 'output[0]', kind: 'output', content: 'Müritz' }])
  })

  it('trap 11: knows the input of a stream that broke off, and not its output', () => {
    const reading = readBedrock({ model, request, chunks: events.slice(0, 3), end: 'aborted' })
    assert.equal(reading.unfinished, true)
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [9, 500, 10, 20, null, null, 'partial'])
  })

  it('says the exception that ended a stream', () => {
    const responseBody = eventStreamOf(
      ...chunkFrames(events.slice(0, 2)),
      exceptionFrame('throttlingException', { message: 'Slow down.' }),
    )
    const reading = readBedrock({ model, request, operation: 'invoke-with-response-stream', responseBody })
    assert.equal(reading.error?.code, 'throttlingException')
    assert.equal(reading.inferences[0]?.usage.origin, 'partial')
  })

  it('reads the completions of old models', () => {
    const old = { prompt: '\n\nHuman: Name a lake.\n\nAssistant:', max_tokens_to_sample: 20 }
    const reading = readBedrock({
      model: 'anthropic.claude-v2',
      request: old,
      response: {
        type: 'completion',
        completion: ' Müritz',
        stop_reason: 'stop_sequence',
        stop: '\n\nHuman:',
      },
      responseHeaders: countHeaders({ input: 14, output: 5 }),
    })
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual(bucketsOf(inference), [14, null, null, null, null, 5, 'reported'])
    assert.equal(inference.finishReason, 'stop_sequence')
    assert.equal(reading.reply[0]?.content, ' Müritz')
    const streamed = inferenceOf({
      model: 'anthropic.claude-v2',
      request: old,
      chunks: [
        { completion: ' Mü', stop_reason: null },
        {
          completion: 'ritz',
          stop_reason: 'stop_sequence',
          [METRICS]: { inputTokenCount: 14, outputTokenCount: 5 },
        },
      ],
    })
    assert.deepEqual(bucketsOf(streamed), [14, null, null, null, null, 5, 'reported'])
  })
})
