// The SSE decoder: line endings, comments, unfinished events, and that no split of the bytes changes the events.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { createSseDecoder, decodeSse } from '../../../profiler-agent/wire/sse'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('wire/sse', () => {
  it('reads events and data alike with LF, CRLF and CR', () => {
    for (const eol of ['\n', '\r\n', '\r'])
      assert.deepEqual(decodeSse(bytes(`event: a${eol}data: 1${eol}${eol}data: 2${eol}${eol}`)), [
        { event: 'a', data: '1', complete: true },
        { data: '2', complete: true },
      ])
  })

  it('joins data lines, takes one space off, ignores comments and unknown fields', () => {
    assert.deepEqual(decodeSse(bytes(': keep-alive\n\nid: 7\ndata:one\ndata:  two\ndata\nretry: 5\n\n')), [
      { data: 'one\n two\n', complete: true },
    ])
  })

  it('drops an event without data and forgets its name', () => {
    assert.deepEqual(decodeSse(bytes('event: ping\n\ndata: x\n\n')), [{ data: 'x', complete: true }])
  })

  it('skips a byte order mark at the very start only', () => {
    assert.deepEqual(decodeSse(bytes('\uFEFFdata: \uFEFFx\n\n')), [{ data: '\uFEFFx', complete: true }])
  })

  it('gives a last event without its blank line, marked', () => {
    assert.deepEqual(decodeSse(bytes('data: a\n\nevent: e\ndata: {"cut')), [
      { data: 'a', complete: true },
      { event: 'e', data: '{"cut', complete: false },
    ])
    assert.deepEqual(decodeSse(bytes('data: a\n')), [{ data: 'a', complete: false }])
  })

  it('reads nothing from nothing', () => assert.deepEqual(decodeSse(new Uint8Array(0)), []))

  it('gives the same events however the bytes are split', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => `data: ${text}`),
      fc.constantFrom('', '', ': note', 'event: delta', 'data', 'id: 1', 'data: é€😀 日本'),
    )
    const stream = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')))
      .map((lines) => bytes(lines.map((parts) => parts.join('')).join('')))
    const cuts = fc.array(fc.nat(400), { maxLength: 40 })
    fc.assert(
      fc.property(stream, cuts, (body, at) => {
        const decoder = createSseDecoder()
        const marks = [0, ...at.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length]
        const events = marks.flatMap((mark, index) => decoder.push(body.slice(mark, marks[index + 1])))
        assert.deepEqual([...events, ...decoder.end()], decodeSse(body))
      }),
    )
  })

  it('does not keep the buffer of the caller', () => {
    const decoder = createSseDecoder()
    const buffer = bytes('data: ab')
    decoder.push(buffer)
    buffer.fill(0x78)
    assert.deepEqual(decoder.push(bytes('c\n\n')), [{ data: 'abc', complete: true }])
  })
})
