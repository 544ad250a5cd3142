// Exchanges that wait, as bytes: each comes back as it was, whoever came and went beside it.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { copyOf, ExchangeMemory, type PackedExchange, partsOf } from '../../profiler-agent/exchange-memory'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { readCopied, readFrame } from '../../profiler-agent/waiting-exchange'
import { exchangeCalled, plainExchange } from '../support/exchanges'

/** Bodies on both sides of what is packed and what is not copied. */
const body = fc
  .oneof(fc.nat(300), fc.constant(20_000), fc.constant(70_000))
  .chain((length) => fc.nat(255).map((byte) => new Uint8Array(length).fill(byte)))
const anyExchange = fc.record({
  id: fc.uuid(),
  url: fc.string({ unit: 'binary' }),
  requestBody: body,
  responseBody: body,
})

describe('ExchangeMemory', () => {
  it('gives back each exchange, also where others have been let go of in between', () => {
    const steps = fc.array(fc.record({ exchange: anyExchange, goes: fc.option(fc.nat(10)) }), {
      maxLength: 40,
    })
    const property = fc.property(steps, (taken) => {
      const memory = new ExchangeMemory()
      const kept: { packed: PackedExchange; exchange: HttpExchange }[] = []
      for (const { exchange: facts, goes } of taken) {
        const exchange = { ...exchangeCalled(facts.id), ...facts }
        kept.push({ packed: memory.pack(exchange), exchange })
        if (goes === null) continue
        for (const { packed } of kept.splice(goes, 3)) memory.letGo(packed)
      }
      for (const { packed, exchange } of kept)
        assert.deepEqual(plainExchange(readCopied(copyOf(packed))), plainExchange(exchange))
      const all = Buffer.concat(partsOf(kept.map(({ packed }) => packed)))
      let at = 0
      for (const { packed, exchange } of kept) {
        const frame = readFrame(all, at)
        assert.ok(frame)
        assert.equal(frame.length, packed.length)
        assert.deepEqual(plainExchange(frame.exchange), plainExchange(exchange))
        at += frame.length
      }
      assert.equal(at, all.length)
    })
    fc.assert(property)
  })

  it('keeps what somebody still holds', () => {
    const memory = new ExchangeMemory()
    const packed = memory.pack(exchangeCalled('a'))
    memory.hold(packed)
    memory.letGo(packed)
    for (let more = 0; more < 1000; more++) memory.letGo(memory.pack(exchangeCalled('b')))
    assert.equal(readCopied(copyOf(packed)).id, 'a')
  })

  it('writes exchanges that lie beside each other in one piece', () => {
    const memory = new ExchangeMemory()
    const [a, b, c] = ['a', 'b', 'c'].map((id) => memory.pack(exchangeCalled(id)))
    assert.ok(a && b && c)
    assert.deepEqual([partsOf([a, b, c]).length, partsOf([a, c]).length, partsOf([]).length], [1, 2, 0])
  })

  it('reads any bytes without a throw', () => {
    const property = fc.property(fc.uint8Array(), fc.uint8Array(), (request, tail) => {
      const packed = new ExchangeMemory().pack({ ...exchangeCalled('a'), requestBody: request })
      const whole = Buffer.concat([...partsOf([packed]), tail])
      assert.doesNotThrow(() => readFrame(whole, packed.length))
      assert.equal(readFrame(whole.subarray(0, packed.length - 1), 0), undefined)
    })
    fc.assert(property)
  })
})
