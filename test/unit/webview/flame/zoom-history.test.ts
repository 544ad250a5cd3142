import assert from 'node:assert/strict'
import { WHOLE } from '../../../../webview/flame/viewport'
import { ZoomHistory } from '../../../../webview/flame/zoom-history'

const HALF = { start: 0, end: 0.5 }
const QUARTER = { start: 0, end: 0.25 }

describe('the history of a zoom', () => {
  it('goes back and forth', () => {
    const history = new ZoomHistory()
    history.add(WHOLE)
    history.add(HALF)
    assert.deepEqual(history.undo(QUARTER), HALF)
    assert.deepEqual(history.undo(HALF), WHOLE)
    assert.equal(history.undo(WHOLE), undefined)
    assert.deepEqual(history.redo(WHOLE), HALF)
    assert.deepEqual(history.redo(HALF), QUARTER)
    assert.equal(history.canRedo, false)
  })

  it('forgets what was undone when something new is zoomed to', () => {
    const history = new ZoomHistory()
    history.add(WHOLE)
    history.undo(HALF)
    history.add(WHOLE)
    assert.equal(history.redo(QUARTER), undefined)
    assert.equal(history.canUndo, true)
  })
})
