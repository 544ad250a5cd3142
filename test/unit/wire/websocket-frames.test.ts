import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  encodeWebSocketFrame,
  frameLength,
  type WebSocketFrame,
  WebSocketFrameDecoder,
} from '../../../profiler-agent/wire/websocket-frames'

const LIMIT = 1024 * 1024

function framesOf(bytes: Uint8Array, limit = LIMIT) {
  const decoder = new WebSocketFrameDecoder(limit)
  return { frames: decoder.push(bytes), decoder }
}

/** A frame as an endpoint sends it; clients mask. */
function encoded({ isFinal, isCompressed, opcode, payload }: WebSocketFrame, mask?: readonly number[]) {
  const first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode
  const masked = mask ? 0x80 : 0
  const { length } = payload
  const size =
    length < 126
      ? [masked | length]
      : length < 65_536
        ? [masked | 126, length >> 8, length & 0xff]
        : [
            masked | 127,
            0,
            0,
            0,
            0,
            (length >>> 24) & 0xff,
            (length >> 16) & 0xff,
            (length >> 8) & 0xff,
            length & 0xff,
          ]
  const body = mask ? payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : payload
  return Uint8Array.from([first, ...size, ...(mask ?? []), ...body])
}

describe('WebSocketFrameDecoder', () => {
  it('reads the examples of RFC 6455, section 5.7', () => {
    const hello = Uint8Array.from(Buffer.from('Hello'))
    const text = { isFinal: true, isCompressed: false, opcode: 1, payload: hello }
    assert.deepEqual(framesOf(Uint8Array.of(0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f)).frames, [text])
    const masked = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
    assert.deepEqual(framesOf(Uint8Array.from(masked)).frames, [text])
    assert.deepEqual(framesOf(Uint8Array.of(0x89, 0x00)).frames, [
      { isFinal: true, isCompressed: false, opcode: 9, payload: new Uint8Array() },
    ])
  })

  it('gives the same frames wherever the bytes are split, and leaves the bytes as they are', () => {
    const frame = fc.record({
      isFinal: fc.boolean(),
      isCompressed: fc.boolean(),
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
      payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 300 })),
    })
    const mask = fc.option(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), { nil: undefined })
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, mask), { maxLength: 5 }), fc.array(fc.nat(50)), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(([one, key]) => encoded(one, key)))
        const before = Buffer.from(bytes)
        const decoder = new WebSocketFrameDecoder(LIMIT)
        const frames: WebSocketFrame[] = []
        let at = 0
        for (const cut of [...cuts, bytes.length]) {
          frames.push(...decoder.push(bytes.subarray(at, at + cut)))
          at += cut
        }
        assert.deepEqual(
          frames.map((one) => ({ ...one, payload: [...one.payload] })),
          sent.map(([one]) => ({ ...one, payload: [...one.payload] })),
        )
        assert.deepEqual(bytes, before)
      }),
    )
  })

  it('reads a payload of more than 64 KB', () => {
    const payload = new Uint8Array(70_000).fill(7)
    const { frames } = framesOf(
      encoded({ isFinal: true, isCompressed: false, opcode: 2, payload }, [1, 2, 3, 4]),
    )
    assert.deepEqual(frames[0]?.payload, payload)
  })

  it('reads no further after reserved bits or a payload past the cap, and throws at no bytes', () => {
    const good = encoded({ isFinal: true, isCompressed: false, opcode: 1, payload: Uint8Array.of(1) })
    const bad = framesOf(Uint8Array.from([0xa1, 0x00, ...good]))
    assert.deepEqual([bad.frames, bad.decoder.isBroken], [[], true])
    const long = framesOf(Uint8Array.from([0x81, 0x05, 1, 2, 3, 4, 5, ...good]), 4)
    assert.deepEqual([long.frames, long.decoder.isBroken], [[], true])
    const huge = framesOf(Uint8Array.from([0x81, 0x7f, 255, 255, 255, 255, 255, 255, 255, 255]))
    assert.equal(huge.decoder.isBroken, true)
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void framesOf(bytes, 100)))
  })
})

describe('a WebSocket frame as bytes', () => {
  it('is what its reader reads, and says how long it is as soon as its header is there', () => {
    for (const length of [0, 5, 125, 126, 65_535, 65_536]) {
      const payload = new Uint8Array(length).fill(7)
      for (const mask of [undefined, Uint8Array.of(1, 2, 3, 4)]) {
        const bytes = encodeWebSocketFrame(1, payload, mask)
        assert.deepEqual(framesOf(bytes).frames, [{ isFinal: true, isCompressed: false, opcode: 1, payload }])
        const header = bytes.length - length
        assert.equal(frameLength(bytes.subarray(0, header)), bytes.length)
        assert.equal(frameLength(bytes.subarray(0, header - 1)), undefined)
      }
    }
  })
})
