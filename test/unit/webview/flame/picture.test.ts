import assert from 'node:assert/strict'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { byWeight, inTime } from '../../../../profiler-agent/profile/profile'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { colouringOf } from '../../../../webview/flame/colouring'
import { layoutFlame } from '../../../../webview/flame/layout'
import { lookOf, placeInChanged } from '../../../../webview/flame/picture'
import { WHOLE } from '../../../../webview/flame/viewport'
import { runOf } from '../../profile/run-of'

const treeOf = (picture: string) => spanTree(columnsOf(runOf(picture)))

const THEME = {
  ...{ background: '', foreground: '', muted: '', grid: '', focus: '', error: '', warning: '' },
  ...{ font: 'sans', fontSize: 13, outline: undefined },
  coloursOf: () => ({ fill: '', hover: '', text: '', dim: '', dimText: '' }),
}

describe('how the boxes of a picture look', () => {
  const tree = treeOf(`
    call good 0..10 10+0 $50
    call bad 10..30 failed
  `)
  const picture = { key: '', selected: undefined, colours: colouringOf(tree, 'kind', 'cost') }
  const labels = (profile: ReturnType<typeof inTime>, textOf?: () => string) => {
    const look = lookOf({ ...picture, profile, textOf }, THEME, (text) => text.length)
    return [1, 2].map((node) => look.labelOf(node, 100))
  }

  it('says name and value, and what went wrong', () => {
    assert.deepEqual(labels(inTime(tree)), ['good  10 ms', '✕ bad  20 ms'])
    assert.deepEqual(labels(byWeight(tree, 'tokens')), ['good  10', '✕ bad  –'])
  })

  it('says something else where it is told to', () => {
    assert.deepEqual(
      labels(inTime(tree), () => '+$1'),
      ['good  +$1', '✕ bad  +$1'],
    )
  })
})

describe('a picture that has changed', () => {
  const before = treeOf('call a 0..10 10+0 $50\ncall b 10..20 30+0 $50')
  const flameOf = (tree: typeof before, unit: 'cost' | 'tokens') => layoutFlame(byWeight(tree, unit))

  it('stays at the same values while the run grows', () => {
    const grown = treeOf('call a 0..10 10+0 $50\ncall b 10..20 10+0 $50\ncall c 20..30 10+0 $100')
    const place = placeInChanged(
      flameOf(grown, 'cost'),
      byWeight(before, 'cost'),
      { start: 0.5, end: 1 },
      undefined,
    )
    assert.deepEqual(place, { start: 0.25, end: 0.5 })
    assert.deepEqual(
      placeInChanged(flameOf(grown, 'cost'), byWeight(before, 'cost'), WHOLE, undefined),
      WHOLE,
    )
  })

  it('stays at the same node in another unit', () => {
    const place = placeInChanged(
      flameOf(before, 'tokens'),
      byWeight(before, 'cost'),
      { start: 0.5, end: 1 },
      2,
    )
    assert.deepEqual(place, { start: 0.25, end: 1 })
  })
})
