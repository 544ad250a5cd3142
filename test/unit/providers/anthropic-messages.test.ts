// Messages beyond the fixtures: lives of cache writes, several deltas, errors in a stream, marks.
import assert from 'node:assert/strict'
import { MESSAGES, type Parts, readFirst, sseOf } from './exchange'

const content = [{ type: 'text', text: 'hi' }]

const read = (response: unknown, more: Parts = {}) =>
  readFirst({ provider: 'anthropic', url: MESSAGES, request: { model: 'm' }, response, ...more })

function writesOf(usage: object): (number | null)[] {
  const writes = read({ content, usage: { input_tokens: 1, output_tokens: 1, ...usage } }).usage
    .cacheWriteTokens
  return [writes['5m'], writes['1h'], writes.unknown]
}

const start = (usage: object) => ({ type: 'message_start', message: { id: 'msg_1', model: 'claude', usage } })
const end = (usage: object, stop_reason: string | null = 'end_turn') => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage,
})
const stop = { type: 'message_stop' }

describe('providers/anthropic-messages', () => {
  it('trap 15: puts each written token into one life', () => {
    const split = (short: number | undefined, long: number | undefined) => ({
      cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
    })
    assert.deepEqual(writesOf({}), [null, null, null])
    assert.deepEqual(writesOf({ cache_creation_input_tokens: 0 }), [0, null, null])
    assert.deepEqual(writesOf({ cache_creation_input_tokens: 70 }), [70, null, null])
    assert.deepEqual(writesOf({ cache_creation_input_tokens: 70, ...split(20, 50) }), [20, 50, null])
    assert.deepEqual(writesOf({ cache_creation_input_tokens: 100, ...split(20, 50) }), [50, 50, null])
    assert.deepEqual(writesOf({ cache_creation_input_tokens: 70, ...split(undefined, 50) }), [20, 50, null])
    assert.deepEqual(writesOf({ cache_creation_input_tokens: 70, ...split(20, undefined) }), [20, 50, null])
    assert.deepEqual(writesOf(split(20, 50)), [20, 50, null])
  })

  it('trap 2: counts what was written to the cache or read from it beside the input, and not in it', () => {
    const { usage } = read({
      content,
      usage: {
        input_tokens: 14,
        cache_creation_input_tokens: 9000,
        cache_read_input_tokens: 600,
        output_tokens: 1,
      },
    })
    assert.deepEqual(
      [usage.uncachedInputTokens, usage.cacheWriteTokens['5m'], usage.cacheReadTokens, usage.inputTokens],
      [14, 9000, 600, 9614],
    )
  })

  it('trap 5: takes the last of several cumulative deltas, and the start where a delta is silent', () => {
    const stream = sseOf([
      start({
        input_tokens: 10,
        cache_read_input_tokens: 5,
        cache_creation_input_tokens: 0,
        output_tokens: 1,
      }),
      end({ output_tokens: 20 }, null),
      end({ input_tokens: 12, output_tokens: 30 }, null),
      end({ output_tokens: 44 }),
      stop,
    ])
    const { usage } = read(stream)
    assert.deepEqual(
      [usage.uncachedInputTokens, usage.cacheReadTokens, usage.outputTokens, usage.origin],
      [12, 5, 44, 'reported'],
    )
  })

  it('trap 11: knows the output only when the stream came to its end', () => {
    const first = start({ input_tokens: 10, output_tokens: 3 })
    const partial = read(sseOf([first, end({ output_tokens: 20 }, null)]), { end: 'aborted' })
    assert.deepEqual(
      [partial.usage.origin, partial.usage.inputTokens, partial.usage.outputTokens, partial.unfinished],
      ['partial', 10, null, true],
    )
    const almost = read(sseOf([first, end({ output_tokens: 20 })]), { end: 'aborted' })
    assert.deepEqual(
      [almost.usage.origin, almost.usage.outputTokens, almost.unfinished],
      ['reported', 20, true],
    )
    const silent = read(sseOf([{ type: 'message_start', message: {} }, stop]))
    assert.deepEqual(
      [silent.usage.origin, silent.usage.inputTokens, silent.inference.billed],
      ['unknown', null, true],
    )
  })

  it('tells an error in mid-stream; one at the very start bills nothing', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const late = read(sseOf([start({ input_tokens: 10, output_tokens: 1 }), error]))
    assert.deepEqual(
      [late.error, late.usage.origin, late.usage.inputTokens, late.inference.billed, late.unfinished],
      [{ status: 200, code: 'overloaded_error', message: 'Overloaded' }, 'partial', 10, true, true],
    )
    const early = read(sseOf([error]))
    assert.deepEqual([early.usage.origin, early.inference.billed], ['unknown', false])
  })

  it('takes the code of a budget stop from its details', () => {
    const body = {
      type: 'error',
      error: { type: 'billing_error', message: 'stop', details: { error_code: 'budget_exceeded' } },
    }
    assert.deepEqual(read(body, { status: 402 }).error, {
      status: 402,
      code: 'budget_exceeded',
      message: 'stop',
    })
  })

  it('does not bill token counting', () => {
    const reading = read({ input_tokens: 500 }, { url: `${MESSAGES}/count_tokens?beta=true` })
    assert.deepEqual(
      [
        reading.wireFormat,
        reading.inference.kind,
        reading.inference.billed,
        reading.usage.inputTokens,
        reading.usage.origin,
      ],
      ['anthropic-messages', 'other', false, null, 'unknown'],
    )
  })

  it('trap 12: takes usage of zeros beside a reply as none', () => {
    assert.equal(read({ content, usage: { input_tokens: 0, output_tokens: 0 } }).usage.origin, 'unknown')
  })

  it('trap 4: bills a cache pre-warm: a write, and an output of 0 that is said', () => {
    const usage = {
      input_tokens: 3,
      cache_creation_input_tokens: 2000,
      cache_read_input_tokens: 0,
      output_tokens: 0,
    }
    const reading = read({ content: [], usage })
    assert.deepEqual(
      [reading.usage.origin, reading.usage.inputTokens, reading.usage.outputTokens],
      ['reported', 2003, 0],
    )
  })

  it('puts the automatic breakpoint on the last block that can be cached', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 't', signature: 's' }] },
    ]
    const { prompt } = read(
      {},
      { request: { model: 'm', system: 'S', messages, cache_control: { type: 'ephemeral', ttl: '1h' } } },
    )
    assert.deepEqual(
      prompt.map(({ path, mark }) => [path, mark]),
      [
        ['system', undefined],
        ['messages[0]', '1h'],
        ['messages[1].content[0]', undefined],
      ],
    )
  })

  it('shows documents and images inside a tool result', () => {
    const result = {
      type: 'tool_result',
      tool_use_id: 't1',
      content: [
        { type: 'text', text: 'two:' },
        { type: 'search_result', title: 'T', source: 's', content: [] },
        { type: 'image', source: { type: 'url', url: 'u' } },
      ],
      cache_control: { type: 'ephemeral' },
    }
    const messages = [
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'search', input: {} }] },
      { role: 'user', content: [result] },
    ]
    assert.deepEqual(
      read({}, { request: { messages } })
        .prompt.slice(1)
        .map(({ path, kind, name, toolCallId, mark }) => [path, kind, name, toolCallId, mark]),
      [
        ['messages[1].content[0].content[0]', 'tool_result', 'search', 't1', undefined],
        ['messages[1].content[0].content[1]', 'retrieval', 'search', 't1', undefined],
        ['messages[1].content[0].content[2]', 'media', 'search', 't1', '5m'],
      ],
    )
  })

  it('has the same content for a block wherever the cache mark stands', () => {
    const marked = (cache_control?: object) => ({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image', source: { url: 'u' }, cache_control }] }],
    })
    const contents = [undefined, { type: 'ephemeral' }].map(
      (mark) => read({}, { request: marked(mark) }).prompt[0]?.content,
    )
    assert.equal(contents[0], contents[1])
  })
})
