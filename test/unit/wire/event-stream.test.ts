// AWS event streams: frames, headers of every type, checksums, bodies cut anywhere.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  decodeEventStream,
  encodeEventStreamMessage,
  isEventStream,
} from '../../../profiler-agent/wire/event-stream'
import { eventFrame, eventStreamOf, frameOf, type HeaderValue, sized } from './event-stream-frames'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const at = (bytes: Uint8Array, index: number) => bytes[index] ?? 0
const flipped = (bytes: Uint8Array, index: number) => bytes.with(index, at(bytes, index) ^ 0x01)

const FIRST = eventFrame('messageStart', { role: 'assistant' })
const SECOND = eventFrame('messageStop', { stopReason: 'end_turn' })
const TWO = eventStreamOf(FIRST, SECOND)

describe('decodeEventStream', () => {
  it('reads headers and payload of every frame', () => {
    const { messages, malformed } = decodeEventStream(TWO)
    assert.equal(malformed, 0)
    assert.deepEqual(
      messages.map(({ headers, payload }) => [headers[':event-type'], textOf(payload)]),
      [
        ['messageStart', '{"role":"assistant"}'],
        ['messageStop', '{"stopReason":"end_turn"}'],
      ],
    )
  })

  it('reads a frame written out byte by byte', () => {
    // The example of the specification without headers and payload: 16 bytes, two checksums.
    const empty = Uint8Array.of(0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff)
    assert.deepEqual(decodeEventStream(empty), {
      messages: [{ headers: {}, payload: new Uint8Array(0) }],
      malformed: 0,
    })
  })

  it('passes over headers of every type that is no text, and reads those around them', () => {
    const fixed = (type: number, size: number): HeaderValue => ({ type, bytes: new Uint8Array(size).fill(7) })
    const frame = frameOf(
      [
        ['true', fixed(0, 0)],
        ['false', fixed(1, 0)],
        ['byte', fixed(2, 1)],
        ['short', fixed(3, 2)],
        ['int', fixed(4, 4)],
        ['long', fixed(5, 8)],
        ['bytes', { type: 6, bytes: sized(bytesOf('seven by seven')) }],
        ['text', 'größer'],
        ['timestamp', fixed(8, 8)],
        ['uuid', fixed(9, 16)],
        [':event-type', 'last'],
      ],
      '{}',
    )
    const { messages, malformed } = decodeEventStream(frame)
    assert.equal(malformed, 0)
    assert.deepEqual(messages[0]?.headers, { text: 'größer', ':event-type': 'last' })
  })

  it('counts a frame with a header of an unknown type, and reads the next', () => {
    const strange = frameOf([['x', { type: 42, bytes: Uint8Array.of(1) }]], '{}')
    const { messages, malformed } = decodeEventStream(eventStreamOf(strange, SECOND))
    assert.equal(malformed, 1)
    assert.equal(messages[0]?.headers[':event-type'], 'messageStop')
  })

  it('counts a frame whose header is longer than all headers, and reads the next', () => {
    const long = frameOf([['x', { type: 7, bytes: Uint8Array.of(0x7f, 0xff, 65) }]], '{}')
    const { messages, malformed } = decodeEventStream(eventStreamOf(long, SECOND))
    assert.deepEqual([messages.length, malformed], [1, 1])
  })

  it('passes over a frame whose payload is corrupt', () => {
    const { messages, malformed } = decodeEventStream(eventStreamOf(flipped(FIRST, FIRST.length - 8), SECOND))
    assert.equal(malformed, 1)
    assert.deepEqual(
      messages.map(({ headers }) => headers[':event-type']),
      ['messageStop'],
    )
  })

  it('stops at a prelude that is corrupt: nobody knows where the next frame begins', () => {
    for (const index of [0, 3, 4, 7, 8, 11]) {
      const { messages, malformed } = decodeEventStream(eventStreamOf(SECOND, flipped(FIRST, index), SECOND))
      assert.deepEqual([messages.length, malformed], [1, 1], `byte ${index}`)
    }
  })

  it('stops at a frame shorter than what it must hold, whose checksums are right', () => {
    const { crc32 } = process.getBuiltinModule('node:zlib')
    const prelude = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0])
    prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
    assert.deepEqual(decodeEventStream(eventStreamOf(prelude, SECOND)), { messages: [], malformed: 1 })
  })

  it('gives the whole frames of a body cut at any byte', () => {
    for (let end = 0; end <= TWO.length; end++) {
      const { messages, malformed } = decodeEventStream(TWO.subarray(0, end))
      const whole = end < FIRST.length ? 0 : end < TWO.length ? 1 : 2
      assert.equal(messages.length, whole, `cut at ${end}`)
      assert.equal(malformed, [0, FIRST.length, TWO.length].includes(end) ? 0 : 1, `cut at ${end}`)
    }
  })

  it('finds every corrupted byte, and never throws', () => {
    for (let index = 0; index < FIRST.length; index++)
      assert.equal(decodeEventStream(flipped(FIRST, index)).malformed, 1, `byte ${index}`)
  })

  it('gives back any frames that were encoded', () => {
    const name = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `h${text}`)
    const frame = fc.record({
      headers: fc.uniqueArray(fc.tuple(name, fc.string({ maxLength: 40 })), { selector: ([key]) => key }),
      payload: fc.uint8Array({ maxLength: 300 }),
    })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), (frames) => {
        const body = eventStreamOf(...frames.map(({ headers, payload }) => frameOf(headers, payload)))
        const { messages, malformed } = decodeEventStream(body)
        assert.equal(malformed, 0)
        assert.deepEqual(
          messages.map(({ headers, payload }) => ({ headers, payload: [...payload] })),
          frames.map(({ headers, payload }) => ({
            headers: Object.fromEntries(headers.map(([key, value]) => [key, value.toWellFormed()])),
            payload: [...payload],
          })),
        )
      }),
    )
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(TWO.length), (bytes, cut) => {
        const { messages, malformed } = decodeEventStream(eventStreamOf(TWO.subarray(0, cut), bytes))
        assert.ok(messages.length <= 2 + bytes.length / 16)
        assert.ok(malformed >= 0)
      }),
    )
  })
})

describe('isEventStream', () => {
  it('knows a body by the checksum of its first prelude', () => {
    assert.equal(isEventStream(TWO), true)
    assert.equal(isEventStream(TWO.subarray(0, 12)), true)
    assert.equal(isEventStream(TWO.subarray(0, 11)), false)
    assert.equal(isEventStream(bytesOf('{"message":"no access"}')), false)
    assert.equal(isEventStream(bytesOf('event: message_start\ndata: {}\n\n')), false)
    assert.equal(isEventStream(new Uint8Array(0)), false)
  })
})

describe('encodeEventStreamMessage', () => {
  it('writes what the decoder reads, whatever the texts', () => {
    const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text !== '__proto__')
    const headers = fc.dictionary(name, fc.string({ unit: 'grapheme', maxLength: 60 }), {
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 200 }), (texts, payload) => {
        const message = { headers: texts, payload }
        assert.deepEqual(decodeEventStream(encodeEventStreamMessage(message)), {
          messages: [message],
          malformed: 0,
        })
      }),
    )
  })
})
