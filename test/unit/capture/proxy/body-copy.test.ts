// Copies of bodies: bounded each and together, and what was cut says so.

import assert from 'node:assert/strict'
import { BodyCopy, CopyRoom } from '../../../../profiler-agent/capture/proxy/body-copy'

const bytes = (length: number) => new Uint8Array(length).fill(7)

describe('capture/proxy/body-copy', () => {
  it('keeps what fits, and nothing behind a gap', () => {
    const copy = new BodyCopy(5)
    for (const length of [3, 3, 1]) copy.add(bytes(length))
    assert.equal(copy.isTruncated, true)
    assert.deepEqual(copy.takeBytes(), bytes(5))
  })

  it('shares its room with others, who have it again once the bytes are taken', () => {
    const room = new CopyRoom(10)
    const [first, second, third] = [new BodyCopy(8, room), new BodyCopy(8, room), new BodyCopy(8, room)]
    first.add(bytes(8))
    second.add(bytes(8))
    assert.deepEqual([first.isTruncated, second.isTruncated], [false, true])
    assert.deepEqual([first.takeBytes().length, second.takeBytes().length], [8, 2])
    third.add(bytes(8))
    assert.equal(third.isTruncated, false)
    assert.equal(third.takeBytes().length, 8)
  })

  it('leaves requests only their part, so that replies find room', () => {
    const room = new CopyRoom(10)
    const request = new BodyCopy(100, room, 1 / 2)
    const reply = new BodyCopy(100, room)
    request.add(bytes(9))
    reply.add(bytes(5))
    assert.deepEqual([request.isTruncated, reply.isTruncated], [true, false])
    request.drop()
    request.add(bytes(3))
    reply.drop()
    assert.equal(room.take(10, 1), 10)
  })
})
