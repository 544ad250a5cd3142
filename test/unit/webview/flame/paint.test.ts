import assert from 'node:assert/strict'
import { Flag } from '../../../../profiler-agent/profile/columns'
import { type Flame, layoutFlame, markedBoxes } from '../../../../webview/flame/layout'
import { paintFlame } from '../../../../webview/flame/paint'
import type { Scene } from '../../../../webview/flame/scene'
import { flameOf, LoggingBrush, sceneOf } from './logging-brush'

function paint(flame: Flame, more: Partial<Scene> = {}, hues = 4): string[] {
  const brush = new LoggingBrush()
  paintFlame(brush, sceneOf(flame, more, hues))
  return brush.log
}

const flame = flameOf(`
  call a 0..10 10+0 $75
  call b 10..20 10+0 $25
`)

describe('painting a flame', () => {
  it('fills each box, leaves a gap between neighbours and writes its label', () => {
    assert.deepEqual(paint(flame), [
      'fill fill0 10,20 399x23',
      'text ink0 "node 0" 15,32',
      'fill fill1 10,44 299x23',
      'text ink1 "node 1" 15,56',
      'fill fill2 310,44 99x23',
      'text ink2 "node 2" 315,56',
    ])
  })

  it('cuts boxes at the edges when zoomed in, and keeps the label at the visible edge', () => {
    assert.deepEqual(paint(flame, { viewport: { start: 0.5, end: 1 } }), [
      'fill fill0 10,20 399x23',
      'text ink0 "node 0" 15,32',
      'fill fill1 10,44 199x23',
      'text ink1 "node 1" 15,56',
      'fill fill2 210,44 199x23',
      'text ink2 "node 2" 215,56',
    ])
  })

  it('marks selection, pin and what the pointer is over, on top of all', () => {
    const log = paint(flame, { selected: 1, hovered: 2, pinned: [1] })
    assert.deepEqual(log.slice(6), [
      'fill hover2 310,47 99x20',
      'text ink2 "node 2" 315,56',
      'stroke focus 11,45 297x21',
      'stroke background 12.5,46.5 294x18',
      'fill background 300,45 8x8',
      'fill focus 301,46 6x6',
    ])
  })

  it('dims what a search did not find, and shows what it found also where it is too narrow to be seen', () => {
    const tiny = flameOf(`
      call a 0..10 10+0 $99950
      call b 10..20 10+0 $50
    `)
    const mask = Uint8Array.from([0, 0, 1])
    assert.deepEqual(paint(tiny, { found: { mask, boxes: markedBoxes(tiny, mask) } }), [
      'fill dim0 10,20 399x23',
      'text grey0 "node 0" 15,32',
      'fill dim1 10,44 398.8x23',
      'text grey1 "node 1" 15,56',
      'fill focus 408,44 2x23',
    ])
  })

  it('stripes what failed, also where it has no width', () => {
    const failing = flameOf(`
      call a 0..10 10+0 $100
      call b 10..20 failed
    `)
    assert.deepEqual(paint(failing).slice(4), ['fill error 408,44 2x3'])
  })

  it('marks a call without a price at the bottom', () => {
    const unpriced = flameOf(`
      call a 0..10 10+0 $100
      call b 10..20 10+0
    `)
    assert.deepEqual(paint(unpriced).slice(4), ['fill muted 408,63 2x4'])
  })

  it('dots the line below what is estimated', () => {
    const { profile } = flame
    const flags = Uint16Array.from(profile.tree.columns.flags)
    // The second call, whose box is the 100 pixels from 310 on.
    flags[2] = (flags[2] ?? 0) | Flag.estimated
    const tree = { ...profile.tree, columns: { ...profile.tree.columns, flags } }
    const log = paint(layoutFlame({ ...profile, tree }), { viewport: { start: 0.75, end: 0.7875 } })
    // Zoomed to 15 of these pixels, now 400: a dot every six.
    assert.deepEqual(log.slice(4, 6), ['fill ink2 11,65 3x1', 'fill ink2 17,65 3x1'])
    assert.equal(log.length, 4 + 66)
  })

  it('draws only rows that are on screen', () => {
    const area = { left: 0, top: 0, width: 400, height: 24, rowHeight: 24, scrollTop: 24 }
    assert.deepEqual(
      paint(flame, { area }).filter((line) => line.startsWith('fill')),
      ['fill fill1 0,0 299x23', 'fill fill2 300,0 99x23'],
    )
  })

  /** So many boxes of one row, one after the other, each of this width. */
  const rowOf = (count: number, width: number): Flame => {
    const nodes = Int32Array.from({ length: count }, (_, node) => node)
    const none = new Int32Array(0)
    const tree = { ...flame.profile.tree, count }
    const start = Float64Array.from(nodes)
    const weight = new Float64Array(count).fill(width)
    const profile = { ...flame.profile, tree, start, weight, row: new Int32Array(count), total: count }
    return {
      profile,
      hidden: undefined,
      rows: [{ nodes, ticks: width === 0 ? nodes : none, troubles: none, estimates: none }],
    }
  }

  it('paints a pixel once, however many boxes lie in it, and neighbours of one colour together', () => {
    assert.deepEqual(paint(rowOf(100_000, 1), {}, 1), ['fill fill0 10,20 400x23'])
    const { length } = paint(rowOf(100_000, 1), {}, 3)
    assert.ok(length > 200 && length <= 400, `${length} draw calls for 400 pixels`)
  })

  it('paints marks behind one another once, however many there are', () => {
    const { length } = paint(rowOf(100_000, 0))
    assert.ok(length > 100 && length <= 201, `${length} lines of 2 pixels on 400 pixels`)
  })
})
