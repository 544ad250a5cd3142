// Streamed JSON arrays: elements before a cut at any byte, brackets and commas inside texts, garbage.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeJsonArray } from '../../../profiler-agent/wire/json-array'

const bytes = (text: string) => new TextEncoder().encode(text)

function read(body: string | Uint8Array): { values: unknown[]; closed: boolean } {
  const { elements, closed } = decodeJsonArray(typeof body === 'string' ? bytes(body) : body)
  return { values: elements.map((element) => (element.ok ? element.value : 'broken')), closed }
}

describe('wire/json-array', () => {
  it('reads a whole array', () => {
    assert.deepEqual(read('[{"a":1}\n,\r\n{"b":[2,3]}]'), { values: [{ a: 1 }, { b: [2, 3] }], closed: true })
    assert.deepEqual(read(' \n[ ] '), { values: [], closed: true })
    assert.deepEqual(read('\uFEFF[1]'), { values: [1], closed: true })
  })

  it('gives the elements of an array that was never closed', () => {
    assert.deepEqual(read('[{"a":1},{"b":2}'), { values: [{ a: 1 }, { b: 2 }], closed: false })
    assert.deepEqual(read('[{"a":1},{"b":'), { values: [{ a: 1 }, 'broken'], closed: false })
    assert.deepEqual(read('[{"a":1},\n'), { values: [{ a: 1 }], closed: false })
    assert.deepEqual(read('['), { values: [], closed: false })
  })

  it('knows brackets, commas and quotes inside texts for text', () => {
    const tricky = { text: 'a],[{"b":"\\"]}', 'k]"': '\\' }
    assert.deepEqual(read(`[${JSON.stringify(tricky)},{"cut":"]`), {
      values: [tricky, 'broken'],
      closed: false,
    })
  })

  it('leaves out what stands behind the closing bracket', () => {
    assert.deepEqual(read('[{"a":1}]\n[{"b":2}]'), { values: [{ a: 1 }], closed: true })
    assert.deepEqual(read('[{"a":1},oops,{"b":2}] trailing'), {
      values: [{ a: 1 }, 'broken', { b: 2 }],
      closed: true,
    })
  })

  it('gives the whole elements before a cut at any byte, and at most one broken one behind them', () => {
    const items = [{ text: 'é"],日本' }, { list: [[1], { x: '}' }], n: 12 }, { usage: { total: 3 } }]
    const body = bytes(`[${items.map((item) => JSON.stringify(item)).join('\r\n,\r\n')}\n]`)
    for (let length = 1; length < body.length; length++) {
      const { values, closed } = read(body.slice(0, length))
      const good = values.filter((value) => value !== 'broken')
      assert.equal(closed, false, `at ${length}`)
      assert.deepEqual(good, items.slice(0, good.length), `at ${length}`)
      assert.ok(values.length - good.length <= 1, `at ${length}`)
      if (values.includes('broken')) assert.equal(values.indexOf('broken'), values.length - 1)
    }
    assert.deepEqual(read(body), { values: items, closed: true })
  })

  it('reads the elements of any array alike, closed or with its bracket lost', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
    fc.assert(
      fc.property(fc.array(objects, { minLength: 1 }), (items) => {
        const text = JSON.stringify(items)
        const plain: unknown[] = JSON.parse(text)
        assert.deepEqual(read(text), { values: plain, closed: true })
        assert.deepEqual(read(text.slice(0, -1)), { values: plain, closed: false })
      }),
    )
  })

  it('never throws, and reads deep nesting in a straight line', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void decodeJsonArray(body)))
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', '1', ' ') }),
        (text) => void decodeJsonArray(bytes(`[${text}`)),
      ),
    )
    assert.equal(read('['.repeat(1_000_000)).closed, false)
    assert.equal(read(`[${','.repeat(1_000_000)}`).values.length, 0)
  })
})
