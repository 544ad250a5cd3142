// Bedrock InvokeModel: families without a usage object, whole and streamed.

import assert from 'node:assert/strict'
import { bucketsOf, countHeaders, inferenceOf, readBedrock } from './bedrock-exchange'

const METRICS = 'amazon-bedrock-invocationMetrics'
const metrics = (input: number, output: number) => ({
  [METRICS]: { inputTokenCount: input, outputTokenCount: output, invocationLatency: 90, firstByteLatency: 9 },
})

/** What a whole reply of a family says: uncached input, output, finish reason, text. */
function said(parts: Parameters<typeof readBedrock>[0]): readonly unknown[] {
  const { inferences, reply, wireFormat } = readBedrock(parts)
  assert.equal(wireFormat, 'bedrock-invoke')
  const [inference] = inferences
  assert.equal(inference?.kind, 'chat')
  assert.equal(inference?.usage.origin, 'reported')
  const { uncachedInputTokens, outputTokens } = inference.usage
  return [uncachedInputTokens, outputTokens, inference.finishReason, reply[0]?.content]
}

const HEADERS = countHeaders({ input: 11, output: 5 })

describe('Bedrock InvokeModel: Titan text', () => {
  const model = 'amazon.titan-text-express-v1'
  const request = { inputText: 'Name a moor.', textGenerationConfig: { maxTokenCount: 20 } }

  it('reads its counts, which guardrails turn into fractions of nothing', () => {
    const response =
      '{"inputTextTokenCount":11.0,"results":[{"tokenCount":5.0,"outputText":"Teufelsmoor","completionReason":"FINISH"}]}'
    assert.deepEqual(said({ model, request, response }), [11, 5, 'FINISH', 'Teufelsmoor'])
  })

  it('adds up several results', () => {
    const result = (tokenCount: number, outputText: string) => ({
      tokenCount,
      outputText,
      completionReason: 'LENGTH',
    })
    const response = { inputTextTokenCount: 11, results: [result(2, 'a'), result(3, 'b')] }
    assert.deepEqual(said({ model, request, response }), [11, 5, 'LENGTH', 'ab'])
  })

  it('keeps what an earlier chunk said where a later one says null', () => {
    const chunks = [
      {
        outputText: 'Teufels',
        index: 0,
        totalOutputTextTokenCount: null,
        completionReason: null,
        inputTextTokenCount: 11,
      },
      {
        outputText: 'moor',
        index: 0,
        totalOutputTextTokenCount: 5,
        completionReason: 'FINISH',
        inputTextTokenCount: null,
        ...metrics(11, 5),
      },
    ]
    assert.deepEqual(said({ model, request, chunks }), [11, 5, 'FINISH', 'Teufelsmoor'])
    const reading = readBedrock({ model, request, chunks: chunks.slice(0, 1), end: 'aborted' })
    const [cut] = reading.inferences
    assert.ok(cut)
    assert.deepEqual(bucketsOf(cut), [11, null, null, null, null, null, 'partial'])
    assert.equal(reading.unfinished, true)
  })
})

describe('Bedrock InvokeModel: Llama', () => {
  const model = 'arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aimported-model%2Fx1y2'
  const request = { prompt: 'Name a cape.', max_gen_len: 20 }

  it('reads its counts, by its fields: an ARN tells no family', () => {
    const response = {
      generation: 'Arkona',
      prompt_token_count: 11,
      generation_token_count: 5,
      stop_reason: 'stop',
    }
    assert.deepEqual(said({ model, request, response }), [11, 5, 'stop', 'Arkona'])
  })

  it('trap 5: takes the last of its cumulative counts and adds none', () => {
    const chunk = (generation: string, count: number, more: object = {}) => ({
      generation,
      prompt_token_count: null,
      generation_token_count: count,
      stop_reason: null,
      ...more,
    })
    const chunks = [
      chunk('Ar', 1, { prompt_token_count: 11 }),
      chunk('ko', 3),
      chunk('na', 5, { stop_reason: 'stop', ...metrics(11, 5) }),
    ]
    assert.deepEqual(said({ model, request, chunks }), [11, 5, 'stop', 'Arkona'])
    const cut = inferenceOf({ model, request, chunks: chunks.slice(0, 2), end: 'truncated' })
    assert.deepEqual(bucketsOf(cut), [11, null, null, null, null, 3, 'partial'])
  })
})

describe('Bedrock InvokeModel: families that count nothing themselves', () => {
  const families: Readonly<
    Record<string, { request: object; response: object; chunks?: readonly object[] }>
  > = {
    'mistral.mistral-7b-instruct-v0%3A2': {
      request: { prompt: '<s>[INST] Name a bay. [/INST]' },
      response: { outputs: [{ text: 'Kieler Förde', stop_reason: 'stop' }] },
      chunks: [
        { outputs: [{ text: 'Kieler', stop_reason: null }] },
        { outputs: [{ text: ' Förde', stop_reason: 'stop' }], ...metrics(11, 5) },
      ],
    },
    'cohere.command-text-v14': {
      request: { prompt: 'Name a bay.' },
      response: { id: 'c1', generations: [{ id: 'g1', text: 'Kieler Förde', finish_reason: 'stop' }] },
      chunks: [
        { is_finished: false, text: 'Kieler', index: 0 },
        { is_finished: false, text: ' Förde', index: 0 },
        { is_finished: true, finish_reason: 'stop', index: 0, ...metrics(11, 5) },
      ],
    },
    'cohere.command-r-plus-v1%3A0': {
      request: {
        message: 'Name a bay.',
        preamble: 'Be brief.',
        chat_history: [{ role: 'CHATBOT', message: 'Hi' }],
      },
      response: { text: 'Kieler Förde', generation_id: 'g1', finish_reason: 'stop' },
      chunks: [
        { event_type: 'text-generation', text: 'Kieler', is_finished: false },
        { event_type: 'text-generation', text: ' Förde', is_finished: false },
        {
          event_type: 'stream-end',
          finish_reason: 'stop',
          is_finished: true,
          response: { text: 'Kieler Förde' },
          ...metrics(11, 5),
        },
      ],
    },
    'ai21.j2-mid-v1': {
      request: { prompt: 'Name a bay.' },
      response: {
        id: 1234,
        prompt: { text: 'Name a bay.', tokens: [{}, {}] },
        completions: [{ data: { text: 'Kieler Förde', tokens: [{}] }, finishReason: { reason: 'stop' } }],
      },
    },
    'us.deepseek.r1-v1%3A0': {
      request: { prompt: 'Name a bay.' },
      response: { choices: [{ text: 'Kieler Förde', stop_reason: 'stop' }] },
      chunks: [
        { choices: [{ text: 'Kieler', stop_reason: null }] },
        { choices: [{ text: ' Förde', stop_reason: 'stop' }], ...metrics(11, 5) },
      ],
    },
    'twelvelabs.pegasus-1-2-v1%3A0': {
      request: { inputPrompt: 'What is this bay?', mediaSource: { s3Location: { uri: 's3://b/v' } } },
      response: { message: 'Kieler Förde', finishReason: 'stop' },
    },
  }

  for (const [model, { request, response, chunks }] of Object.entries(families)) {
    it(`takes Bedrock's counts for ${decodeURIComponent(model)}`, () => {
      const expected = [11, 5, 'stop', 'Kieler Förde']
      assert.deepEqual(said({ model, request, response, responseHeaders: HEADERS }), expected)
      if (chunks !== undefined) assert.deepEqual(said({ model, request, chunks }), expected)
      assert.equal(inferenceOf({ model, request, response }).usage.origin, 'unknown')
    })
  }

  it('reads the usage object that an imported model may send', () => {
    const response = {
      choices: [{ text: 'Kieler Förde', finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 },
    }
    assert.deepEqual(said({ request: { prompt: 'Name a bay.' }, response }), [11, 5, 'stop', 'Kieler Förde'])
    const billed = {
      text: 'Kieler Förde',
      finish_reason: 'stop',
      meta: { billed_units: { input_tokens: 11, output_tokens: 5 } },
    }
    assert.deepEqual(said({ request: { message: 'Name a bay.' }, response: billed }), [
      11,
      5,
      'stop',
      'Kieler Förde',
    ])
  })

  it('trap 11: knows no usage of a stream whose last chunk did not come', () => {
    const chunks = [{ outputs: [{ text: 'Kieler', stop_reason: null }] }]
    const reading = readBedrock({ request: { prompt: 'Name a bay.' }, chunks, end: 'truncated' })
    assert.equal(reading.inferences[0]?.usage.origin, 'unknown')
    assert.equal(reading.unfinished, true)
  })

  it('shows the prompt by its parts', () => {
    const request = {
      message: 'Name a bay.',
      preamble: 'Be brief.',
      chat_history: [
        { role: 'USER', message: 'Hi' },
        { role: 'CHATBOT', message: 'Hello' },
      ],
      documents: [{ title: 'Bays', snippet: 'Many.' }],
      tools: [{ name: 'maps', description: 'Maps' }],
    }
    assert.deepEqual(readBedrock({ request, response: { text: 'x' } }).prompt, [
      { path: 'tools[0]', kind: 'tool_def', name: 'maps', content: '{"name":"maps","description":"Maps"}' },
      { path: 'preamble', kind: 'system', content: 'Be brief.' },
      { path: 'documents[0]', kind: 'retrieval', content: '{"title":"Bays","snippet":"Many."}' },
      { path: 'chat_history[0]', kind: 'user', content: 'Hi' },
      { path: 'chat_history[1]', kind: 'assistant', content: 'Hello' },
      { path: 'message', kind: 'user', content: 'Name a bay.' },
    ])
  })
})
