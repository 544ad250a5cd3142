// Bedrock InvokeModel beyond text: embeddings, rerankers, images, speech; and any JSON in place of what is expected.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { eventFrame, eventStreamOf } from '../wire/event-stream-frames'
import { bucketsOf, countHeaders, inferenceOf, readBedrock } from './bedrock-exchange'

const METRICS = 'amazon-bedrock-invocationMetrics'

describe('Bedrock InvokeModel: embeddings, rerankers, images', () => {
  it('reads the input of embeddings from the body or the header, and knows no output', () => {
    const titan = inferenceOf({
      model: 'amazon.titan-embed-text-v2%3A0',
      request: { inputText: 'Hallig' },
      response: { embedding: [0.1, 0.2], inputTextTokenCount: 3 },
      responseHeaders: countHeaders({ input: 3 }),
    })
    assert.equal(titan.kind, 'embeddings')
    assert.deepEqual(bucketsOf(titan), [3, null, null, null, null, null, 'reported'])
    const cohere = inferenceOf({
      model: 'cohere.embed-multilingual-v3',
      request: { texts: ['Hallig', 'Warft'], input_type: 'search_document' },
      response: {
        id: 'e1',
        texts: ['hallig', 'warft'],
        embeddings: [[0.1], [0.2]],
        response_type: 'embeddings_floats',
      },
      responseHeaders: countHeaders({ input: 6, output: 0 }),
    })
    assert.equal(cohere.kind, 'embeddings')
    assert.deepEqual(bucketsOf(cohere), [6, null, null, null, null, null, 'reported'])
  })

  it('bills a reranker by the query, each of a hundred documents', () => {
    const rerank = (count: number) =>
      inferenceOf({
        model: 'cohere.rerank-v3-5%3A0',
        request: { query: 'island', documents: Array.from({ length: count }, (_, n) => `document ${n}`) },
        response: { results: [{ index: 0, relevance_score: 0.9 }] },
      })
    assert.equal(rerank(2).kind, 'rerank')
    assert.deepEqual(bucketsOf(rerank(2)), [0, null, null, null, null, 0, 'estimated'])
    assert.deepEqual(
      [1, 100, 101, 200].map((count) => rerank(count).usage.units.searchUnits),
      [1, 1, 2, 2],
    )
  })

  it('knows no usage of an image', () => {
    const image = inferenceOf({
      model: 'amazon.nova-canvas-v1%3A0',
      request: { taskType: 'TEXT_IMAGE', textToImageParams: { text: 'a dune' } },
      response: { images: ['aGk='] },
    })
    assert.equal(image.kind, 'other')
    assert.deepEqual(bucketsOf(image), [null, null, null, null, null, null, 'unknown'])
    assert.equal(image.billed, true)
  })

  it('takes the last totals of a spoken conversation, sound apart from text', () => {
    const usageEvent = (input: number, output: number) => ({
      event: {
        usageEvent: {
          totalInputTokens: input,
          totalOutputTokens: output,
          details: {
            total: {
              input: { speechTokens: input - 10, textTokens: 10 },
              output: { speechTokens: output - 1, textTokens: 1 },
            },
          },
        },
      },
    })
    const reading = readBedrock({
      model: 'amazon.nova-sonic-v1%3A0',
      operation: 'invoke-with-bidirectional-stream',
      request: {},
      responseBody: eventStreamOf(
        ...[usageEvent(20, 5), { event: { textOutput: { content: 'Moin' } } }, usageEvent(60, 31)].map(
          (chunk) => eventFrame('chunk', { bytes: Buffer.from(JSON.stringify(chunk)).toString('base64') }),
        ),
      ),
    })
    const [inference] = reading.inferences
    assert.ok(inference)
    assert.deepEqual([inference.usage.inputTokens, inference.usage.outputTokens], [60, 31])
    assert.deepEqual(inference.modalities, { audioInput: 50, audioOutput: 30 })
    assert.equal(reading.reply[0]?.content, 'Moin')
  })
})

describe('Bedrock InvokeModel: anything else', () => {
  it('takes any JSON, whole or in chunks, and counts nothing below zero', () => {
    const name = fc.constantFrom(
      ...[
        'results',
        'outputs',
        'generations',
        'choices',
        'completions',
        'usage',
        'output',
        'metadata',
        'content',
      ],
      ...[
        'type',
        'prompt_token_count',
        'generation_token_count',
        'inputTextTokenCount',
        'tokenCount',
        'message',
      ],
      ...[
        'contentBlockDelta',
        'messageStart',
        'event',
        'text',
        'bytes',
        METRICS,
        'inputTokenCount',
        'embedding',
      ],
    )
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), tie('list'), tie('object')),
      list: fc.array(tie('any'), { maxLength: 3 }),
      object: fc.dictionary(name, tie('any'), { maxKeys: 5 }),
    }))
    fc.assert(
      fc.property(
        value.object,
        fc.array(value.object, { maxLength: 4 }),
        value.object,
        (request, chunks, response) => {
          for (const parts of [
            { request, response },
            { request, chunks },
            { request, response, operation: 'converse' },
            {
              request,
              responseBody: eventStreamOf(...chunks.map((chunk) => eventFrame('metadata', chunk))),
              operation: 'converse-stream',
            },
          ]) {
            const { inferences, wireFormat } = readBedrock(parts)
            assert.match(wireFormat, /^bedrock-/)
            for (const { usage } of inferences)
              for (const count of [
                usage.inputTokens,
                usage.uncachedInputTokens,
                usage.cacheReadTokens,
                usage.outputTokens,
              ])
                assert.ok(count === null || (Number.isSafeInteger(count) && count >= 0))
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
