import assert from 'node:assert/strict'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { OpenRows, placesIn } from '../../../../webview/flame/open-rows'
import { runOf } from '../../profile/run-of'

const DESK = `
  agent desk 0..10
    call gpt 0..5 1000+20 $1234000000 system:1000/1000000000 output:20/234000000
    tool lookup 8..10
`
// Nodes: 0 run, 1 desk, 2 gpt, 3 system, 4 reply, 5 lookup.
const tree = spanTree(columnsOf(runOf(DESK)))

describe('the rows of a tree', () => {
  it('are all spans, parts of prompts are closed until asked for', () => {
    const open = new OpenRows()
    open.show(tree, undefined)
    assert.deepEqual(open.rows, [0, 1, 2, 5])
    open.toggle(2)
    assert.deepEqual(open.rows, [0, 1, 2, 3, 4, 5])
    open.toggle(1)
    assert.deepEqual(open.rows, [0, 1])
  })

  it('open for what is selected inside', () => {
    const open = new OpenRows()
    open.show(tree, undefined)
    open.toggle(1)
    open.openAncestors(4)
    assert.deepEqual(open.rows, [0, 1, 2, 3, 4, 5])
  })

  it('stay as they are while the run grows', () => {
    const open = new OpenRows()
    open.show(tree, undefined)
    open.toggle(2)
    open.show(spanTree(columnsOf(runOf(`${DESK}    tool more 10..11\n`))), undefined)
    assert.deepEqual(open.rows, [0, 1, 2, 3, 4, 5, 6])
  })

  it('leave out what a filter hides, with all below it', () => {
    const open = new OpenRows()
    open.show(tree, Uint8Array.from([0, 0, 1, 1, 1, 0]))
    assert.deepEqual(open.rows, [0, 1, 5])
    open.show(tree, Uint8Array.from([0, 0, 0, 1, 1, 1]))
    assert.deepEqual(open.rows, [0, 1, 2])
    assert.equal(open.hasChildren(2), false)
  })

  it('say which child of their parent they are, of how many', () => {
    const { position, siblings } = placesIn(tree)
    assert.deepEqual([...position], [1, 1, 1, 1, 2, 2])
    assert.deepEqual([...siblings], [1, 1, 2, 2, 2, 2])
  })
})
