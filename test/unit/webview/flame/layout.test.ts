import assert from 'node:assert/strict'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { byWeight, inTime } from '../../../../profiler-agent/profile/profile'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { nodeAt } from '../../../../webview/flame/hit-test'
import { intentOf } from '../../../../webview/flame/keyboard'
import { boxOf, layoutFlame, markedBoxes } from '../../../../webview/flame/layout'
import { runOf } from '../../profile/run-of'

function treeOf(picture: string) {
  return spanTree(columnsOf(runOf(picture)))
}

const tree = treeOf(`
  agent desk 0..100
    call big 0..40 600+200 $60 system:600/40 output:200/20
    tool lookup 40..50
    call small 50..100 100+100 $20
`)
const NODES = { run: 0, desk: 1, big: 2, system: 3, output: 4, lookup: 5, small: 6 }

function flameBy(picture: 'cost' | 'time', hidden?: Uint8Array) {
  return layoutFlame(picture === 'cost' ? byWeight(tree, 'cost') : inTime(tree), hidden)
}

/** Node, start and end of each box of a row. */
function boxesOf(flame: ReturnType<typeof flameBy>) {
  return flame.rows.map(({ nodes }) =>
    Array.from(nodes, (node) => {
      const box = boxOf(flame, node)
      return [node, box?.start, box?.end]
    }),
  )
}

describe('the layout of a flame', () => {
  it('gives rows of boxes in fractions of the whole, what has no weight without width', () => {
    assert.deepEqual(boxesOf(flameBy('cost')), [
      [[NODES.run, 0, 1]],
      [[NODES.desk, 0, 1]],
      [
        [NODES.big, 0, 0.75],
        [NODES.lookup, 0.75, 0.75],
        [NODES.small, 0.75, 1],
      ],
      [
        [NODES.system, 0, 0.5],
        [NODES.output, 0.5, 0.75],
      ],
    ])
  })

  it('leaves prompt parts out in time', () => {
    const rows = flameBy('time').rows.map((row) => [...row.nodes])
    assert.deepEqual(rows, [[NODES.run], [NODES.desk], [NODES.big, NODES.lookup, NODES.small]])
  })

  it('leaves out what a filter hides, without moving the rest', () => {
    const hidden = new Uint8Array(tree.count)
    hidden[NODES.big] = 1
    hidden[NODES.system] = 1
    hidden[NODES.output] = 1
    assert.deepEqual(boxesOf(flameBy('cost', hidden)).slice(2), [
      [
        [NODES.lookup, 0.75, 0.75],
        [NODES.small, 0.75, 1],
      ],
    ])
    assert.equal(boxOf(flameBy('cost', hidden), NODES.big), undefined)
  })

  it('has no rows for a run without weight', () => {
    assert.deepEqual(layoutFlame(byWeight(treeOf('call gpt 0..0 failed'), 'cost')).rows, [])
  })

  it('finds the box of a node, and none where it has none', () => {
    assert.deepEqual(boxOf(flameBy('cost'), NODES.small), { start: 0.75, end: 1, row: 2 })
    assert.equal(boxOf(flameBy('time'), NODES.system), undefined)
    assert.equal(boxOf(flameBy('time'), 99), undefined)
  })

  it('sorts boxes by start where the tree has them in another order', () => {
    const lanes = layoutFlame(
      inTime(
        treeOf(`
          agent a 0..100
            call x 60..80
          agent b 0..90
            call y 10..20
        `),
      ),
    )
    assert.deepEqual(
      lanes.rows.map(({ nodes }) => Array.from(nodes, (node) => lanes.profile.start[node])),
      lanes.rows.map(({ nodes }) =>
        Array.from(nodes, (node) => lanes.profile.start[node]).sort((x, y) => Number(x) - Number(y)),
      ),
    )
  })

  it('knows calls without width and what went wrong', () => {
    const failing = layoutFlame(
      byWeight(
        treeOf(`
          call good 0..10 10+0 $50
          call bad 10..20 failed
          call local 20..30 10+0
        `),
        'cost',
      ),
    )
    assert.deepEqual(
      failing.rows.map((row) => [[...row.ticks], [...row.troubles]]),
      [
        [[], []],
        [[3], [2]],
      ],
    )
  })

  it('gives the boxes of marked nodes by row', () => {
    const mask = new Uint8Array(tree.count)
    mask[NODES.small] = 1
    mask[NODES.output] = 1
    assert.deepEqual(
      markedBoxes(flameBy('cost'), mask).map((row) => [...row]),
      [[], [], [NODES.small], [NODES.output]],
    )
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

  it('finds a call without width before the boxes beside it, which could never be hit else', () => {
    const flame = layoutFlame(
      byWeight(
        treeOf(`
          call good 0..10 10+0 $50
          call bad 10..20 failed
          call other 20..30 10+0 $50
        `),
        'cost',
      ),
    )
    assert.equal(nodeAt(flame, 1, 0.499, 0.002), 2)
    assert.equal(nodeAt(flame, 1, 0.501, 0.002), 2)
    assert.equal(nodeAt(flame, 1, 0.51, 0.002), 3)
  })

  it('takes the nearest box within the slack', () => {
    assert.equal(nodeAt(flameBy('cost'), 3, 0.76, 0.02), NODES.output)
    assert.equal(nodeAt(flameBy('cost'), 3, 0.79, 0.02), undefined)
  })
})

describe('keys on the flame', () => {
  const press = (key: string, more: object = {}) => ({
    ...{ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
    ...more,
  })
  const select = (key: string, from: number | undefined, picture: 'cost' | 'time' = 'cost') => {
    const intent = intentOf(press(key), flameBy(picture), from)
    return intent?.do === 'select' ? intent.node : intent
  }

  it('move to parent, first child and neighbours, and stay at the edges', () => {
    assert.equal(select('ArrowUp', NODES.big), NODES.desk)
    assert.equal(select('ArrowDown', NODES.big), NODES.system)
    assert.equal(select('ArrowLeft', NODES.big), NODES.big)
    assert.equal(select('ArrowUp', NODES.run), NODES.run)
    assert.equal(select('ArrowDown', NODES.small), NODES.small)
    assert.equal(select('Home', NODES.small), NODES.big)
    assert.equal(select('End', NODES.big), NODES.small)
  })

  it('reach what has no width', () => {
    assert.equal(select('ArrowRight', NODES.big, 'time'), NODES.lookup)
    assert.equal(select('ArrowRight', NODES.big, 'cost'), NODES.lookup)
    assert.equal(select('ArrowRight', NODES.lookup, 'cost'), NODES.small)
    assert.equal(select('ArrowLeft', NODES.small, 'cost'), NODES.lookup)
  })

  it('begin at the run when nothing is selected or the selection has no box', () => {
    assert.equal(select('ArrowDown', undefined), NODES.run)
    assert.equal(select('ArrowDown', NODES.system, 'time'), NODES.run)
  })

  it('zoom, reset, open, find and go back, and leave other keys alone', () => {
    const flame = flameBy('cost')
    const intent = (key: string, more: object = {}) => intentOf(press(key, more), flame, NODES.big)
    assert.deepEqual(intent('Enter'), { do: 'zoomToSelection' })
    assert.deepEqual(intent('Escape'), { do: 'zoomOut' })
    assert.deepEqual(intent('0'), { do: 'reset' })
    assert.deepEqual(intent('n'), { do: 'match', step: 1 })
    assert.deepEqual(intent('z', { ctrlKey: true }), { do: 'undo' })
    assert.deepEqual(intent('Z', { metaKey: true, shiftKey: true }), { do: 'redo' })
    assert.equal(intent('w', { ctrlKey: true }), undefined)
    assert.equal(intent('ArrowUp', { altKey: true }), undefined)
    assert.equal(intent('Tab'), undefined)
    assert.equal(intent('toString'), undefined)
  })

  it('follow the rows where the root is at the bottom', () => {
    const profile = byWeight(tree, 'cost')
    const row = profile.row.map((depth) => profile.rowCount - 1 - depth)
    const flame = layoutFlame({ ...profile, row })
    assert.deepEqual(intentOf(press('ArrowUp'), flame, NODES.run), { do: 'select', node: NODES.desk })
    assert.deepEqual(intentOf(press('ArrowDown'), flame, NODES.desk), { do: 'select', node: NODES.run })
  })
})
