// Embeddings of Google with and without usage, predictions of Vertex, cached contents.
import assert from 'node:assert/strict'
import { readGoogle, studio, vertex } from './gemini-exchange'

const EMBED = studio('v1beta/models/gemini-embedding-2:batchEmbedContents')
const CACHES = studio('v1beta/cachedContents')

describe('providers/gemini-embeddings', () => {
  it('reads the usage that newer models give, under its own name of the details', () => {
    const { inference, usage, prompt } = readGoogle({
      url: EMBED,
      request: { requests: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] } }] },
      response: {
        embeddings: [{ values: [0.5] }],
        usageMetadata: {
          promptTokenCount: 40,
          promptTokenDetails: [
            { modality: 'TEXT', tokenCount: 8 },
            { modality: 'AUDIO', tokenCount: 32 },
          ],
        },
      },
    })
    assert.deepEqual(
      [inference.kind, usage.inputTokens, usage.outputTokens, usage.origin],
      ['embeddings', 40, null, 'reported'],
    )
    assert.deepEqual(
      [inference.modalities, inference.requestModel],
      [{ audioInput: 32 }, 'gemini-embedding-2'],
    )
    assert.deepEqual(
      prompt.map(({ path }) => path),
      ['requests[0].content.parts[0]', 'requests[0].content.parts[1]'],
    )
  })

  it('trap 42: leaves embeddings without usage unknown', () => {
    const { usage, inference } = readGoogle({
      url: studio('v1beta/models/embedding-001:embedContent'),
      request: { content: { parts: [{ text: 'a' }] } },
      response: { embedding: { values: [1, 2] } },
    })
    assert.deepEqual([usage.origin, usage.inputTokens, inference.billed], ['unknown', null, true])
  })

  it('adds up the counts of the vectors that Vertex predicts', () => {
    const vectorOf = (tokenCount?: number) => ({
      embeddings: { values: [1], statistics: tokenCount === undefined ? {} : { token_count: tokenCount } },
    })
    const read = (...predictions: unknown[]) =>
      readGoogle({
        url: vertex('publishers/google/models/text-embedding-005:predict'),
        request: { instances: [{ content: 'a' }, { content: 'b' }] },
        response: { predictions },
      })
    const both = read(vectorOf(4), vectorOf(6))
    assert.deepEqual(
      [
        both.inference.kind,
        both.usage.inputTokens,
        both.usage.outputTokens,
        both.usage.origin,
        both.inference.geo,
      ],
      ['embeddings', 10, null, 'reported', 'regional'],
    )
    assert.deepEqual([read(vectorOf(4), vectorOf()).usage.origin, both.prompt[1]?.content], ['partial', 'b'])
    assert.equal(read(vectorOf()).usage.origin, 'unknown')
  })

  it('does not take images for vectors, and reads the counts of old text models', () => {
    const image = readGoogle({
      url: studio('v1beta/models/imagen-4.0-generate-001:predict'),
      response: { predictions: [{ bytesBase64Encoded: 'AAEC', mimeType: 'image/png' }] },
    })
    assert.deepEqual(
      [image.inference.kind, image.usage.origin, image.inference.billed, image.inference.requestModel],
      ['other', 'unknown', true, 'imagen-4.0-generate-001'],
    )
    const text = readGoogle({
      url: vertex('publishers/google/models/text-bison@002:predict'),
      response: {
        predictions: [{ content: 'x' }],
        metadata: {
          tokenMetadata: { inputTokenCount: { totalTokens: 5 }, outputTokenCount: { totalTokens: 2 } },
        },
      },
    })
    assert.deepEqual([text.usage.inputTokens, text.usage.outputTokens, text.inference.kind], [5, 2, 'other'])
  })

  it('reads failures', () => {
    const failed = readGoogle({
      url: EMBED,
      status: 400,
      response: { error: { code: 400, message: 'Too long.' } },
    })
    assert.deepEqual(
      [failed.inference.billed, failed.inference.kind, failed.error?.message],
      [false, 'embeddings', 'Too long.'],
    )
  })
})

describe('providers/gemini-caches', () => {
  const cache = {
    name: 'cachedContents/c7',
    model: 'models/gemini-2.5-flash',
    expireTime: '2026-11-22T10:00:00Z',
    usageMetadata: { totalTokenCount: 5000 },
  }

  it('trap 37: bills a new cache as input, and marks that keeping it costs too', () => {
    const { inference, usage, prompt } = readGoogle({
      url: CACHES,
      request: {
        model: 'models/gemini-2.5-flash',
        contents: [{ parts: [{ text: 'a long text' }] }],
        ttl: '300s',
      },
      response: cache,
    })
    assert.deepEqual(
      [
        inference.billed,
        inference.requestModel,
        inference.responseId,
        usage.uncachedInputTokens,
        usage.units,
      ],
      [true, 'gemini-2.5-flash', 'cachedContents/c7', 5000, { cacheStorage: 1 }],
    )
    assert.deepEqual([usage.outputTokens, usage.cacheReadTokens, prompt.length], [null, null, 1])
  })

  it('does not bill looking at a cache, changing or deleting it', () => {
    for (const [method, url] of [
      ['GET', CACHES],
      ['GET', `${CACHES}/c7`],
      ['PATCH', `${CACHES}/c7?updateMask=ttl`],
      ['DELETE', `${CACHES}/c7`],
    ] as const) {
      const { inference, usage } = readGoogle({ method, url, response: cache })
      assert.deepEqual([inference.billed, usage.inputTokens, usage.origin], [false, null, 'unknown'], method)
    }
  })

  it('names the model of a cache on Vertex without its place', () => {
    const { inference } = readGoogle({
      url: vertex('cachedContents'),
      request: { model: 'projects/p1/locations/europe-west4/publishers/google/models/gemini-2.5-pro' },
      response: { name: 'projects/1/locations/europe-west4/cachedContents/9', usageMetadata: {} },
    })
    assert.deepEqual(
      [inference.requestModel, inference.usage.origin, inference.billed, inference.geo],
      ['gemini-2.5-pro', 'unknown', true, 'regional'],
    )
  })
})
