import assert from 'node:assert/strict'
import { isFound } from '../../../../extension/views/text-filter'

describe('the filter of a view', () => {
  it('finds what has all its words, in any order and case', () => {
    const texts = ['node Desk.mjs --fast', undefined, '2026-11-20']
    assert.equal(isFound('desk NODE', texts), true)
    assert.equal(isFound('  11-20   fast ', texts), true)
    assert.equal(isFound('desk slow', texts), false)
  })

  it('finds everything with nothing in it', () => {
    assert.equal(isFound('', []), true)
    assert.equal(isFound('   ', ['x']), true)
  })

  it('does not find a word across two texts', () => {
    assert.equal(isFound('ab', ['a', 'b']), false)
  })
})
