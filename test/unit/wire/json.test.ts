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

  it('refuses what nests deeper than 1,000, whatever stands in texts', () => {
    const nest = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
    const pairs = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    assert.deepEqual(
      [nest(1000), nest(1001), pairs(1000), pairs(100_000)].map((text) => decodeJson(text).ok),
      [true, false, true, false],
    )
    const reading = decodeJson(nest(5000))
    assert.match(reading.ok ? '' : reading.reason, /nests deeper than 1000/)
    for (const text of ['['.repeat(5000), '\\"[{'.repeat(900), '\\'.repeat(2001), `"${'{'.repeat(2000)}\\`])
      assert.deepEqual(decodeJson(JSON.stringify([text, [text]])), { ok: true, value: [text, [text]] })
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
