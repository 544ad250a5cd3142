// Server-sent events and lines of JSON: what was written is read back whatever stands between, and no bytes at all make a reader throw.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { decodeEventStream } from '../../../profiler-agent/wire/event-stream'
import { decodeJsonArray } from '../../../profiler-agent/wire/json-array'
import { decodeJsonLines } from '../../../profiler-agent/wire/json-lines'
import { decodeSse, type SseEvent } from '../../../profiler-agent/wire/sse'
import { WebSocketFrameDecoder } from '../../../profiler-agent/wire/websocket-frames'

const bytes = (text: string) => new TextEncoder().encode(text)
/** A well-formed text without line ends. */
const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ' '))
const event = fc.record({
  name: fc.option(
    line.filter((text) => text.trim() !== ''),
    { nil: undefined },
  ),
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  /** Fields that nobody asked for, and comments. */
  noise: fc.array(fc.constantFrom(': keep-alive', 'id: 7', 'retry: 100', 'x: y', ':'), { maxLength: 3 }),
  blankLines: fc.integer({ min: 1, max: 3 }),
})
const end = fc.constantFrom('\n', '\r\n', '\r')

describe('framings', () => {
  it('SSE: events are read back, whatever comments and fields stand between', () => {
    fc.assert(
      fc.property(fc.array(event), end, (events, eol) => {
        const text = events
          .map(({ name, lines, noise, blankLines }) => {
            const fields = [
              ...(name === undefined ? [] : [`event: ${name}`]),
              ...lines.map((one) => `data: ${one}`),
            ]
            return [...noise, ...fields].map((one) => one + eol).join('') + eol.repeat(blankLines)
          })
          .join('')
        const expected = events.map(
          ({ name, lines }): SseEvent => ({
            ...(name ? { event: name } : {}),
            data: lines.join('\n'),
            complete: true,
          }),
        )
        assert.deepEqual(decodeSse(bytes(text)), expected)
      }),
    )
  })

  it('SSE: two bodies behind each other are their events behind each other', () => {
    const body = fc
      .array(fc.constantFrom('data: a', 'data:b', 'event: e', ': c', '', 'data', 'id: 1'))
      .map((lines) => `${lines.map((one) => `${one}\n`).join('')}\n`)
    fc.assert(
      fc.property(body, body, (first, second) => {
        assert.deepEqual(decodeSse(bytes(first + second)), [
          ...decodeSse(bytes(first)),
          ...decodeSse(bytes(second)),
        ])
      }),
    )
  })

  it('JSON lines: values are read back, whatever their texts hold', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom('\n', '\r\n'), (values, eol) => {
        const text = values.map((value) => JSON.stringify(value) + eol).join('')
        assert.deepEqual(
          decodeJsonLines(bytes(text)).map((reading) => ('value' in reading ? reading.value : reading)),
          JSON.parse(JSON.stringify(values)),
        )
      }),
    )
  })

  it('none throws at any bytes, nor at a whole body with any one byte changed', () => {
    const readers = [
      decodeSse,
      decodeJsonLines,
      decodeJsonArray,
      decodeEventStream,
      (body: Uint8Array) => new WebSocketFrameDecoder(1000).push(body),
    ]
    const whole = bytes('[{"a":"\\u00e9é"},\n{"b":[1,{"c":null}]}]\n\nevent: x\ndata: {"a":1}\n\n')
    const damaged = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (body) => {
        for (const read of readers) read(body)
      }),
      { numRuns: 500 },
    )
  })
})
