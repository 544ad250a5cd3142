import assert from 'node:assert/strict'
import { constants, createDeflateRaw, type DeflateRaw, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { CopyRoom } from '../../../../../profiler-agent/capture/proxy/body-copy'
import { MessageReader } from '../../../../../profiler-agent/capture/proxy/websocket/messages'

const LIMIT = 1_000_000

function frame(
  opcode: number,
  payload: Uint8Array,
  { isFinal = true, isCompressed = false } = {},
): Uint8Array {
  const first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode
  const size = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff]
  return Uint8Array.from([first, ...size, ...payload])
}

const read = (reader: MessageReader, ...frames: readonly Uint8Array[]) =>
  frames.flatMap((one) => reader.push(one)).map((message) => Buffer.from(message).toString())

/** Compresses as a sender that keeps its context does: later messages refer to earlier ones. */
async function deflatedInOneContext(messages: readonly string[]): Promise<Uint8Array[]> {
  const deflate: DeflateRaw = createDeflateRaw()
  const chunks: Buffer[] = []
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk))
  const all: Uint8Array[] = []
  for (const message of messages) {
    deflate.write(message)
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve))
    all.push(Buffer.concat(chunks.splice(0)).subarray(0, -4))
  }
  deflate.close()
  return all
}

function reader(maxCopyBytes = LIMIT, copyRoom = new CopyRoom(1_000_000_000)): MessageReader {
  return new MessageReader({ maxCopyBytes, copyRoom })
}

describe('MessageReader', () => {
  it('joins fragments around control frames', () => {
    const parts = [
      frame(1, Buffer.from('{"a"'), { isFinal: false }),
      frame(9, Buffer.from('ping')),
      frame(0, Buffer.from(':1'), { isFinal: false }),
      frame(0, Buffer.from('}')),
      frame(8, Uint8Array.of(3, 232)),
    ]
    assert.deepEqual(read(reader(), ...parts), ['{"a":1}'])
  })

  it('inflates messages of a sender that begins each anew, in fragments too', () => {
    const text = '{"type":"response.output_text.delta"}'.repeat(9)
    const sync = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    const one = reader()
    const whole = frame(1, sync, { isCompressed: true })
    const halves = [
      frame(1, sync.subarray(0, 10), { isCompressed: true, isFinal: false }),
      frame(0, sync.subarray(10)),
    ]
    assert.deepEqual(read(one, whole, ...halves, frame(1, Buffer.from('plain'))), [text, text, 'plain'])
  })

  it('inflates messages that refer to earlier ones, over more than one window', async () => {
    const messages = Array.from(
      { length: 30 },
      (_, index) => `${index}:${'lorem ipsum '.repeat(300)}${index}`,
    )
    const sent = await deflatedInOneContext(messages)
    assert.ok((sent[1]?.length ?? 999) < 100)
    const one = reader()
    assert.deepEqual(read(one, ...sent.map((one) => frame(1, one, { isCompressed: true }))), messages)
  })

  it('gives up on messages past its cap, compressed or not, and on what is not deflated', () => {
    const bomb = deflateRawSync(Buffer.alloc(50_000), { finishFlush: constants.Z_SYNC_FLUSH })
    const bad: Uint8Array[][] = [
      [frame(1, Buffer.alloc(2000))],
      [frame(1, Buffer.alloc(700), { isFinal: false }), frame(0, Buffer.alloc(700))],
      [frame(1, bomb, { isCompressed: true })],
      [frame(1, Uint8Array.of(0xff, 0xff), { isCompressed: true })],
    ]
    for (const frames of bad) assert.throws(() => read(reader(1000), ...frames))
  })

  it('takes of the room that all share what is not complete yet, and gives it back', () => {
    const room = new CopyRoom(1000)
    const long = frame(1, Buffer.alloc(600, 'a'), { isFinal: false })
    const [first, second] = [reader(LIMIT, room), reader(LIMIT, room)]
    assert.deepEqual(read(first, long), [])
    assert.throws(() => second.push(long.subarray(0, 500)), /too much is under way/)
    second.drop()
    assert.equal(read(first, frame(0, Buffer.from('b'))).join('').length, 601)
    assert.equal(room.take(1000, 1), 1000)
  })

  it('gives the same messages wherever the bytes are split', () => {
    const bytes = Buffer.concat([
      frame(1, Buffer.from('one')),
      frame(2, Buffer.from('two')),
      frame(10, Buffer.from('')),
    ])
    fc.assert(
      fc.property(fc.nat(bytes.length), (cut) => {
        const one = reader()
        assert.deepEqual(read(one, bytes.subarray(0, cut), bytes.subarray(cut)), ['one', 'two'])
      }),
    )
  })
})
