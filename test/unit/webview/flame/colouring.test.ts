import assert from 'node:assert/strict'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { byWeight, inTime } from '../../../../profiler-agent/profile/profile'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { colouringOf, legendIn } from '../../../../webview/flame/colouring'
import type { ColourBy } from '../../../../webview/messages'
import { runOf } from '../../profile/run-of'

const tree = spanTree(
  columnsOf(
    runOf(`
      agent desk 0..100
        call big 0..40 600+200 $60 system:600/40 output:200/20
        tool lookup 40..50
        call small 50..100 100+100 $4
    `),
  ),
)
const NODES = { run: 0, desk: 1, big: 2, system: 3, output: 4, lookup: 5, small: 6 }

function hueName(by: ColourBy, node: number): string | undefined {
  const { hueOf, hues } = colouringOf(tree, by, 'cost')
  return hues[hueOf[node] ?? 0]?.name
}

describe('the colours of boxes', () => {
  it('tell kinds apart', () => {
    assert.equal(hueName('kind', NODES.big), hueName('kind', NODES.small))
    assert.notEqual(hueName('kind', NODES.big), hueName('kind', NODES.desk))
    assert.notEqual(hueName('kind', NODES.big), hueName('kind', NODES.lookup))
  })

  it('give the most expensive model the first hue', () => {
    const { legend } = colouringOf(tree, 'model', 'cost')
    assert.deepEqual(
      legend.map(({ hue, word }) => [hue.name, word]),
      [
        ['orange', 'big'],
        ['blue', 'small'],
        ['neutral', 'no model'],
      ],
    )
    assert.equal(hueName('model', NODES.system), 'orange')
    assert.equal(hueName('model', NODES.desk), 'neutral')
  })

  it('are as strong as the share of the whole by heat', () => {
    const { hueOf, hues } = colouringOf(tree, 'heat', 'cost')
    const strengths = [NODES.run, NODES.big, NODES.output, NODES.small, NODES.lookup].map(
      (node) => hues[hueOf[node] ?? 0]?.strength ?? 0,
    )
    assert.deepEqual(
      strengths,
      strengths.toSorted((a, b) => b - a),
    )
    // $64 and $60 are more than a half; $20 of $64 more than a quarter; $4 a sixteenth; nothing is nothing.
    assert.deepEqual(
      [NODES.run, NODES.big, NODES.output, NODES.small, NODES.lookup].map((node) => hueOf[node]),
      [7, 7, 6, 4, 0],
    )
  })

  it('tell cached from fresh, and the reply from both', () => {
    const { hueOf, legend } = colouringOf(tree, 'cache', 'cost')
    assert.equal(hueOf[NODES.big], hueOf[NODES.system])
    assert.notEqual(hueOf[NODES.output], hueOf[NODES.system])
    assert.deepEqual(
      legend.map(({ word }) => word),
      ['not cached', 'reply', 'no call'],
    )
  })

  it('are explained as far as they are in the picture', () => {
    const colouring = colouringOf(tree, 'kind', 'cost')
    const words = (profile: Parameters<typeof legendIn>[1]) =>
      legendIn(colouring, profile).map(({ word }) => word)
    assert.deepEqual(words(byWeight(tree, 'cost')), ['run', 'agent', 'model call', 'system prompt', 'reply'])
    assert.deepEqual(words(inTime(tree)), ['run', 'agent', 'model call', 'tool'])
  })

  it('are reckoned once', () => {
    assert.equal(colouringOf(tree, 'kind', 'cost'), colouringOf(tree, 'kind', 'tokens'))
  })
})
