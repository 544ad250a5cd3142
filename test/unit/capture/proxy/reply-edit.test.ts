// A streamed reply that is ended: what the client gets is whole events and the provider's error, however the bytes came.

import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { type CallFormat, formatOf } from '../../../../profiler-agent/capture/proxy/budget/call-format'
import { streamError } from '../../../../profiler-agent/capture/proxy/budget/stream-error'
import type { Framing } from '../../../../profiler-agent/capture/proxy/budget/stream-frames'
import { ReplyEdit } from '../../../../profiler-agent/capture/proxy/reply-edit'
import { ENDLESS_REPLIES } from '../../../support/endless-replies'

const REFUSAL = { rule: 'budget/outputTokens', message: 'budget exceeded: enough' }

/** A call of each format. */
const PATHS: Readonly<Record<string, readonly [provider: string, path: string, framing: Framing]>> = {
  'openai-chat': ['groq', '/openai/v1/chat/completions', 'sse'],
  'openai-responses': ['openai', '/v1/responses?x=1', 'sse'],
  anthropic: ['anthropic', '/v1/messages', 'sse'],
  gemini: ['google', '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse', 'sse'],
  interactions: ['google', '/v1beta/interactions', 'sse'],
  converse: ['bedrock', '/model/m/converse-stream', 'aws'],
  invoke: ['bedrock', '/model/m/invoke-with-response-stream', 'aws'],
  cohere: ['cohere', '/v2/chat', 'sse'],
  mistral: ['mistral', '/v1/chat/completions', 'sse'],
  'mistral-conversations': ['mistral', '/v1/conversations', 'sse'],
  ollama: ['ollama', '/api/chat', 'lines'],
}

/** A limit that nobody can hold anything against. */
const BROKEN = -1

/** What a client gets of these chunks, and whether the reply was ended. */
function edited(name: string, chunks: readonly Buffer[], limit: number) {
  const [provider, path] = PATHS[name] ?? assert.fail(name)
  const passed: Buffer[] = []
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      passed.push(chunk)
      done()
    },
  })
  const output = (tokens: number) => {
    if (limit === BROKEN) throw new Error('broken')
    return tokens >= limit ? REFUSAL : undefined
  }
  const hold = { output, ended: () => undefined }
  let isStopped = false
  const faults: unknown[] = []
  const edit = ReplyEdit.of(
    ['Content-Type', ENDLESS_REPLIES[name]?.contentType ?? ''],
    {
      removesUsage: false,
      held: { id: 'c1', provider, path, hold, failed: (error) => void faults.push(error) },
    },
    out,
    {
      undecodable: (error) => assert.fail(error),
      stopped: () => {
        isStopped = true
      },
    },
  )
  assert.ok(edit)
  for (const chunk of chunks) edit.push(chunk)
  return { bytes: Buffer.concat(passed), isStopped, faults: faults.length }
}

describe('a reply that is ended', () => {
  for (const [name, reply] of Object.entries(ENDLESS_REPLIES))
    it(`is whole events and an error, wherever its bytes are cut: ${name}`, () => {
      const [provider, path, framing] = PATHS[name] ?? assert.fail(name)
      const format: CallFormat = formatOf(provider, path)
      const words = Array.from({ length: 12 }, (_, index) => Buffer.from(reply.word(`word${index % 10}`)))
      const beginning = Buffer.concat(reply.beginning)
      const whole = Buffer.concat([beginning, ...words])
      const cuts = fc.array(fc.nat(whole.length), { maxLength: 12 })
      fc.assert(
        fc.property(cuts, fc.integer({ min: 2, max: 14 }), (at, limit) => {
          const ends = [...new Set([...at, whole.length])].sort((one, other) => one - other)
          const chunks = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end))
          const { bytes, isStopped } = edited(name, chunks, limit)
          // Each word is a token; the beginning of Anthropic's reports one.
          if (limit > words.length) return assert.deepEqual([bytes, isStopped], [whole, false])
          const place = { requestId: 'req_costflame_c1', sequence: name === 'openai-responses' ? 3 : 0 }
          const error = streamError(framing, format, REFUSAL, place)
          const expected = Buffer.concat([beginning, ...words.slice(0, limit), error])
          assert.deepEqual([bytes, isStopped], [expected, true])
        }),
        { numRuns: 60 },
      )
    })
})

describe('a reply that a budget holds and does not end', () => {
  for (const name of ['openai-chat', 'converse', 'ollama'])
    it(`passes byte for byte, whatever it is: ${name}`, () => {
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ unit: fc.constantFrom('\r', '\n', 'data: ', '{', '}', '"', '\\', 'é', ':') }),
      )
      fc.assert(
        fc.property(fc.array(bytes, { maxLength: 8 }), (parts) => {
          const chunks = parts.map((part) => Buffer.from(part))
          const passed = edited(name, chunks, Number.POSITIVE_INFINITY)
          assert.deepEqual(passed, { bytes: Buffer.concat(chunks), isStopped: false, faults: 0 })
        }),
      )
    })

  it('goes on when it cannot be looked at, and somebody hears of it once', () => {
    const chunks = [1, 2, 3].map((word) =>
      Buffer.from(ENDLESS_REPLIES['openai-chat']?.word(`word${word}`) ?? []),
    )
    const passed = edited('openai-chat', chunks, BROKEN)
    assert.deepEqual(passed, { bytes: Buffer.concat(chunks), isStopped: false, faults: 1 })
  })
})
