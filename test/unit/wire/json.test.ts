// JSON from the wire: never an exception, and counts that are counts.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { arrayOf, countOf, decodeJson, objectOf, textOf } from '../../../profiler-agent/wire/json'

describe('wire/json', () => {
  it('reads text and bytes, with a byte order mark too', () => {
    assert.deepEqual(decodeJson('{"a":[1]}'), { ok: true, value: { a: [1] } })
    assert.deepEqual(decodeJson(new TextEncoder().encode('\uFEFF{"a":"é"}')), { ok: true, value: { a: 'é' } })
  })

  it('gives the reason for what is not JSON', () => {
    const reading = decodeJson('{"a":')
    assert.equal(reading.ok, false)
    assert.match(reading.ok ? '' : reading.reason, /JSON/)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.uint8Array()), (source) => void decodeJson(source)))
  })

  it('takes whole numbers from 0 up as counts and nothing else', () => {
    assert.deepEqual([0, 12, -1, 1.5, 1e300, Number.NaN, '3', null, undefined].map(countOf), [
      0,
      12,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ])
  })

  it('reads missing objects, arrays and texts as empty', () => {
    assert.deepEqual(
      [objectOf(null), objectOf([1]), arrayOf({}), textOf(''), textOf(5)],
      [{}, {}, [], undefined, undefined],
    )
  })
})
