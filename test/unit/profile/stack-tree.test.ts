import assert from 'node:assert/strict'
import type { Frame, Run } from '../../../profiler-agent/model/span'
import { at } from '../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { sumsOf } from '../../../profiler-agent/profile/measures'
import { stackTree } from '../../../profiler-agent/profile/stack-tree'
import { labelOf, type Tree } from '../../../profiler-agent/profile/tree'
import { runOf } from './run-of'

/** `plan@src/desk.ts:12 main@src/main.ts:3`, innermost first. */
function stackOf(text: string): Frame[] {
  return text.split(' ').map((word) => {
    const [, name = '', file = '', line = ''] = /^(.*)@(.*):(\d+)$/.exec(word) ?? []
    return { file, line: Number(line), ...(name === '' ? {} : { function: name }) }
  })
}

/** The calls of a picture with their stacks, in order; '' for a call without one. */
function treeOf(picture: string, stacks: readonly string[]): Tree {
  const run: Run = runOf(picture)
  const spans = run.spans.map((span, index) => {
    const [first, ...rest] = stackOf(stacks[index] ?? '')
    const hasStack = (stacks[index] ?? '') !== '' && first !== undefined
    return hasStack ? { ...span, callSite: { ...first, stack: [first, ...rest] } } : span
  })
  return stackTree(columnsOf({ ...run, spans }))
}

function linesOf(tree: Tree): string[] {
  const costs = sumsOf(tree, 'cost')
  return Array.from(
    tree.depth,
    (depth, node) => `${'  '.repeat(depth)}${labelOf(tree, node)} $${at(costs, node)}`,
  )
}

describe('the tree by call stack', () => {
  it('adds up the calls of each function, the heaviest first, down to the line of the call', () => {
    const tree = treeOf(
      `
      call gpt 0..10 10+1 $5
      call gpt 10..20 10+1 $7
      call gpt 20..30 10+1 $30
      `,
      [
        'answer@src/desk.ts:12 @main.ts:3',
        'answer@src/desk.ts:12 @main.ts:3',
        'plan@src/desk.ts:40 @main.ts:3',
      ],
    )
    assert.deepEqual(linesOf(tree), [
      'node desk.mjs $42',
      '  main.ts:3 $42',
      '    plan desk.ts $30',
      '      gpt, line 40 $30',
      '    answer desk.ts $12',
      '      gpt, line 12 $12',
    ])
  })

  it('tells lines of one function apart only where the call was made, and functions of one name by their file', () => {
    const tree = treeOf(
      `
      call gpt 0..10 10+1 $5
      call gpt 10..20 10+1 $4
      call gpt 20..30 10+1 $3
      `,
      ['ask@a/bot.ts:1 main@main.ts:3', 'ask@a/bot.ts:2 main@main.ts:9', 'ask@b/bot.ts:1 main@main.ts:9'],
    )
    assert.deepEqual(linesOf(tree), [
      'node desk.mjs $12',
      '  main main.ts $12',
      '    ask bot.ts $9',
      '      gpt, line 1 $5',
      '      gpt, line 2 $4',
      '    ask bot.ts $3',
      '      gpt, line 1 $3',
    ])
  })

  it('says where nobody knows who made a call, and hangs inferences where their exchange was made', () => {
    const tree = treeOf(
      `
      agent desk 0..100
        chat exchange 0..10
          call gpt 0..10 10+1 $5
        call mini 10..20 10+1 $3
      `,
      ['', 'ask@desk.ts:7', '', ''],
    )
    assert.deepEqual(linesOf(tree), [
      'node desk.mjs $8',
      '  ask desk.ts $5',
      '    gpt, line 7 $5',
      '    exchange, line 7 $NaN',
      '  no call site $3',
      '    mini $3',
    ])
  })
})
