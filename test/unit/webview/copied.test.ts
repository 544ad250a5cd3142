import assert from 'node:assert/strict'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { numbersOf, pathText } from '../../../webview/copied'
import { runOf } from '../profile/run-of'

const tree = spanTree(
  columnsOf(
    runOf(`
      agent desk 0..10
        call gpt 0..5 1000+20 $1234000000 system:1000/1000000000 output:20/234000000
        call local 5..8 30+3
    `),
  ),
)

describe('what is copied', () => {
  it('has the exact value beside the text for people', () => {
    assert.equal(numbersOf(tree, 2), 'cost\t$0.001234\npicoUsd\t1234000000\ntokens\t1,020\ntime\t5 ms')
  })

  it('leaves out what is not known', () => {
    assert.equal(numbersOf(tree, 5), 'cost\tno price\npicoUsd\t\ntokens\t33\ntime\t3 ms')
  })

  it('says the way to a node by its names', () => {
    assert.equal(pathText(tree, 3), 'node desk.mjs › desk › gpt › system prompt')
  })
})
