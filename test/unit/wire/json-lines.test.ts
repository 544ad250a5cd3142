// JSON lines: blank and broken lines, line ends, and what a cut at any byte leaves.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeJsonLines } from '../../../profiler-agent/wire/json-lines'

const bytes = (text: string) => new TextEncoder().encode(text)
const values = (body: Uint8Array) =>
  decodeJsonLines(body).map((reading) => (reading.ok ? reading.value : 'broken'))

describe('wire/json-lines', () => {
  it('reads one value a line, with LF and CRLF, and with or without the last line end', () => {
    for (const eol of ['\n', '\r\n'])
      for (const last of ['', eol])
        assert.deepEqual(values(bytes(`{"a":1}${eol}[2]${eol}null${last}`)), [{ a: 1 }, [2], null])
  })

  it('passes over blank lines, which keep a connection alive', () => {
    assert.deepEqual(values(bytes('\n \t\r\n{"a":1}\n\n\n{"b":2}\n  ')), [{ a: 1 }, { b: 2 }])
    assert.deepEqual(values(bytes('')), [])
    assert.deepEqual(values(bytes('\n\n')), [])
  })

  it('skips a byte order mark', () => assert.deepEqual(values(bytes('\uFEFF{"a":1}\n')), [{ a: 1 }]))

  it('gives the reason for a line that is not JSON, and reads the next', () => {
    const readings = decodeJsonLines(bytes('{"a":1}\nError: overloaded\n{"b":2}\n'))
    assert.deepEqual(
      readings.map(({ ok }) => ok),
      [true, false, true],
    )
    assert.match(readings[1]?.ok === false ? readings[1].reason : '', /JSON/)
  })

  it('does not take two values on one line for one', () => {
    assert.deepEqual(values(bytes('{"a":1}{"b":2}\n{"c":3}')), ['broken', { c: 3 }])
  })

  it('gives the whole lines before a cut at any byte, and at most one broken line behind them', () => {
    const lines = ['{"text":"é\\n日本"}', '', '{"n":12,"list":[1,{"x":"}"}]}', '{"done":true}']
    const body = bytes(`${lines.join('\r\n')}\r\n`)
    const whole = values(body)
    for (let length = 0; length < body.length; length++) {
      const read = values(body.slice(0, length))
      const good = read.filter((value) => value !== 'broken')
      assert.deepEqual(good, whole.slice(0, good.length), `at ${length}`)
      assert.ok(read.length <= good.length + 1, `at ${length}`)
      if (read.includes('broken')) assert.equal(read.indexOf('broken'), read.length - 1)
    }
  })

  it('reads back any values', () => {
    const blank = fc.constantFrom('', '\n', ' \r\n', '\t\n\n')
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.jsonValue(), blank)), (items) => {
        const text = items.map(([value, gap]) => `${JSON.stringify(value)}\n${gap}`).join('')
        assert.deepEqual(
          values(bytes(text)),
          items.map(([value]) => JSON.parse(JSON.stringify(value))),
        )
      }),
    )
  })

  it('never throws, and reads a file of line ends only in a straight line', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void decodeJsonLines(body)))
    assert.deepEqual(values(bytes('\n'.repeat(2_000_000))), [])
  })
})
