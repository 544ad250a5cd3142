import assert from 'node:assert/strict'
import { togglePin } from '../../../webview/selection'

describe('a pin', () => {
  it('is put at the end, and taken away where it is', () => {
    const pinned = togglePin(togglePin([], { spanId: 'a' }), { spanId: 'a', part: 'system' })
    assert.deepEqual(pinned, [{ spanId: 'a' }, { spanId: 'a', part: 'system' }])
    assert.deepEqual(togglePin(pinned, { spanId: 'a' }), [{ spanId: 'a', part: 'system' }])
  })
})
