import assert from 'node:assert/strict'
import { remembered } from '../../../webview/remembered'

describe('a remembered function', () => {
  it('works only when it is asked with something else', () => {
    const asked: string[] = []
    const join = remembered((a: string, b: number | undefined) => {
      asked.push(`${a} ${b}`)
      return { a, b }
    })
    assert.equal(join('x', Number.NaN), join('x', Number.NaN))
    assert.deepEqual(join('x', 2), { a: 'x', b: 2 })
    assert.deepEqual(join('x', undefined), { a: 'x', b: undefined })
    assert.deepEqual(asked, ['x NaN', 'x 2', 'x undefined'])
  })
})
