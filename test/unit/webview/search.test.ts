import assert from 'node:assert/strict'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { amountInUsd, hiddenBelow, matcherOf, matchesIn, nextMatch, picoUsdOf } from '../../../webview/search'
import { runOf } from '../profile/run-of'

// Nodes: 0 run, 1 desk, 2 Plan, 3 gpt, 4 its system prompt, 5 its reply, 6 local, 7 lookup.
const tree = spanTree(
  columnsOf(
    runOf(`
      agent desk 0..10
        agent Plan 0..10
          call gpt 0..5 1000+20 $1234000000 system:1000/1000000000 output:20/234000000
          call local 5..8 30+3
          tool lookup 8..10
    `),
  ),
)

function found(search: string, searchIsRegex = false): number[] {
  const matcher = matcherOf({ search, searchIsRegex })
  return matcher === undefined ? [] : [...matchesIn(tree, matcher).nodes]
}

describe('a search', () => {
  it('finds names whatever their case, and what a node is', () => {
    assert.deepEqual(found('plan'), [2])
    assert.deepEqual(found('look'), [7])
    assert.deepEqual(found('system prompt'), [4])
  })

  it('is not there where nothing is searched for', () => {
    assert.equal(matcherOf({}), undefined)
    assert.equal(matcherOf({ search: '' }), undefined)
  })

  it('takes signs as they are, unless it is an expression', () => {
    assert.deepEqual(found('p.an'), [])
    assert.deepEqual(found('p.an', true), [2])
    assert.deepEqual(found('^(desk|lookup)$', true), [1, 7])
  })

  it('says why an expression is none, and finds nothing', () => {
    const matcher = matcherOf({ search: '(', searchIsRegex: true })
    assert.match(matcher?.problem ?? '', /Invalid regular expression/)
    assert.deepEqual(found('(', true), [])
  })

  it('marks by node what it found', () => {
    const matcher = matcherOf({ search: 'plan' })
    assert.ok(matcher)
    assert.deepEqual([...matchesIn(tree, matcher).mask], [0, 0, 1, 0, 0, 0, 0, 0])
  })

  it('goes from one match to the next and round the ends', () => {
    const matches = { mask: new Uint8Array(), nodes: Int32Array.from([2, 5, 7]) }
    assert.equal(nextMatch(matches, 0, 1), 2)
    assert.equal(nextMatch(matches, 2, 1), 5)
    assert.equal(nextMatch(matches, 7, 1), 2)
    assert.equal(nextMatch(matches, 5, -1), 2)
    assert.equal(nextMatch(matches, 2, -1), 7)
    assert.equal(nextMatch({ mask: new Uint8Array(), nodes: new Int32Array() }, 2, 1), undefined)
  })
})

describe('"only what costs at least"', () => {
  it('leaves out what costs less and what has no price, never the whole', () => {
    assert.deepEqual([...(hiddenBelow(tree, 1_000_000_000) ?? [])], [0, 0, 0, 0, 0, 1, 1, 1])
    assert.equal(hiddenBelow(tree, undefined), undefined)
    assert.equal(hiddenBelow(tree, 0), undefined)
    assert.equal(hiddenBelow(tree, 9_000_000_000_000)?.[0], 0)
  })

  it('reads amounts as people type them', () => {
    assert.equal(picoUsdOf('0.01'), 10_000_000_000)
    assert.equal(picoUsdOf(' $1,250.5 '), 1_250_500_000_000_000)
    assert.equal(picoUsdOf(''), undefined)
    assert.equal(picoUsdOf('0'), undefined)
    assert.equal(picoUsdOf('a lot'), undefined)
    assert.equal(picoUsdOf('-3'), undefined)
    assert.deepEqual([1_000_000_000_000_000, 50_000_000_000, 1_234_000].map(amountInUsd), [
      '$1,000',
      '$0.05',
      '$0.000001234',
    ])
  })
})
