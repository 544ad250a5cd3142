import assert from 'node:assert/strict'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { timelineTree } from '../../../profiler-agent/profile/timeline-tree'
import { kindOf } from '../../../profiler-agent/profile/tree'
import { costText, durationText, keyOf, nameOf, tokensText } from '../../../webview/labels'
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

  it('do not let a name turn round what follows', () => {
    const odd = spanTree(columnsOf(runOf('tool a\u202egnp.exe 0..10')))
    assert.equal(nameOf(odd, 1), 'agnp.exe')
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

  it('say what a refused call avoided, and nothing of a cost', () => {
    const { spans, ...run } = runOf('call gpt 0..10 failed')
    const attributes = { 'costflame.avoided_pico_usd': 30_000_000_000 }
    const refused = spans.map((span) => ({ ...span, status: 'blocked' as const, attributes }))
    const blocked = spanTree(columnsOf({ ...run, spans: refused }))
    assert.equal(costText(blocked, 1), 'avoided ≈ $0.03')
    assert.equal(tokensText(blocked, 1), '–')
  })

  it('mark times that nobody measured, and tokens of which some are unknown', () => {
    const { spans, ...run } = runOf(`
      call ask 10..30 100+10 $9 system:100/4 output:10/5
      tool lookup 40..50
      call silent 60..70 $9
      call answer 90..95 200+10 $9 system:150/2 tool_result:50/2 output:10/5
    `)
    const ofTraffic = spans.map((span) => ({ ...span, parentBasis: 'traffic' as const }))
    const times = timelineTree(columnsOf({ ...run, spans: ofTraffic }))
    const named = (name: string) => [...times.kind.keys()].find((node) => nameOf(times, node) === name) ?? -1
    assert.equal(durationText(times, named('lookup')), '≈ 10 ms')
    assert.equal(durationText(times, named('tool time')), '≈ 20 ms')
    assert.equal(durationText(times, named('ask')), '20 ms')
    assert.notEqual(keyOf(times, named('tool time')), keyOf(times, named('answer')))
    assert.equal(tokensText(times, 0), '≥ 320')
  })
})
