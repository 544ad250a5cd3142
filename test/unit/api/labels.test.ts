// Names, tags and outcomes that programs pass, whatever they are: fit for a header, bounded, never an error.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { addTag, countOf, outcomeOf, tagNameOf, tagsOf, textOf } from '../../../profiler-agent/api/labels'

describe('api/labels', () => {
  for (const [given, text] of [
    ['desk', 'desk'],
    ['  two\n lines ', 'two  lines'],
    [7, '7'],
    [true, 'true'],
    ['', undefined],
    [undefined, undefined],
    [{}, undefined],
    [Symbol('s'), undefined],
    ['x'.repeat(300), 'x'.repeat(256)],
    ['a\ud800b', 'ab'],
  ] as const)
    it(`reads ${String(given)} as a text`, () => {
      assert.equal(textOf(given), text)
    })

  it('makes names of tags that a header can have', () => {
    assert.deepEqual(['userId', 'cost center', 'a.b_c-9', '__proto__', '', 4].map(tagNameOf), [
      ...['userid', 'cost-center', 'a.b_c-9', undefined, undefined, '4'],
    ])
  })

  it('keeps 32 tags, and the later word of one of them', () => {
    const tags = tagsOf(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`t${index}`, index])))
    assert.equal(Object.keys(tags).length, 32)
    addTag(tags, 't0', 'again')
    addTag(tags, 'one-more', 'no')
    assert.deepEqual([tags.t0, tags['one-more']], ['again', undefined])
  })

  it('reads an outcome with its value and its details', () => {
    assert.deepEqual(outcomeOf('resolved', { value: 2.5, by: 'refund', quick: true }), {
      ...{ status: 'resolved', value: 2.5, by: 'refund', quick: true },
    })
  })

  it('leaves out what is no detail', () => {
    const details = { status: 'other', value: 'much', a: {}, b: Number.NaN, c: null, d: undefined, e: 1n }
    assert.deepEqual(outcomeOf('resolved', details), { status: 'resolved' })
    assert.equal(outcomeOf(undefined, { value: 1 }), undefined)
  })

  it('counts whole numbers only', () => {
    assert.deepEqual([0, 3, -1, 1.5, '3', Number.NaN].map(countOf), [0, 3, ...Array(4).fill(undefined)])
  })

  it('takes anything', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (one, other) => {
        textOf(one)
        tagNameOf(one)
        outcomeOf(one, other)
        for (const value of Object.values(tagsOf(other))) assert.ok(value.length <= 256)
      }),
    )
  })
})
