import assert from 'node:assert/strict'
import { pageKeyOf } from '../../../webview/keys'

const PAGE = { unit: 'cost', colour: 'heat' } as const

describe('a key on the page', () => {
  it('chooses a view by number', () => {
    assert.deepEqual(pageKeyOf('1', PAGE), { do: 'change', change: { view: 'timeline' } })
    assert.deepEqual(pageKeyOf('8', PAGE), { do: 'change', change: { view: 'charts' } })
    assert.equal(pageKeyOf('9', PAGE), undefined)
    assert.equal(pageKeyOf('0', PAGE), undefined)
  })

  it('goes on to the next width and colouring, or back, round the ends', () => {
    assert.deepEqual(pageKeyOf('u', PAGE), { do: 'change', change: { unit: 'tokens' } })
    assert.deepEqual(pageKeyOf('U', PAGE), { do: 'change', change: { unit: 'avoidable' } })
    assert.deepEqual(pageKeyOf('c', PAGE), { do: 'change', change: { colour: 'kind' } })
    assert.deepEqual(pageKeyOf('C', PAGE), { do: 'change', change: { colour: 'agent' } })
  })

  it('searches, steps through matches, pins, opens the source', () => {
    assert.deepEqual(pageKeyOf('/', PAGE), { do: 'search' })
    assert.deepEqual(pageKeyOf('p', PAGE), { do: 'match', step: -1 })
    assert.deepEqual(pageKeyOf('m', PAGE), { do: 'pin' })
    assert.deepEqual(pageKeyOf('o', PAGE), { do: 'reveal' })
    assert.equal(pageKeyOf('Enter', PAGE), undefined)
  })
})
