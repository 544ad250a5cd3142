// Cohere beyond the fixtures: what is billed, what is cached, both stream framings, errors and endpoints.
import assert from 'node:assert/strict'
import { type Parts, readFirst, sseOf } from './exchange'

const V1 = 'https://api.cohere.com/v1/chat'
const V2 = 'https://api.cohere.com/v2/chat'

const read = (response: unknown, more: Parts = {}) =>
  readFirst({ provider: 'cohere', url: V2, request: { model: 'm' }, response, ...more })

/** Uncached input, cache read, output and origin of a v2 chat with this usage. */
function bucketsOf(usage: unknown): unknown[] {
  const content = [{ type: 'text', text: 'hi' }]
  const { usage: said } = read({ id: 'c', message: { content }, finish_reason: 'COMPLETE', usage })
  return [said.uncachedInputTokens, said.cacheReadTokens, said.outputTokens, said.origin]
}

describe('providers/cohere', () => {
  it('counts billed units and not tokens, and no more cached than billed', () => {
    const tokens = { input_tokens: 2190, output_tokens: 1257 }
    const billed_units = { input_tokens: 431, output_tokens: 661 }
    assert.deepEqual(bucketsOf({ billed_units, tokens }), [431, null, 661, 'reported'])
    assert.deepEqual(bucketsOf({ billed_units, tokens, cached_tokens: 31 }), [400, 31, 661, 'reported'])
    assert.deepEqual(bucketsOf({ billed_units, tokens, cached_tokens: 2000 }), [0, 431, 661, 'reported'])
    assert.deepEqual(bucketsOf({ billed_units, tokens, cached_tokens: 0 }), [431, 0, 661, 'reported'])
  })

  it('takes counts that are written as fractions where they are whole', () => {
    assert.deepEqual(bucketsOf({ billed_units: { input_tokens: 12.0, output_tokens: 0.5 } }), [
      12,
      null,
      null,
      'reported',
    ])
  })

  it('falls back to tokens where a server bills nothing apart', () => {
    assert.deepEqual(bucketsOf({ tokens: { input_tokens: 90, output_tokens: 5 }, cached_tokens: 40 }), [
      50,
      40,
      5,
      'reported',
    ])
    assert.deepEqual(bucketsOf({ billed_units: null, tokens: { input_tokens: 90 } }), [
      90,
      null,
      null,
      'reported',
    ])
  })

  it('knows nothing where nothing is said, or zeros beside a text', () => {
    const unknown = [null, null, null, 'unknown']
    assert.deepEqual(bucketsOf(undefined), unknown)
    assert.deepEqual(bucketsOf({}), unknown)
    assert.deepEqual(bucketsOf({ cached_tokens: 7 }), unknown)
    assert.deepEqual(bucketsOf({ billed_units: { input_tokens: 0, output_tokens: 0 } }), unknown)
  })

  it('reads a v1 chat as JSON, with its calls', () => {
    const response = {
      response_id: 'r1',
      generation_id: 'g1',
      text: '',
      finish_reason: 'COMPLETE',
      tool_calls: [{ name: 'lookup', parameters: { q: 'x' } }],
      meta: { billed_units: { input_tokens: 8, output_tokens: 3 }, tokens: { input_tokens: 70 } },
    }
    const { inference, usage, reply } = read(response, { url: V1, request: { message: 'hi' } })
    assert.deepEqual(
      [inference.responseId, inference.requestModel, usage.inputTokens, usage.outputTokens],
      ['r1', '', 8, 3],
    )
    assert.deepEqual(reply, [
      {
        path: 'output[0]',
        kind: 'tool_call',
        name: 'lookup',
        content: '{"name":"lookup","parameters":{"q":"x"}}',
      },
    ])
  })

  it('reads a v1 stream in both framings alike', () => {
    const events = [
      { is_finished: false, event_type: 'stream-start', generation_id: 'g' },
      { is_finished: false, event_type: 'text-generation', text: 'one' },
      {
        is_finished: true,
        event_type: 'stream-end',
        finish_reason: 'MAX_TOKENS',
        response: { text: 'one', meta: { billed_units: { input_tokens: 4, output_tokens: 1 } } },
      },
    ]
    const lines = events.map((event) => JSON.stringify(event)).join('\n')
    for (const body of [lines, sseOf(events)]) {
      const { inference, usage, reply, stream, unfinished } = read(body, { url: V1 })
      assert.deepEqual(
        [inference.responseId, inference.finishReason, usage.inputTokens, usage.outputTokens],
        ['g', 'MAX_TOKENS', 4, 1],
      )
      assert.deepEqual([reply.map(({ content }) => content), stream, unfinished], [['one'], true, false])
    }
  })

  it('knows nothing of a stream that broke off, be it behind its first line', () => {
    const first = { is_finished: false, event_type: 'stream-start', generation_id: 'g' }
    const text = { is_finished: false, event_type: 'text-generation', text: 'one' }
    for (const events of [[first], [first, text]]) {
      const body = events.map((event) => `${JSON.stringify(event)}\n`).join('')
      const { usage, inference, unfinished } = read(body, { url: V1, end: 'aborted' })
      assert.deepEqual(
        [usage.origin, usage.inputTokens, inference.billed, unfinished],
        ['unknown', null, true, true],
      )
    }
  })

  it('tells an error at the end of a stream; one without any text bills nothing', () => {
    const end = { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'out of memory' } }
    const text = { type: 'content-delta', index: 0, delta: { message: { content: { text: 'a' } } } }
    const late = read(sseOf([text, end]))
    assert.deepEqual(
      [late.error, late.inference.finishReason, late.inference.billed, late.usage.origin],
      [{ status: 200, message: 'out of memory' }, 'ERROR', true, 'unknown'],
    )
    assert.equal(read(sseOf([end])).inference.billed, false)
  })

  it('does not bill a refused call, and says why', () => {
    const { inference, error } = read(
      { id: 'x', message: "model 'm' not found" },
      { status: 404, url: 'https://api.cohere.com/v2/embed' },
    )
    assert.deepEqual(
      [inference.kind, inference.billed, inference.usage.origin],
      ['embeddings', false, 'unknown'],
    )
    assert.deepEqual(error, { status: 404, message: "model 'm' not found" })
  })

  it('knows no tokens of images that are billed by the piece', () => {
    const { usage } = read(
      { id: 'e', meta: { billed_units: { images: 3 } } },
      { url: 'https://api.cohere.com/v1/embed' },
    )
    assert.deepEqual([usage.inputTokens, usage.origin], [null, 'unknown'])
  })

  it('shows text generation before chat as other, with what was billed', () => {
    const response = {
      id: 'g',
      generations: [{ id: 'a', text: 'far' }],
      meta: { billed_units: { input_tokens: 5, output_tokens: 57 } },
    }
    const { inference, usage } = read(response, {
      url: 'https://api.cohere.ai/v1/generate',
      request: { prompt: 'hi' },
    })
    assert.deepEqual([inference.kind, usage.inputTokens, usage.outputTokens], ['other', 5, 57])
  })

  it('is known by its path on other hosts too', () => {
    const { wireFormat } = read(
      { text: 'a' },
      { provider: 'custom:x', url: 'https://x.models.ai.azure.com/v1/chat/' },
    )
    assert.equal(wireFormat, 'cohere-chat')
    assert.equal(
      read({}, { url: 'https://api.cohere.com/compatibility/v1/chat/completions' }).wireFormat,
      'openai-chat',
    )
  })
})
