import assert from 'node:assert/strict'
import { buildProfile } from '../../../../profiler-agent/profile/profile'
import { type FlameRow, layoutFlame } from '../../../../webview/flame/layout'
import { type Brush, paintFlame, type Scene, shortened } from '../../../../webview/flame/paint'
import { runOf } from '../../profile/run-of'

/** A brush that writes down what it is told, one line a call; a letter is 6 pixels wide. */
class LoggingBrush implements Brush {
  fillStyle = ''
  strokeStyle = ''
  lineWidth = 1
  font = ''
  textBaseline = 'middle'
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
  measureText(text: string) {
    return { width: text.length * 6 }
  }
}

function paint(rows: readonly FlameRow[], more: Partial<Scene> = {}): string[] {
  const brush = new LoggingBrush()
  paintFlame(brush, {
    rows,
    viewport: { start: 0, end: 1 },
    area: { left: 10, top: 20, width: 400, height: 100, rowHeight: 24, scrollTop: 0 },
    font: '12px sans',
    lookOf: (node) => ({ fill: `fill${node}`, text: `ink${node}`, label: `node ${node}` }),
    selected: undefined,
    focusColour: 'focus',
    ...more,
  })
  return brush.log
}

const { rows } = layoutFlame(
  buildProfile(
    runOf(`
      call a 0..10 10+0 $75
      call b 10..20 10+0 $25
    `),
    'cost',
  ),
)

describe('painting a flame', () => {
  it('fills each box, leaves a gap between neighbours and writes its label', () => {
    assert.deepEqual(paint(rows), [
      'fill fill0 10,20 399x23',
      'text ink0 "node 0" 15,32',
      'fill fill1 10,44 299x23',
      'text ink1 "node 1" 15,56',
      'fill fill2 310,44 99x23',
      'text ink2 "node 2" 315,56',
    ])
  })

  it('cuts boxes at the edges when zoomed in, and keeps the label at the visible edge', () => {
    assert.deepEqual(paint(rows, { viewport: { start: 0.5, end: 1 } }), [
      'fill fill0 10,20 399x23',
      'text ink0 "node 0" 15,32',
      'fill fill1 10,44 199x23',
      'text ink1 "node 1" 15,56',
      'fill fill2 210,44 199x23',
      'text ink2 "node 2" 215,56',
    ])
  })

  it('outlines the selection and stripes what failed', () => {
    const log = paint(rows.slice(0, 1), {
      selected: 0,
      lookOf: () => ({ fill: 'orange', text: 'ink', label: '', stripe: 'red' }),
    })
    assert.deepEqual(log, ['fill orange 10,20 399x23', 'fill red 10,20 399x3', 'stroke focus 11,21 397x21'])
  })

  it('draws only rows that are on screen', () => {
    const area = { left: 0, top: 0, width: 400, height: 24, rowHeight: 24, scrollTop: 24 }
    assert.deepEqual(
      paint(rows, { area }).filter((line) => line.startsWith('fill')),
      ['fill fill1 0,0 299x23', 'fill fill2 300,0 99x23'],
    )
  })

  it('paints a pixel once, however many boxes lie in it', () => {
    const count = 100_000
    const row: FlameRow = {
      start: Float64Array.from({ length: count }, (_, index) => index / count),
      end: Float64Array.from({ length: count }, (_, index) => (index + 1) / count),
      node: Int32Array.from({ length: count }, (_, index) => index),
    }
    const { length } = paint([row])
    assert.ok(length > 200 && length <= 800, `${length} draw calls for 400 pixels`)
  })
})

describe('shortening a label', () => {
  const widthOf = (text: string) => Array.from(text).length * 6

  it('keeps what fits and ends with an ellipsis', () => {
    assert.equal(shortened('support-desk', 72, widthOf), 'support-desk')
    assert.equal(shortened('support-desk', 71, widthOf), 'support-de…')
    assert.equal(shortened('support-desk', 14, widthOf), '')
  })

  it('does not cut a letter in two', () => {
    assert.equal(shortened('🔥🔥🔥🔥', 18, widthOf), '🔥🔥…')
  })
})
