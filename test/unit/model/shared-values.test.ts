import assert from 'node:assert/strict'
import { SharedValues } from '../../../profiler-agent/model/shared-values'

describe('equal values', () => {
  it('are one object, others stay themselves', () => {
    const values = new SharedValues<{ readonly input: number; readonly cached?: number }>()
    const first = values.one({ input: 3 })
    assert.equal(values.one({ input: 3 }), first)
    assert.deepEqual(values.one({ input: 3, cached: 1 }), { input: 3, cached: 1 })
    assert.deepEqual(values.one({ input: 4 }), { input: 4 })
    assert.equal(values.one({ input: 3 }), first)
  })

  it('are known as long as there are not too many others', () => {
    const values = new SharedValues<{ readonly input: number }>()
    const first = values.one({ input: 0 })
    for (let input = 1; input <= 64; input++) values.one({ input })
    assert.notEqual(values.one({ input: 0 }), first)
    assert.deepEqual(values.one({ input: 0 }), first)
  })

  it('are two where they are long', () => {
    const values = new SharedValues<{ readonly text: string }>()
    const first = values.one({ text: 'tide '.repeat(400) })
    assert.notEqual(values.one({ ...first }), first)
    assert.deepEqual(values.one({ ...first }), first)
  })
})
