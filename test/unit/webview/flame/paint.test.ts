import assert from 'node:assert/strict'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { byWeight } from '../../../../profiler-agent/profile/profile'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import type { Brush } from '../../../../webview/flame/brush'
import { type Flame, layoutFlame, markedBoxes } from '../../../../webview/flame/layout'
import { paintFlame } from '../../../../webview/flame/paint'
import type { Scene } from '../../../../webview/flame/scene'
import { runOf } from '../../profile/run-of'

/** A brush that writes down what it is told, one line a call. */
class LoggingBrush implements Brush {
  fillStyle = ''
  strokeStyle = ''
  lineWidth = 1
  font = ''
  textBaseline = 'middle'
  textAlign = 'left'
  readonly log: string[] = []

  fillRect(x: number, y: number, width: number, height: number) {
    this.log.push(`fill ${this.fillStyle} ${x},${y} ${width}x${height}`)
  }
  strokeRect(x: number, y: number, width: number, height: number) {
    this.log.push(`stroke ${this.strokeStyle} ${x},${y} ${width}x${height}`)
  }
  fillText(text: string, x: number, y: number) {
    this.log.push(`text ${this.fillStyle} "${text}" ${x},${y}`)
  }
}

function flameOf(picture: string): Flame {
  return layoutFlame(byWeight(spanTree(columnsOf(runOf(picture))), 'cost'))
}

const AREA = { left: 10, top: 20, width: 400, height: 100, rowHeight: 24, scrollTop: 0 }

function paint(flame: Flame, more: Partial<Scene> = {}, hues = 4): string[] {
  const brush = new LoggingBrush()
  paintFlame(brush, {
    flame,
    viewport: { start: 0, end: 1 },
    area: AREA,
    look: {
      colours: Array.from({ length: 4 }, (_, hue) => ({
        fill: `fill${hue}`,
        hover: `hover${hue}`,
        text: `ink${hue}`,
        dim: `dim${hue}`,
        dimText: `grey${hue}`,
      })),
      // A hue for each node, so that the log tells which one is meant.
      hueOf: Uint8Array.from({ length: flame.profile.tree.count }, (_, node) => node % hues),
      font: '12px sans',
      background: 'background',
      focus: 'focus',
      error: 'error',
      warning: 'warning',
      muted: 'muted',
      foreground: 'foreground',
      grid: 'grid',
      outline: undefined,
      measure: (text) => text.length * 6,
      labelOf: (node, room) => (room >= 30 ? `node ${node}` : ''),
    },
    found: undefined,
    selected: undefined,
    hovered: undefined,
    pinned: [],
    ...more,
  })
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
      'fill background 300,45 8x8',
      'fill focus 301,46 6x6',
      'fill hover2 310,47 99x20',
      'text ink2 "node 2" 315,56',
      'stroke focus 11,45 297x21',
      'stroke background 12.5,46.5 294x18',
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
      rows: [{ nodes, ticks: width === 0 ? nodes : none, troubles: none }],
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
