import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  between,
  bringIntoView,
  fitTo,
  isWhole,
  panBy,
  WHOLE,
  zoomAt,
} from '../../../../webview/flame/viewport'

describe('the viewport', () => {
  it('zooms around the anchor', () => {
    assert.deepEqual(zoomAt(WHOLE, 0.5, 0.5), { start: 0.25, end: 0.75 })
    assert.deepEqual(zoomAt({ start: 0, end: 0.5 }, 0, 0.5), { start: 0, end: 0.25 })
  })

  it('never shows what lies beyond the ends', () => {
    assert.deepEqual(zoomAt({ start: 0.5, end: 1 }, 1, 4), WHOLE)
    assert.deepEqual(panBy({ start: 0.5, end: 1 }, 0.3), { start: 0.5, end: 1 })
    assert.deepEqual(panBy({ start: 0.5, end: 1 }, -0.7), { start: 0, end: 0.5 })
  })

  it('fits a box, also one without width', () => {
    assert.deepEqual(fitTo({ start: 0.25, end: 0.5 }), { start: 0.25, end: 0.5 })
    const { start, end } = fitTo({ start: 1, end: 1 })
    assert.ok(start < end && end <= 1)
  })

  it('moves only as far as it must to show a box', () => {
    assert.deepEqual(bringIntoView({ start: 0, end: 0.5 }, { start: 0.25, end: 0.75 }), {
      start: 0,
      end: 0.5,
    })
    assert.deepEqual(bringIntoView({ start: 0, end: 0.5 }, { start: 0.75, end: 1 }), { start: 0.5, end: 1 })
    assert.deepEqual(bringIntoView({ start: 0.5, end: 1 }, { start: 0, end: 0.25 }), { start: 0, end: 0.5 })
  })

  it('ends an animation where it shall', () => {
    assert.deepEqual(between(WHOLE, { start: 0.25, end: 0.5 }, 1), { start: 0.25, end: 0.5 })
    assert.deepEqual(between(WHOLE, { start: 0.25, end: 0.5 }, 0), WHOLE)
  })

  it('stays inside the picture whatever is done to it', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true })
    const step = fc.record({
      anchor: fraction,
      factor: fc.double({ min: 0.01, max: 100, noNaN: true }),
      pan: fraction,
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let viewport = WHOLE
        for (const { anchor, factor, pan } of steps)
          viewport = panBy(zoomAt(viewport, anchor, factor), pan - 0.5)
        assert.ok(viewport.start >= 0 && viewport.end <= 1 && viewport.start < viewport.end)
      }),
    )
    assert.ok(isWhole(WHOLE))
  })
})
