// Google's formats under any bytes: cut anywhere, wrong types, unknown fields, huge numbers, deep nesting.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readExchange } from '../../../profiler-agent/providers'
import { bytes, exchangeOf, sseOf } from './exchange'
import { GENERATE, replyOf, STREAM, studio, vertex } from './gemini-exchange'
import { assertSane } from './provider-fixtures'

const CALLS: readonly (readonly [method: string, url: string])[] = [
  ['POST', GENERATE],
  ['POST', STREAM],
  ['POST', studio('v1beta/interactions')],
  ['GET', studio('v1beta/interactions/i1')],
  ['POST', studio('v1beta/cachedContents')],
  ['POST', studio('v1beta/models/e:batchEmbedContents')],
  ['GET', studio('v1beta/batches/b1')],
  ['POST', vertex('publishers/google/models/m:predict')],
  ['POST', vertex('publishers/anthropic/models/m:streamRawPredict')],
]

const KEYS = [
  ...['candidates', 'content', 'parts', 'text', 'usageMetadata', 'usage_metadata', 'promptTokenCount'],
  ...[
    'totalTokenCount',
    'candidatesTokenCount',
    'promptTokensDetails',
    'modality',
    'tokenCount',
    'trafficType',
  ],
  ...['finishReason', 'index', 'groundingMetadata', 'functionCall', 'error', 'response', 'embeddings'],
  ...[
    'predictions',
    'statistics',
    'interaction',
    'event_type',
    'usage',
    'total_input_tokens',
    'steps',
    'type',
  ],
  ...[
    'delta',
    'step',
    'metadata',
    'arguments',
    'contents',
    'tools',
    'input',
    'requests',
    'instances',
    'name',
  ],
  ...['inlinedResponses', 'cachedContent', 'model', 'systemInstruction', 'annotations', 'queries', 'status'],
]

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    fc.jsonValue(),
    fc.constantFrom(-1, 0, 7, 1.5, 2 ** 53, 1e308, 'text', 'google_search_call', 'STOP', null, true),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('tree')),
  ),
}))

describe('providers/gemini under any bytes', () => {
  for (const [method, url] of CALLS)
    it(`reads any JSON as ${method} ${url}`, () => {
      fc.assert(
        fc.property(tree, tree, fc.constantFrom(200, 429), (request, response, status) => {
          for (const body of [response, [response, response], sseOf([response, response])])
            assertSane(
              readExchange(exchangeOf({ provider: 'google', method, url, status, request, response: body })),
            )
        }),
        { numRuns: 60 },
      )
    })

  it('says nothing false of a streamed array that is cut at any byte', () => {
    const first = {
      candidates: [{ content: { parts: [{ text: 'é' }] } }],
      usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 },
    }
    const last = replyOf({ promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 })
    const whole = bytes(`[${JSON.stringify(first)}\r\n,\r\n${JSON.stringify(last)}]`)
    for (let length = 0; length <= whole.length; length++) {
      const cut = readExchange(
        exchangeOf({ url: STREAM, responseBody: whole.slice(0, length), end: 'truncated' }),
      )
      assertSane(cut)
      const { usage } = cut.inferences[0] ?? assert.fail()
      // Only the closing bracket may be missing.
      const isWhole = length >= whole.length - 1
      assert.equal(usage.origin === 'reported', isWhole, `at ${length}`)
      if (usage.origin === 'partial') assert.deepEqual([usage.inputTokens, usage.outputTokens], [7, null])
    }
  })

  it('reads deep nesting', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    for (const [method, url] of CALLS)
      assertSane(
        readExchange(
          exchangeOf({ method, url, request: `{"contents":${deep},"input":${deep}}`, response: deep }),
        ),
      )
  })
})
