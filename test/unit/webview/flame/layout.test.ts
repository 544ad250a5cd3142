import assert from 'node:assert/strict'
import { buildProfile, type ProfileUnit } from '../../../../profiler-agent/profile/profile'
import { nodeAt } from '../../../../webview/flame/hit-test'
import { intentOf } from '../../../../webview/flame/keyboard'
import { boxOf, layoutFlame } from '../../../../webview/flame/layout'
import { runOf } from '../../profile/run-of'

const run = runOf(`
  agent desk 0..100
    call big 0..40 600+200 $60 system:600/40 output:200/20
    tool lookup 40..50
    call small 50..100 100+100 $20
`)
const NODES = { run: 0, desk: 1, big: 2, system: 3, output: 4, lookup: 5, small: 6 }

function flameBy(unit: ProfileUnit) {
  return layoutFlame(buildProfile(run, unit))
}

describe('the layout of a flame', () => {
  it('gives rows of boxes in fractions of the whole, without boxes for what has no weight', () => {
    const rows = flameBy('cost').rows.map((row) =>
      Array.from(row.node, (node, i) => [node, row.start[i], row.end[i]]),
    )
    assert.deepEqual(rows, [
      [[NODES.run, 0, 1]],
      [[NODES.desk, 0, 1]],
      [
        [NODES.big, 0, 0.75],
        [NODES.small, 0.75, 1],
      ],
      [
        [NODES.system, 0, 0.5],
        [NODES.output, 0.5, 0.75],
      ],
    ])
  })

  it('keeps tools in time and leaves prompt parts out there', () => {
    const rows = flameBy('time').rows.map((row) => [...row.node])
    assert.deepEqual(rows, [[NODES.run], [NODES.desk], [NODES.big, NODES.lookup, NODES.small]])
  })

  it('has no rows for a run without weight', () => {
    assert.deepEqual(layoutFlame(buildProfile(runOf('call gpt 0..0 failed'), 'cost')).rows, [])
  })

  it('finds the box of a node, and none where it has none', () => {
    assert.deepEqual(boxOf(flameBy('cost'), NODES.small), { start: 0.75, end: 1, row: 2 })
    assert.equal(boxOf(flameBy('cost'), NODES.lookup), undefined)
    assert.equal(boxOf(flameBy('time'), NODES.system), undefined)
  })
})

describe('the hit test', () => {
  it('finds the box under a point, its left edge included and its right edge not', () => {
    const flame = flameBy('cost')
    assert.equal(nodeAt(flame, 2, 0), NODES.big)
    assert.equal(nodeAt(flame, 2, 0.7499), NODES.big)
    assert.equal(nodeAt(flame, 2, 0.75), NODES.small)
    assert.equal(nodeAt(flame, 3, 0.8), undefined)
    assert.equal(nodeAt(flame, 9, 0.5), undefined)
  })

  it('takes the nearest box within the slack', () => {
    assert.equal(nodeAt(flameBy('cost'), 3, 0.76, 0.02), NODES.output)
    assert.equal(nodeAt(flameBy('cost'), 3, 0.79, 0.02), undefined)
  })
})

describe('keys on the flame', () => {
  const select = (key: string, from: number | undefined, unit: ProfileUnit = 'cost') => {
    const intent = intentOf(key, flameBy(unit), from)
    return intent?.do === 'select' ? intent.node : intent
  }

  it('move to parent, first child and neighbours, and stay at the edges', () => {
    assert.equal(select('ArrowUp', NODES.big), NODES.desk)
    assert.equal(select('ArrowDown', NODES.big), NODES.system)
    assert.equal(select('ArrowRight', NODES.big), NODES.small)
    assert.equal(select('ArrowLeft', NODES.big), NODES.big)
    assert.equal(select('ArrowUp', NODES.run), NODES.run)
    assert.equal(select('ArrowDown', NODES.small), NODES.small)
    assert.equal(select('Home', NODES.small), NODES.big)
    assert.equal(select('End', NODES.big), NODES.small)
  })

  it('pass over nodes without a box', () => {
    assert.equal(select('ArrowRight', NODES.big, 'time'), NODES.lookup)
    assert.equal(select('ArrowRight', NODES.big, 'cost'), NODES.small)
  })

  it('begin at the run when nothing is selected or the selection has no box', () => {
    assert.equal(select('ArrowDown', undefined), NODES.run)
    assert.equal(select('ArrowDown', NODES.lookup), NODES.run)
  })

  it('zoom, reset and open, and leave other keys alone', () => {
    const flame = flameBy('cost')
    assert.deepEqual(intentOf('Enter', flame, NODES.big), { do: 'zoomToSelection' })
    assert.deepEqual(intentOf('Escape', flame, NODES.big), { do: 'zoomOut' })
    assert.deepEqual(intentOf('0', flame, NODES.big), { do: 'reset' })
    assert.equal(intentOf('Tab', flame, NODES.big), undefined)
    assert.equal(intentOf('x', flame, NODES.big), undefined)
  })
})
