import assert from 'node:assert/strict'
import { intentOf } from '../../../../webview/grid/grid-keys'
import type { RowPlace } from '../../../../webview/grid/grid-rows'
import { pathKey, treeLines } from '../../../../webview/grid/tree-lines'
import { treeOf } from '../../profile/boxes'

const ROWS: readonly RowPlace[] = [
  { level: 1, isOpen: true },
  { level: 2 },
  { level: 2, isOpen: false },
  { level: 1 },
]

function press(
  key: string,
  selected: number,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', true>> = {},
) {
  const content = { rowCount: ROWS.length, selected, rowAt: (index: number) => ROWS[index] ?? {} }
  return intentOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...held }, content, 2)
}

describe('keys in a grid', () => {
  it('go up and down, by pages and to the ends, and stop there', () => {
    assert.deepEqual(press('ArrowDown', 0), { do: 'select', index: 1 })
    assert.deepEqual(press('ArrowDown', 3), { do: 'select', index: 3 })
    assert.deepEqual(press('ArrowUp', 0), { do: 'select', index: 0 })
    assert.deepEqual(press('ArrowDown', -1), { do: 'select', index: 0 })
    assert.deepEqual(press('PageDown', 0), { do: 'select', index: 2 })
    assert.deepEqual(press('End', 0), { do: 'select', index: 3 })
    assert.deepEqual(press('Home', 3), { do: 'select', index: 0 })
  })

  it('open, close, and lead into and out of what is open', () => {
    assert.deepEqual(press('ArrowLeft', 0), { do: 'toggle', open: false })
    assert.deepEqual(press('ArrowRight', 2), { do: 'toggle', open: true })
    assert.deepEqual(press('ArrowRight', 0), { do: 'select', index: 1 })
    assert.deepEqual(press('ArrowLeft', 1), { do: 'select', index: 0 })
    assert.equal(press('ArrowLeft', 3), undefined)
    assert.equal(press('ArrowRight', 1), undefined)
  })

  it('leave alone what is somebody else’s', () => {
    assert.equal(press('x', 0), undefined)
    assert.equal(press('ArrowDown', 0, { ctrlKey: true }), undefined)
    assert.equal(press('Enter', -1), undefined)
    assert.deepEqual(press('Enter', 1), { do: 'activate' })
  })
})

describe('the lines of a tree grid', () => {
  const tree = treeOf(`
    agent desk 0..100
      call a 0..10 1+1 $1
      call b 10..20 1+1 $2
    call c 20..30 1+1 $4
  `)

  it('are the nodes below open ones, siblings in the order asked for', () => {
    const lines = treeLines(tree, 0, (node) => node === 0)
    assert.deepEqual(lines, [
      { node: 0, level: 1, isOpen: true },
      { node: 1, level: 2, isOpen: false },
      { node: 4, level: 2 },
    ])
    const reversed = treeLines(
      tree,
      0,
      () => true,
      (left, right) => right - left,
    )
    assert.deepEqual(
      reversed.map(({ node }) => node),
      [0, 4, 1, 3, 2],
    )
  })

  it('are known by their path', () => {
    assert.equal(pathKey(tree, 3), '3 b\n1 desk')
    assert.equal(pathKey(tree, 0), '')
  })
})
