// What hangs under which span: as a set for each parent would have it.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Children } from '../../../profiler-agent/trace/children'

describe('children of spans', () => {
  it('are those of a set for each parent, in the order in which they came', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd')
    const action = fc.tuple(fc.constantFrom('add', 'delete'), fc.constantFrom('run', 'step'), id)
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const children = new Children(100)
        const sets: Record<string, Set<string>> = { run: new Set(), step: new Set() }
        for (const [what, parent, child] of actions) {
          children[what === 'add' ? 'add' : 'delete'](parent, child)
          sets[parent]?.[what === 'add' ? 'add' : 'delete'](child)
        }
        assert.deepEqual(
          [children.of('run'), children.of('step')],
          [[...(sets.run ?? [])], [...(sets.step ?? [])]],
        )
      }),
    )
  })

  it('are forgotten with the parent that nobody came back to for longest', () => {
    const children = new Children(2)
    for (const parent of ['first', 'second', 'third']) children.add(parent, `${parent} child`)
    assert.deepEqual([children.of('first'), children.of('second')], [[], ['second child']])
  })
})
