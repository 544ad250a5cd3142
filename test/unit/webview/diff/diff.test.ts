import assert from 'node:assert/strict'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { deltaOf, diffProfile, diffTree } from '../../../../profiler-agent/profile/diff-tree'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { labelOf } from '../../../../profiler-agent/profile/tree'
import { countChanges, diffLines, hiddenInDiff, USUAL_SORT } from '../../../../webview/diff/diff-lines'
import { boxText, deltaText, diffColouring, percentText } from '../../../../webview/diff/diff-words'
import { legendIn } from '../../../../webview/flame/colouring'
import { runOf } from '../../profile/run-of'

const USD = 1_000_000_000_000
const BASE = `
  agent desk 0..100
    step plan 0..10
      call gpt 0..10 100+5 $${2 * USD}
    step answer 10..20
      call gpt 10..20 100+5 $${4 * USD}
    step check 20..30
      call mini 20..30 10+5 $${USD}
    tool look_up 30..40
`
const HEAD = `
  agent desk 0..100
    step plan 0..10
      call gpt 0..10 150+5 $${3 * USD}
    step answer 10..20
      call gpt 10..20 100+5 $${4 * USD}
    step search 20..30
      call local 20..30 70+5
    tool look_up 30..40
`

const diff = diffTree(spanTree(columnsOf(runOf(BASE))), spanTree(columnsOf(runOf(HEAD))))
const node = (label: string) =>
  Array.from({ length: diff.head.count }, (_, index) => index).find(
    (index) => labelOf(diff.head, index) === label,
  ) ?? -1

describe('a difference of two runs', () => {
  it('has a node for each place of either side, with what it was, is and lacks', () => {
    const table = Array.from({ length: diff.head.count }, (_, index) => {
      const { change, base, head, delta } = deltaOf(diff, index, 'cost')
      return [labelOf(diff.head, index), change, base / USD, head / USD, delta / USD]
    })
    assert.deepEqual(table, [
      ['node desk.mjs', 'same', 7, 7, 0],
      ['desk', 'same', 7, 7, 0],
      ['answer', 'same', 4, 4, 0],
      ['gpt', 'same', 4, 4, 0],
      ['plan', 'grew', 2, 3, 1],
      ['gpt', 'grew', 2, 3, 1],
      ['check', 'vanished', 1, 0, -1],
      ['mini', 'vanished', 1, 0, -1],
      ['search', 'appeared', 0, Number.NaN, Number.NaN],
      ['local', 'appeared', 0, Number.NaN, Number.NaN],
      ['look_up', 'same', 0, 0, 0],
    ])
  })

  it('reads with signs, and without a number where there is no price', () => {
    assert.equal(deltaText(diff, node('plan'), 'cost'), '+$1.00')
    assert.equal(boxText(diff, node('check'), 'cost'), 'gone −$1.00')
    assert.equal(boxText(diff, node('search'), 'cost'), 'new –')
    assert.equal(boxText(diff, node('search'), 'tokens'), 'new +75')
    assert.equal(deltaText(diff, node('answer'), 'cost'), '=')
    // One of the calls below it has no price, but its tokens are known.
    assert.equal(deltaText(diff, node('desk'), 'cost'), '≈ =')
    assert.equal(deltaText(diff, node('desk'), 'tokens'), '+110')
  })

  it('says the change in per cent of the base', () => {
    assert.equal(percentText(deltaOf(diff, node('plan'), 'cost')), '+50 %')
    assert.equal(percentText({ change: 'shrank', base: 300, head: 280, delta: -20 }), '−6.7 %')
    assert.equal(percentText({ change: 'grew', base: 300_000, head: 300_001, delta: 1 }), '+<0.1 %')
    assert.equal(percentText(deltaOf(diff, node('search'), 'tokens')), '')
  })

  it('counts what is new or gone as a whole once', () => {
    assert.deepEqual(countChanges(diff, 'cost'), {
      ...{ grew: 2, shrank: 0, appeared: 1, vanished: 1, same: 4, unknown: 0 },
    })
  })

  it('is listed as a tree, the largest differences first, or flat by what happened', () => {
    const query = {
      unit: 'cost',
      sort: USUAL_SORT,
      shows: undefined,
      found: undefined,
      hidden: undefined,
      isOpen: () => true,
    } as const
    const names = diffLines(diff, query).map(
      ({ node: own, level }) => `${'  '.repeat((level ?? 1) - 1)}${labelOf(diff.head, own)}`,
    )
    assert.deepEqual(names.slice(0, 6), [
      'node desk.mjs',
      '  desk',
      '    plan',
      '      gpt',
      '    check',
      '      mini',
    ])
    const gone = diffLines(diff, { ...query, shows: 'vanished' })
    assert.deepEqual(gone, [{ node: node('check') }])
  })

  it('leaves out what costs too little on both sides', () => {
    const hidden = hiddenInDiff(diff, 2 * USD)
    const left = Array.from({ length: diff.head.count }, (_, index) => index).filter(
      (index) => hidden?.[index] === 0,
    )
    assert.deepEqual(
      left.map((index) => labelOf(diff.head, index)),
      ['node desk.mjs', 'desk', 'answer', 'gpt', 'plan', 'gpt'],
    )
    assert.equal(hiddenInDiff(diff, undefined), undefined)
  })

  it('colours what grew and what shrank, appeared and vanished apart, and only those that are there are explained', () => {
    const colouring = diffColouring(diff, 'cost')
    const { hueOf, hues } = colouring
    const hue = (label: string) => hues[hueOf[node(label)] ?? 0]
    assert.equal(hue('plan')?.name, 'orange')
    assert.equal(hue('check')?.name, 'cyan')
    assert.equal(hue('search')?.name, 'yellow')
    assert.equal(hue('answer')?.name, 'neutral')
    assert.deepEqual(
      legendIn(colouring, diffProfile(diff, 'cost')).map(({ word }) => word),
      ['grew', 'gone from the base', 'the same'],
    )
  })
})
