import assert from 'node:assert/strict'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { kindOf } from '../../../profiler-agent/profile/tree'
import { costText, keyOf, nameOf, tokensText } from '../../../webview/labels'
import { runOf } from '../profile/run-of'

describe('the words for a node', () => {
  const tree = spanTree(
    columnsOf(
      runOf(`
      agent desk 0..10
        call gpt 0..10 1000+20 $1234000000 system:1000/1000000000 output:20/234000000
        call local 0..10 30+3 system:30 output:3
        call broken 0..10 failed
        tool lookup 0..10
    `),
    ),
  )
  const NODES = { run: 0, desk: 1, gpt: 2, system: 3, local: 5, localSystem: 6, broken: 8, lookup: 9 }

  it('give estimates of prompt parts as such, and totals as exact', () => {
    assert.equal(costText(tree, NODES.gpt), '$0.001234')
    assert.equal(costText(tree, NODES.system), '≈ $0.001')
    assert.equal(tokensText(tree, NODES.gpt), '1,020')
    assert.equal(tokensText(tree, NODES.system), '≈ 1,000')
  })

  it('say "no price" where a price is missing and that a failed call is not billed', () => {
    assert.equal(costText(tree, NODES.local), 'no price')
    assert.equal(costText(tree, NODES.localSystem), 'no price')
    assert.equal(costText(tree, NODES.broken), 'not billed')
    assert.equal(costText(tree, NODES.lookup), '–')
    assert.equal(tokensText(tree, NODES.broken), '–')
  })

  it('name runs, spans and parts, and give keys that outlive a growing run', () => {
    assert.deepEqual([nameOf(tree, NODES.run), kindOf(tree, NODES.run)], ['node desk.mjs', 'run'])
    assert.deepEqual([nameOf(tree, NODES.desk), kindOf(tree, NODES.desk)], ['desk', 'agent'])
    assert.deepEqual([nameOf(tree, NODES.system), kindOf(tree, NODES.system)], ['system prompt', 'system'])
    assert.equal(keyOf(tree, NODES.gpt), 's1')
    assert.equal(keyOf(tree, NODES.system), 's1#system')
  })
})
