// Embeddings beyond the fixture: vendors' ways of counting, inputs of every form, errors.
import assert from 'node:assert/strict'
import { type Parts, readFirst } from './exchange'

const EMBEDDINGS = 'https://api.openai.com/v1/embeddings'

const read = (response: unknown, more: Parts = {}) =>
  readFirst({ url: EMBEDDINGS, request: { model: 'm', input: 'x' }, response, ...more })

describe('providers/openai-embeddings', () => {
  it('counts the input under whichever name a vendor gives it', () => {
    const usages: [object, number | null][] = [
      [{ prompt_tokens: 4, total_tokens: 4 }, null],
      // Voyage gives a total and nothing else, Mistral an output of none.
      [{ total_tokens: 4 }, null],
      [{ prompt_tokens: 4, total_tokens: 4, completion_tokens: 0 }, 0],
    ]
    for (const [usage, output] of usages) {
      const reading = read({ data: [], model: 'e', usage })
      assert.deepEqual(
        [reading.usage.inputTokens, reading.usage.uncachedInputTokens, reading.usage.outputTokens],
        [4, 4, output],
      )
      assert.deepEqual([reading.inference.kind, reading.inference.billed], ['embeddings', true])
    }
  })

  it('takes a router’s cost', () => {
    const usage = { prompt_tokens: 3, total_tokens: 3, cost: 6e-8, is_byok: false, cost_details: {} }
    assert.equal(read({ data: [], usage }, { provider: 'openrouter' }).inference.providerPicoUsd, 60_000)
  })

  it('takes Azure’s deployment for the requested model', () => {
    const url = 'https://r.openai.azure.com//openai/deployments/our-embed/embeddings?api-version=2024-10-21'
    const response = {
      data: [],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 2, total_tokens: 2 },
    }
    const { inference } = read(response, { url, provider: 'azure', request: { input: 'x' } })
    assert.deepEqual(
      [inference.requestModel, inference.responseModel],
      ['our-embed', 'text-embedding-3-small'],
    )
  })

  it('knows nothing where nothing is said, and bills no refusal', () => {
    const silent = read({ data: [] })
    assert.deepEqual([silent.usage.origin, silent.inference.billed], ['unknown', true])
    for (const usage of [{}, { prompt_tokens: -1 }, { prompt_tokens: '3' }, { total_tokens: 1.5 }])
      assert.deepEqual(read({ data: [], usage }).usage.origin, 'unknown')
    const refused = read({ error: { message: 'no' } }, { status: 400 })
    assert.deepEqual([refused.inference.billed, refused.error?.message], [false, 'no'])
    assert.equal(read({ error: { message: 'no' } }).inference.billed, false)
  })

  it('leaves Ollama’s own endpoint to its adapter', () => {
    const url = 'http://127.0.0.1:11434/api/embeddings'
    assert.notEqual(read({ embedding: [0.1] }, { url }).wireFormat, 'openai-embeddings')
    assert.equal(read({}, { url: 'http://127.0.0.1:11434/v1/embeddings' }).wireFormat, 'openai-embeddings')
    assert.equal(read({}, { url: 'https://openrouter.ai/api/v1/embeddings' }).wireFormat, 'openai-embeddings')
  })
})
