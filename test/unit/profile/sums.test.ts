import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { Run } from '../../../profiler-agent/model/span'
import { at } from '../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { ownValues, sumsOf, UNITS } from '../../../profiler-agent/profile/measures'
import { byWeight } from '../../../profiler-agent/profile/profile'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import type { Tree } from '../../../profiler-agent/profile/tree'
import { inRepository } from '../../support/repository'
import { ANY_RUN } from './any-run'
import { treeOf } from './boxes'

/** Sum of what the children of each node are worth, unknown as nothing. */
function childSums(tree: Tree, values: Float64Array): Float64Array {
  const sums = new Float64Array(tree.count)
  for (let node = 1; node < tree.count; node++) {
    const parent = at(tree.parent, node)
    sums[parent] = at(sums, parent) + (at(values, node) || 0)
  }
  return sums
}

describe('the sums of a picture', () => {
  it('are those of the recorded run', () => {
    const path = inRepository('test', 'fixtures', 'runs', 'support-desk.costflame.json')
    const [run] = JSON.parse(readFileSync(path, 'utf8')).runs as Run[]
    assert.ok(run)
    const tree = spanTree(columnsOf(run))
    assert.equal(byWeight(tree, 'cost').total, 114_243_120_000)
    assert.equal(byWeight(tree, 'tokens').total, 54_254 + 3_504)
  })

  it('are the totals of any run, in cost, tokens and calls', () => {
    fc.assert(
      fc.property(ANY_RUN, (run) => {
        const tree = spanTree(columnsOf(run))
        const { totals } = run
        const root = (measure: Parameters<typeof sumsOf>[1]) => at(sumsOf(tree, measure), 0)
        assert.equal(root('cost') || 0, totals.cost?.picoUsd ?? 0)
        const { inputTokens, outputTokens, uncachedInputTokens, cacheWriteTokens } = totals.usage
        assert.equal(root('tokens') || 0, (inputTokens ?? 0) + (outputTokens ?? 0))
        assert.equal(root('uncachedTokens') || 0, uncachedInputTokens ?? 0)
        assert.equal(root('cacheWriteTokens') || 0, cacheWriteTokens['5m'] ?? 0)
        assert.equal(root('calls'), totals.calls)
        assert.equal(root('unpricedCalls'), totals.unpricedCalls)
      }),
    )
  })

  it('are, at every node of any run, its own value and those of its children, to the last pico-dollar and microsecond', () => {
    fc.assert(
      fc.property(ANY_RUN, fc.constantFrom(...UNITS), (run, unit) => {
        const tree = spanTree(columnsOf(run))
        const values = sumsOf(tree, unit)
        const own = ownValues(tree, unit)
        const below = childSums(tree, values)
        for (let node = 0; node < tree.count; node++) {
          assert.equal((at(own, node) || 0) + at(below, node), at(values, node) || 0, `${unit} of ${node}`)
          assert.ok(!(at(own, node) < 0), `${unit} of ${node} is not below 0`)
        }
      }),
    )
  })

  it('leave, in cost and tokens, nothing at a node that has children', () => {
    fc.assert(
      fc.property(ANY_RUN, (run) => {
        const tree = spanTree(columnsOf(run))
        for (const unit of ['cost', 'tokens', 'uncachedTokens', 'cacheWriteTokens'] as const) {
          const own = ownValues(tree, unit)
          for (let node = 1; node < tree.count; node++)
            assert.ok(!(at(own, at(tree.parent, node)) > 0), `${unit} of the parent of ${node}`)
        }
      }),
    )
  })

  it('tile their parents without a gap between children and without reaching beyond them', () => {
    fc.assert(
      fc.property(ANY_RUN, fc.constantFrom(...UNITS), (run, unit) => {
        const { tree, start, weight } = byWeight(spanTree(columnsOf(run)), unit)
        const next = Float64Array.from(start)
        for (let node = 1; node < tree.count; node++) {
          const parent = at(tree.parent, node)
          assert.equal(at(start, node), at(next, parent))
          next[parent] = at(start, node) + at(weight, node)
          assert.ok(at(next, parent) <= at(start, parent) + at(weight, parent))
        }
      }),
    )
  })

  it('are unknown, and not 0, where nothing is known of what is below', () => {
    const tree = treeOf(`
      agent desk 0..100
        step plan 0..10
          call failing 0..10 failed
        step answer 10..20
          call free 10..20 10+1 $0
    `)
    assert.deepEqual([...sumsOf(tree, 'cost')], [0, 0, Number.NaN, Number.NaN, 0, 0])
    assert.deepEqual([...sumsOf(tree, 'tokens')], [11, 11, Number.NaN, Number.NaN, 11, 11])
  })

  it('say how many calls have unknown tokens, which makes them lower bounds', () => {
    const tree = treeOf(`
      call silent 0..10 $4
      call known 10..20 10+1 $4
    `)
    assert.deepEqual([...sumsOf(tree, 'unknownTokens')], [1, 1, 0])
  })

  it('count work: what ran at once side by side, a parent only where it did not wait', () => {
    const tree = treeOf(`
      agent desk 0..100
        agent orders 10..60
          call a 10..30 1+1 $1
        agent policy 20..90
          call c 20..80 1+1 $1
    `)
    // desk worked 0..10 and 90..100, orders 30..60, policy 10 in all; the calls 20 and 60.
    assert.deepEqual([...ownValues(tree, 'time')], [0, 20, 30, 20, 10, 60])
    assert.equal(at(sumsOf(tree, 'time'), 0), 140)
  })

  it('count the time of an exchange once, however many inferences it holds', () => {
    const tree = treeOf(`
      chat exchange 0..100
        call first 0..100 1+1 $1
        call second 0..100 1+1 $2
    `)
    assert.equal(at(sumsOf(tree, 'time'), 0), 100)
    assert.equal(at(sumsOf(tree, 'cost'), 0), 3)
  })
})
