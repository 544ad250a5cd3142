import assert from 'node:assert/strict'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { NO_PART, REST_OF_CALL } from '../../../profiler-agent/profile/tree'
import {
  keptSelection,
  nodeOfSelection,
  pathTo,
  selectionOf,
  selectionOfNode,
  spanWithId,
  THE_RUN,
  togglePin,
} from '../../../webview/selection'
import { runOf } from '../profile/run-of'

// Spans: 0 run, 1 desk (s0), 2 gpt (s1), 3 lookup (s2). Nodes: 0 run, 1 desk, 2 gpt, 3 system, 4 reply, 5 rest, 6 lookup.
const columns = columnsOf(
  runOf(`
    agent desk 0..10
      call gpt 0..5 1000+20 $1234000000 system:900/1000000000 output:20/34000000
      tool lookup 8..10
  `),
)
const tree = spanTree(columns)

describe('the selection', () => {
  it('is a span or a part of it, by node and back', () => {
    for (const node of [0, 1, 2, 3, 4, 5, 6])
      assert.equal(nodeOfSelection(tree, selectionOfNode(tree, node), undefined), node)
    assert.deepEqual(selectionOfNode(tree, 3), { span: 2, part: 0 })
    assert.deepEqual(selectionOfNode(tree, 5), { span: 2, part: REST_OF_CALL })
  })

  it('is kept by ids and found again', () => {
    for (const selection of [
      { span: 1, part: NO_PART },
      { span: 2, part: 1 },
      { span: 2, part: REST_OF_CALL },
    ])
      assert.deepEqual(selectionOf(columns, keptSelection(columns, selection)), selection)
    assert.equal(keptSelection(columns, { span: 2, part: NO_PART }).spanId, 's1')
  })

  it('is the run where its span is not there', () => {
    assert.deepEqual(selectionOf(columns, { spanId: 'gone' }), THE_RUN)
    assert.deepEqual(selectionOf(columns, undefined), THE_RUN)
  })

  it('is the call where its part is not there', () => {
    assert.deepEqual(selectionOf(columns, { spanId: 's1', part: 'gone' }), { span: 2, part: NO_PART })
  })

  it('stays at the node it was made at, where several stand for the same span', () => {
    const twice = { ...tree, span: Int32Array.from(tree.span, (span, node) => (node === 1 ? 2 : span)) }
    assert.equal(nodeOfSelection(twice, { span: 2, part: NO_PART }, 1), 1)
    assert.equal(nodeOfSelection(twice, { span: 2, part: NO_PART }, undefined), 2)
  })

  it('is nowhere in a view that leaves its span out', () => {
    const nodeOf = Int32Array.from(tree.nodeOf, (node, span) => (span === 3 ? 0 : node))
    assert.equal(nodeOfSelection({ ...tree, nodeOf }, { span: 3, part: NO_PART }, undefined), undefined)
    assert.equal(nodeOfSelection({ ...tree, nodeOf }, THE_RUN, undefined), 0)
  })

  it('has a path from the whole', () => {
    assert.deepEqual(pathTo(tree, 3), [0, 1, 2, 3])
    assert.deepEqual(pathTo(tree, 0), [0])
  })
})

describe('a span by its id', () => {
  it('is found by the whole id only', () => {
    assert.equal(spanWithId(columns, 's2'), 3)
    assert.equal(spanWithId(columns, 's'), -1)
    assert.equal(spanWithId(columns, 's22'), -1)
  })
})

describe('a pin', () => {
  it('is put at the end, and taken away where it is', () => {
    const pinned = togglePin(togglePin([], { spanId: 'a' }), { spanId: 'a', part: 'system' })
    assert.deepEqual(pinned, [{ spanId: 'a' }, { spanId: 'a', part: 'system' }])
    assert.deepEqual(togglePin(pinned, { spanId: 'a' }), [{ spanId: 'a', part: 'system' }])
  })
})
