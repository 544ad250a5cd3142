// generateContent beyond the counts: where the model stands, streams in both framings, broken ones, blocks, errors.
import assert from 'node:assert/strict'
import { bytes, sseOf } from './exchange'
import { GENERATE, readGoogle, replyOf, STREAM, studio, tokensOf, vertex } from './gemini-exchange'
import { assertSane } from './provider-fixtures'

const USAGE = { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 }
const chunk = (text: string, more: object = {}, candidate: object = {}) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...candidate }],
  responseId: 's1',
  modelVersion: 'gemini-2.5-flash',
  ...more,
})
const CHUNKS = [
  chunk('One, ', { usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 } }),
  chunk('two, ', {
    usageMetadata: {
      promptTokenCount: 7,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 20,
      totalTokenCount: 31,
      trafficType: 'ON_DEMAND',
    },
  }),
  chunk(
    'three.',
    { usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 9, totalTokenCount: 36 } },
    { finishReason: 'STOP' },
  ),
]

describe('providers/gemini-generate', () => {
  for (const [url, model, geo] of [
    [GENERATE, 'gemini-2.5-flash'],
    [studio('v1/models/gemini-4-argon:generateContent?key=x'), 'gemini-4-argon'],
    [studio('v1alpha/models/gemini-2.5-flash%3AgenerateContent'), 'gemini-2.5-flash'],
    [studio('v1beta/tunedModels/birds-7:generateContent'), 'tunedModels/birds-7'],
    [vertex('publishers/google/models/gemini-2.5-flash:generateContent'), 'gemini-2.5-flash', 'regional'],
    [vertex('endpoints/123456:generateContent'), 'endpoints/123456', 'regional'],
    [
      'https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-flash:generateContent',
      'gemini-2.5-flash',
    ],
    [
      'https://aiplatform.googleapis.com/v1beta1/projects/p/locations/global/publishers/google/models/gemini-3-pro:generateContent',
      'gemini-3-pro',
      'global',
    ],
  ] as const)
    it(`reads the model out of ${url}`, () => {
      const { inference, wireFormat } = readGoogle({ url, response: replyOf(USAGE) })
      assert.deepEqual(
        [wireFormat, inference.requestModel, inference.geo, inference.usage.inputTokens],
        ['gemini', model, geo, 7],
      )
    })

  it('trap 29 of the formats: reads v1 and v1beta alike', () => {
    const [v1, v1beta] = ['v1', 'v1beta'].map((version) =>
      readGoogle({ url: studio(`${version}/models/m:generateContent`), response: replyOf(USAGE) }),
    )
    assert.deepEqual(v1?.inferences, v1beta?.inferences)
  })

  it('does not bill counting tokens', () => {
    const counted = readGoogle({
      url: studio('v1beta/models/gemini-2.5-flash:countTokens'),
      response: { totalTokens: 5, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 5 }] },
    })
    assert.deepEqual([counted.inference.billed, counted.usage.inputTokens], [false, null])
  })

  it('bills a blocked prompt for the input that it reports', () => {
    const { inference, reply } = readGoogle({
      response: {
        promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
        usageMetadata: { promptTokenCount: 18, totalTokenCount: 18 },
        responseId: 'b1',
      },
    })
    assert.deepEqual(
      [inference.finishReason, tokensOf(inference.usage).slice(0, 3), inference.billed, reply.length],
      ['PROHIBITED_CONTENT', [18, null, 0], true, 0],
    )
  })

  it('trap 6: takes the last of cumulative counts, field by field, in both framings', () => {
    const bodies = [
      sseOf(CHUNKS),
      JSON.stringify(CHUNKS, null, 2),
      `[${CHUNKS.map((each) => JSON.stringify(each)).join('\n,\n')}`,
    ]
    for (const response of bodies) {
      const { usage, inference, reply, stream, unfinished } = readGoogle({ url: STREAM, response })
      assert.deepEqual(tokensOf(usage), [7, null, 29, 20], response.slice(0, 40))
      assert.deepEqual(
        [usage.origin, inference.tier, stream, unfinished],
        ['reported', 'on_demand', true, false],
      )
      assert.deepEqual(reply, [{ path: 'output[0]', kind: 'output', content: 'One, two, three.' }])
    }
  })

  it('does not mix counts from before a tool on the server with the final ones', () => {
    const chunks = [
      chunk('a', { usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 21, totalTokenCount: 30 } }),
      chunk(
        '',
        { usageMetadata: { promptTokenCount: 87, thoughtsTokenCount: 78, totalTokenCount: 165 } },
        { finishReason: 'STOP' },
      ),
    ]
    assert.deepEqual(tokensOf(readGoogle({ url: STREAM, response: sseOf(chunks) }).usage), [87, null, 78, 78])
  })

  it('knows the input and not the output of a stream that broke off at any event', () => {
    for (const [count, input] of [
      [1, 7],
      [2, 7],
    ] as const) {
      const { usage, inference, unfinished } = readGoogle({
        url: STREAM,
        response: sseOf(CHUNKS.slice(0, count)),
        end: 'truncated',
      })
      assert.deepEqual(
        [usage.origin, usage.inputTokens, usage.outputTokens, usage.reasoningTokens],
        ['partial', input, null, null],
      )
      assert.deepEqual([inference.billed, unfinished], [true, true])
    }
    const nothing = readGoogle({ url: STREAM, response: '', end: 'aborted' })
    assert.deepEqual([nothing.usage.origin, nothing.stream, nothing.unfinished], ['unknown', true, true])
  })

  it('waits for every candidate', () => {
    const candidates = [
      { index: 0, content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' },
      { index: 1, content: { parts: [{ text: 'b' }] } },
    ]
    const half = readGoogle({ url: STREAM, response: sseOf([{ candidates, usageMetadata: USAGE }]) })
    assert.equal(half.usage.origin, 'partial')
    const rest = { candidates: [{ index: 1, content: { parts: [{ text: 'c' }] }, finishReason: 'SAFETY' }] }
    const both = readGoogle({ url: STREAM, response: sseOf([{ candidates, usageMetadata: USAGE }, rest]) })
    assert.deepEqual([both.usage.origin, both.inference.finishReason], ['reported', 'STOP'])
    assert.deepEqual(
      both.reply.map(({ content }) => content),
      ['a', 'bc'],
    )
  })

  it('puts the arguments of a streamed call together', () => {
    const call = (functionCall: object) => ({ candidates: [{ content: { parts: [{ functionCall }] } }] })
    const { reply } = readGoogle({
      url: STREAM,
      response: sseOf([
        call({ name: 'book', willContinue: true }),
        call({ partialArgs: [{ jsonPath: '$.city', stringValue: 'Pa' }], willContinue: true }),
        call({ partialArgs: [{ jsonPath: '$.city', stringValue: 'ris' }] }),
        call({ name: 'pay', args: {} }),
      ]),
    })
    assert.deepEqual(
      reply.map(({ kind, name }) => [kind, name]),
      [
        ['tool_call', 'book'],
        ['tool_call', 'pay'],
      ],
    )
    assert.match(reply[0]?.content ?? '', /"Pa".*"ris"/)
  })

  it('reads errors, also inside an array and inside a stream', () => {
    const error = { code: 429, message: 'Slow down.', status: 'RESOURCE_EXHAUSTED' }
    for (const response of [{ error }, [{ error }]]) {
      const failed = readGoogle({ url: STREAM, status: 429, response })
      assert.deepEqual(failed.error, { status: 429, code: 'RESOURCE_EXHAUSTED', message: 'Slow down.' })
      assert.deepEqual(
        [failed.inference.billed, failed.usage.origin, failed.stream],
        [false, 'unknown', true],
      )
    }
    const only = readGoogle({ url: STREAM, response: sseOf([{ error }]) })
    assert.deepEqual([only.inference.billed, only.error?.status], [false, 429])
    const late = readGoogle({ url: STREAM, response: sseOf([CHUNKS[0], { error }]) })
    assert.deepEqual([late.inference.billed, late.usage.origin], [true, 'partial'])
  })

  it('leaves a prompt with a cache to its own conversation', () => {
    const { previousResponseId, prompt } = readGoogle({
      request: { cached_content: 'cachedContents/c7', contents: [{ parts: [{ text: 'x' }] }] },
      response: replyOf({ ...USAGE, cachedContentTokenCount: 5 }),
    })
    assert.deepEqual([previousResponseId, prompt.length], [undefined, 1])
  })

  it('says nothing false of a streamed array that is cut at any byte', () => {
    const first = {
      candidates: [{ content: { parts: [{ text: 'é' }] } }],
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
    }
    const last = replyOf({ promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 })
    const whole = bytes(`[${JSON.stringify(first)}\r\n,\r\n${JSON.stringify(last)}]`)
    for (let length = 0; length <= whole.length; length++) {
      const cut = readGoogle({ url: STREAM, responseBody: whole.slice(0, length), end: 'truncated' })
      assertSane(cut)
      const { usage } = cut
      // Only the closing bracket may be missing.
      const isWhole = length >= whole.length - 1
      assert.equal(usage.origin === 'reported', isWhole, `at ${length}`)
      if (usage.origin === 'partial') assert.deepEqual([usage.inputTokens, usage.outputTokens], [7, null])
    }
  })
})
