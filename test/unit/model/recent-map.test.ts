import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RecentMap } from '../../../profiler-agent/model/recent-map'

describe('map of what is recent', () => {
  it('forgets what was set or asked for longest ago', () => {
    const map = new RecentMap<string, number>(3)
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index)
    map.get('a')
    map.set('d', 3)
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].filter((key) => map.has(key)),
      ['a', 'c', 'd'],
    )
  })

  it('keeps the latest, however much it weighs', () => {
    const map = new RecentMap<string, string>(5, (text) => text.length)
    map.set('small', 'ab')
    map.set('large', 'abcdefgh')
    assert.deepEqual([map.has('small'), map.get('large')], [false, 'abcdefgh'])
  })

  it('forgets one by one, in whatever order it is set, asked and deleted', () => {
    const key = fc.integer({ min: 0, max: 40 })
    const action = fc.tuple(fc.constantFrom('set', 'get', 'delete'), key)
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), fc.integer({ min: 1, max: 12 }), (actions, most) => {
        const map = new RecentMap<number, number>(most)
        let expected: number[] = []
        for (const [what, asked] of actions) {
          const known = expected.includes(asked)
          const others = expected.filter((other) => other !== asked)
          if (what === 'set') map.set(asked, asked)
          else if (what === 'delete') map.delete(asked)
          else assert.equal(map.get(asked), known ? asked : undefined)
          if (what === 'delete') expected = others
          else if (what === 'set') expected = [...others, asked].slice(-most)
          else if (known) expected = [...others, asked]
          assert.deepEqual(
            Array.from({ length: 41 }, (_, at) => at).filter((at) => map.has(at)),
            expected.toSorted((left, right) => left - right),
          )
        }
      }),
    )
  })
})
