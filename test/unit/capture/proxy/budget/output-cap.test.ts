// Reading and lowering the cap that a request sets on its own output, in its bytes.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  isSealed,
  requestedOutput,
  withOutputCap,
} from '../../../../../profiler-agent/capture/proxy/budget/output-cap'

function capped(provider: string, path: string, body: string, cap = 800): string | undefined {
  return withOutputCap(provider, path, Buffer.from(body), cap)?.toString()
}

const CHAT = '/v1/chat/completions'
const GEMINI = '/v1beta/models/gemini-2.5-flash:generateContent'
const INVOKE = '/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke'

describe('the cap of a request', () => {
  const changed: readonly (readonly [string, string, string, string])[] = [
    ['openai', CHAT, '{"model":"m"}', '{"max_completion_tokens":800,"model":"m"}'],
    ['groq', '/openai/v1/chat/completions', '{ "model":"m"}', '{"max_tokens":800, "model":"m"}'],
    ['azure', `/openai/deployments/d/chat/completions?api-version=2024-06-01`, '{}', '{"max_tokens":800}'],
    ['openai', CHAT, '{"max_tokens": 900 ,"n":null}', '{"max_tokens": 800 ,"n":null}'],
    ['openai', CHAT, '{"max_completion_tokens":null}', '{"max_completion_tokens":800}'],
    ['openai', CHAT, '{"n":4,"max_tokens":900}', '{"n":4,"max_tokens":200}'],
    ['openai', CHAT, '{"max_tokens":900,"max_tokens":2e3}', '{"max_tokens":800,"max_tokens":800}'],
    ['openai', '/v1/responses', '{}', '{"max_output_tokens":800}'],
    ['openai', '/v1/completions', '{"prompt":"a","max_tokens":900}', '{"prompt":"a","max_tokens":800}'],
    ['anthropic', '/v1/messages', '{"max_tokens":4096}', '{"max_tokens":800}'],
    ['google', GEMINI, '{"contents":[]}', '{"generationConfig":{"maxOutputTokens":800},"contents":[]}'],
    ['google', GEMINI, '{"generationConfig":{}}', '{"generationConfig":{"maxOutputTokens":800}}'],
    ['google', GEMINI, '{"generationConfig":null}', '{"generationConfig":{"maxOutputTokens":800}}'],
    [
      'google',
      GEMINI,
      '{"generation_config":{"top_k":1}}',
      '{"generation_config":{"max_output_tokens":800,"top_k":1}}',
    ],
    [
      'bedrock',
      '/model/x/converse-stream',
      '{"messages":[]}',
      '{"inferenceConfig":{"maxTokens":800},"messages":[]}',
    ],
    [
      'bedrock',
      '/model/x/converse',
      '{"inferenceConfig":{"topP":1}}',
      '{"inferenceConfig":{"maxTokens":800,"topP":1}}',
    ],
    ['bedrock', INVOKE, '{"max_tokens":1000}', '{"max_tokens":800}'],
    ['cohere', '/v2/chat', '{"model":"m"}', '{"max_tokens":800,"model":"m"}'],
    ['mistral', CHAT, '{"max_tokens":null}', '{"max_tokens":800}'],
    ['mistral', '/v1/conversations', '{"inputs":"a"}', '{"completion_args":{"max_tokens":800},"inputs":"a"}'],
    ['ollama', '/api/chat', '{"options":{"num_predict":-1}}', '{"options":{"num_predict":800}}'],
    ['ollama', '/api/chat', '{"model":"m"}', '{"options":{"num_predict":800},"model":"m"}'],
  ]
  for (const [provider, path, before, after] of changed)
    it(`becomes lower, or is put in: ${provider} ${path} ${before}`, () => {
      assert.equal(capped(provider, path, before), after)
    })

  const kept: readonly (readonly [string, string, string])[] = [
    ['openai', CHAT, '{"max_tokens":800}'],
    ['openai', CHAT, '{"max_tokens":"900"}'],
    ['openai', CHAT, 'no JSON'],
    ['openai', CHAT, '{"model":"m"} and more'],
    ['openai', '/v1/embeddings', '{"input":"a"}'],
    // Without a cap of their own they have a lower one than this.
    ['openai', '/v1/completions', '{"prompt":"a"}'],
    ['bedrock', '/model/meta.llama3-1-8b/invoke', '{"prompt":"a"}'],
    ['openai', '/v1/responses/compact', '{"input":"a"}'],
    ['anthropic', '/v1/messages/batches', '{"requests":[]}'],
    ['anthropic', '/v1/complete', '{"prompt":"a"}'],
    ['openai', '/v1/images/generations', '{"prompt":"a"}'],
    ['google', '/v1beta/models/text-embedding-004:embedContent', '{"content":{}}'],
    ['cohere', '/v2/rerank', '{"query":"a"}'],
    // Anthropic refuses a cap that thinking alone would fill.
    ['anthropic', '/v1/messages', '{"max_tokens":4096,"thinking":{"type":"enabled","budget_tokens":2000}}'],
  ]
  for (const [provider, path, body] of kept)
    it(`stays as it is: ${provider} ${path} ${body}`, () => {
      assert.equal(capped(provider, path, body), undefined)
    })

  it('is put in where it is lower than the one that holds without', () => {
    const llama = '/model/meta.llama3-1-8b/invoke'
    assert.equal(capped('bedrock', llama, '{"prompt":"a"}', 300), '{"max_gen_len":300,"prompt":"a"}')
  })

  it('goes no lower than the provider takes', () => {
    assert.equal(capped('openai', '/v1/responses', '{}', 4), '{"max_output_tokens":16}')
  })

  it('is known with the model, wherever they stand', () => {
    const read = (provider: string, path: string, body: string) => {
      const { model, cap } = requestedOutput(provider, path, Buffer.from(body))
      return [model, cap]
    }
    assert.deepEqual(read('openai', CHAT, '{"model":"gpt\\u002d5","n":2,"max_tokens":50}'), ['gpt-5', 100])
    assert.deepEqual(read('google', GEMINI, '{"contents":[]}'), ['gemini-2.5-flash', undefined])
    assert.deepEqual(read('bedrock', INVOKE, '{"max_tokens":7}'), [
      'anthropic.claude-haiku-4-5-20251001-v1:0',
      7,
    ])
    assert.deepEqual(read('openai', CHAT, '['), ['', undefined])
  })

  it('is not changed in a body that its sender vouches for', () => {
    assert.equal(isSealed({ authorization: 'AWS4-HMAC-SHA256 Credential=x' }), true)
    assert.equal(isSealed({ authorization: 'Bearer x' }), false)
    assert.equal(isSealed({ 'content-digest': 'sha-256=:x:' }), true)
  })

  it('is all that changes, whatever else is in the body', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const key = fc
      .string()
      .filter((name) => !['max_tokens', 'max_completion_tokens', 'n', '__proto__'].includes(name))
    const rest = fc.dictionary(key, value)
    const cap = fc.integer({ min: 1, max: 5_000 })
    const given = fc.option(fc.oneof(fc.integer({ min: -2, max: 10_000 }), fc.constant(null)), {
      nil: undefined,
    })
    const space = fc.constantFrom(undefined, 1, '\t', '\r\n')
    fc.assert(
      fc.property(rest, given, cap, space, (others, own, most, indent) => {
        const request = {
          ...others,
          ...(own === undefined ? {} : { max_tokens: own }),
          last: 'ü "max_tokens":9',
        }
        const body = JSON.stringify(request, null, indent)
        const result = capped('groq', CHAT, body, most)
        const isLow = typeof own === 'number' && own >= 0 && own <= most
        if (isLow) return assert.equal(result, undefined)
        assert.deepEqual(JSON.parse(result ?? ''), { ...JSON.parse(body), max_tokens: most })
        assert.equal(capped('groq', CHAT, result ?? '', most), undefined)
        const ours = own === undefined ? `"max_tokens":${most},` : String(most)
        const at = (result ?? '').split('').findIndex((letter, index) => letter !== body[index])
        const start = own === undefined ? 1 : at < 0 ? body.length : at
        if (own === undefined) assert.equal(result, body.slice(0, start) + ours + body.slice(start))
        else assert.equal((result ?? '').length - body.length, ours.length - String(own).length)
      }),
    )
  })
})
