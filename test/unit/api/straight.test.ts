// Without a profiler the functions call what they are given, and take anything.

import assert from 'node:assert/strict'
import { straight } from '../../../profiler-agent/api/straight'

const { agent, step, tool, retrieval, outcome, tag, headers, within } = straight

describe('costflame/api without a profiler', () => {
  it('gives the very result on, with options and without', () => {
    const promise = Promise.resolve(1)
    const documents = ['a']
    assert.equal(
      agent('desk', () => promise),
      promise,
    )
    assert.equal(
      step('plan', undefined, () => promise),
      promise,
    )
    assert.equal(
      tool('search', { toolCallId: 'c1' }, () => documents),
      documents,
    )
    assert.equal(
      retrieval('docs', { documents: (found) => found.length }, () => documents),
      documents,
    )
    assert.equal(
      within({}, () => documents),
      documents,
    )
  })

  it('throws what the function throws', () => {
    const error = new Error('theirs')
    const breaking = () => {
      throw error
    }
    for (const declare of [agent, step, tool, retrieval])
      assert.throws(
        () => declare('x', breaking),
        (thrown) => thrown === error,
      )
  })

  it('says nothing and knows nothing', () => {
    assert.deepEqual(
      [outcome('resolved', { value: 1 }), tag('plan', 'gold'), headers()],
      [undefined, undefined, {}],
    )
  })

  it('takes odd arguments', () => {
    for (const odd of [undefined, null, 7, {}, Symbol('s')])
      for (const declare of [agent, step, tool, retrieval, within, outcome, tag])
        assert.equal(Reflect.apply(declare, undefined, [odd, odd, odd]), undefined)
  })
})
