import assert from 'node:assert/strict'
import { at } from '../../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { sumsOf } from '../../../../profiler-agent/profile/measures'
import { sandwichOf } from '../../../../profiler-agent/profile/sandwich'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { stackTree } from '../../../../profiler-agent/profile/stack-tree'
import { labelOf, type Tree } from '../../../../profiler-agent/profile/tree'
import { listSubjects, subjectOfSelection, subjectWith } from '../../../../webview/sandwich/subjects'
import { runOf } from '../../profile/run-of'

const columns = columnsOf(
  runOf(`
    agent desk 0..100
      agent orders 0..40
        call gpt 0..10 10+1 $5 user:10/4 output:1/1
        agent orders 10..40
          call gpt 10..20 10+1 $7
      agent refunds 40..60
        call gpt 40..50 10+1 $11
      call mini 60..70 10+1 $2
  `),
)
const spans = spanTree(columns)
const listed = listSubjects(spans, stackTree(columns), 'cost')

function linesOf(tree: Tree): string[] {
  const costs = sumsOf(tree, 'cost')
  return Array.from(
    tree.depth,
    (depth, node) => `${'  '.repeat(depth)}${labelOf(tree, node)} ${at(costs, node)}`,
  )
}

describe('the subjects of a sandwich', () => {
  it('are named with all they cost, an agent that calls itself once', () => {
    assert.deepEqual(
      listed.slice(0, 5).map(({ name, total, nodes }) => [name, total, nodes]),
      [
        ['desk', 25, 1],
        ['gpt', 23, 3],
        ['orders', 12, 2],
        ['refunds', 11, 1],
        ['user message', 4, 1],
      ],
    )
  })

  it('are found by kind and name, else by what is selected, else the heaviest agent', () => {
    assert.equal(subjectWith(listed, { kind: 'agent', label: 'orders' })?.total, 12)
    assert.equal(subjectWith(listed, { kind: 'tool', label: 'orders' }), undefined)
    assert.equal(subjectOfSelection(listed, spans, { span: 4, part: -1 })?.name, 'orders')
    assert.equal(subjectOfSelection(listed, spans, { span: 3, part: 0 })?.name, 'user message')
    assert.equal(subjectOfSelection(listed, spans, { span: 0, part: -1 })?.name, 'desk')
  })
})

describe('a sandwich around a model', () => {
  const subject = subjectWith(listed, { kind: 'chat', label: 'gpt' })
  assert.ok(subject)
  const { callers, callees } = sandwichOf(spans, subject)

  it('shows above what calls it, each with its share', () => {
    assert.deepEqual(linesOf(callers), [
      'gpt 23',
      '  orders 12',
      '    orders 7',
      '      desk 7',
      '        node desk.mjs 7',
      '    desk 5',
      '      node desk.mjs 5',
      '  refunds 11',
      '    desk 11',
      '      node desk.mjs 11',
    ])
  })

  it('shows below what it is made of', () => {
    assert.deepEqual(linesOf(callees), ['gpt 23', '  user 4', '  output 1'])
  })
})
