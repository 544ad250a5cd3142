// The SSE decoder: line endings, comments, and unfinished events.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeSse } from '../../../profiler-agent/wire/sse'

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

  it('gives the same events whatever ends the lines', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replace(/[\r\n]/g, ' ')}`),
      fc.constantFrom('', '', ': note', 'event: delta', 'data', 'id: 1', 'data: é€😀 日本'),
    )
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.constantFrom('\n', '\r\n', '\r')), (lines, ends) => {
        const ended = lines.map((text, index) => text + (ends[index] ?? '\n'))
        // A CR before a line feed that is a line of its own would be one end, not two.
        fc.pre(!/\r\n/.test(ended.map((text) => text.replace(/\r\n$/, '\n')).join('')))
        assert.deepEqual(
          decodeSse(bytes(ended.join(''))),
          decodeSse(bytes(lines.map((text) => `${text}\n`).join(''))),
        )
      }),
    )
  })

  it('gives what stands before a cut, at every byte', () => {
    const body = bytes('event: é\r\ndata: {"a":"€"}\r\n\r\ndata: 😀\n\n')
    const whole = decodeSse(body)
    for (let end = 0; end <= body.length; end++) {
      const events = decodeSse(body.slice(0, end))
      const complete = events.filter((event) => event.complete)
      assert.deepEqual(complete, whole.slice(0, complete.length), `cut at ${end}`)
      assert.ok(events.length - complete.length <= 1)
    }
  })
})
