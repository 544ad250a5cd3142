import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Run } from '../../../profiler-agent/model/span'
import { at, type RunColumns } from '../../../profiler-agent/profile/columns'
import { columnsOf } from '../../../profiler-agent/profile/columns-of-run'
import { type DiffTree, deltaOf, diffProfile, diffTree } from '../../../profiler-agent/profile/diff-tree'
import { joinRuns } from '../../../profiler-agent/profile/joined-runs'
import { ownValues, sumsOf, UNITS } from '../../../profiler-agent/profile/measures'
import { TextCosts } from '../../../profiler-agent/profile/prompt-shares'
import { promptPlaces, promptTree } from '../../../profiler-agent/profile/prompt-tree'
import { sandwichOf, subjectsOf } from '../../../profiler-agent/profile/sandwich'
import { spanTree } from '../../../profiler-agent/profile/span-tree'
import { stackTree } from '../../../profiler-agent/profile/stack-tree'
import type { Tree } from '../../../profiler-agent/profile/tree'
import { ANY_RUN } from './any-run'

const MEASURES = [
  ...UNITS,
  'calls',
  'unpricedCalls',
  'estimated',
  'atLeast',
  'avoided',
  'unknownTokens',
] as const
const MEASURE = fc.constantFrom(...MEASURES)
const UNIT = fc.constantFrom(...UNITS)

const VIEWS: Readonly<Record<string, (columns: RunColumns) => Tree>> = {
  'call stack': stackTree,
  'prompt segment': (columns) => promptTree(columns),
  'place in prompts': promptPlaces,
  'text of prompts': (columns) => promptTree(columns, sharesOf(columns)),
}

const runs = new WeakMap<RunColumns, Run>()

function columnsWith(run: Run): RunColumns {
  const columns = columnsOf(run)
  runs.set(columns, run)
  return columns
}

function sharesOf(columns: RunColumns) {
  const costs = new TextCosts()
  for (const { id, modelCall } of runs.get(columns)?.spans ?? [])
    if (modelCall?.billed) costs.add(id, modelCall, modelCall.segments)
  return costs.finish((hash) => `text ${hash}`)
}

/** Every node is worth what it brings in itself and what its children are worth; nothing is below 0. */
function assertAddsUp(tree: Tree, measure: (typeof MEASURES)[number]) {
  const values = sumsOf(tree, measure)
  const sums = Float64Array.from(ownValues(tree, measure), (own) => own || 0)
  for (let node = tree.count - 1; node > 0; node--) {
    const parent = at(tree.parent, node)
    sums[parent] = at(sums, parent) + at(sums, node)
    assert.ok(parent < node && node < at(tree.subtreeEnd, parent), 'depth first')
  }
  for (let node = 0; node < tree.count; node++) {
    assert.equal(at(sums, node), at(values, node) || 0, `${measure} of ${node}`)
    assert.ok(!(at(values, node) < 0), `${measure} of ${node} is not below 0`)
  }
}

describe('every view', () => {
  for (const [view, build] of Object.entries(VIEWS))
    it(`by ${view} shows the whole run in every unit, and adds up at every node`, () => {
      fc.assert(
        fc.property(ANY_RUN, MEASURE, (run, measure) => {
          const columns = columnsWith(run)
          const tree = build(columns)
          assertAddsUp(tree, measure)
          const whole = at(sumsOf(spanTree(columns), measure), 0)
          assert.equal(at(sumsOf(tree, measure), 0) || 0, whole || 0)
        }),
      )
    })

  it('points from nodes to spans and from spans to nodes that are there', () => {
    fc.assert(
      fc.property(ANY_RUN, fc.constantFrom(...Object.values(VIEWS)), (run, build) => {
        const columns = columnsWith(run)
        const { nodeOf, span, count } = build(columns)
        assert.equal(nodeOf.length, columns.count)
        for (const node of nodeOf) assert.ok(node >= -1 && node < count)
        for (const shown of span) assert.ok(shown >= -1 && shown < columns.count)
        assert.equal(span[0], 0)
      }),
    )
  })
})

describe('a sandwich', () => {
  it('has the same total above and below, whatever stands in the middle, and adds up', () => {
    fc.assert(
      fc.property(
        ANY_RUN,
        UNIT,
        fc.nat(),
        fc.constantFrom(spanTree, stackTree),
        (run, unit, which, build) => {
          const tree = build(columnsWith(run))
          const subjects = subjectsOf(tree, unit)
          const subject = subjects[which % Math.max(1, subjects.length)]
          if (subject === undefined) return
          const { callers, callees } = sandwichOf(tree, subject)
          assertAddsUp(callers, unit)
          assertAddsUp(callees, unit)
          assert.equal(at(sumsOf(callers, unit), 0) || 0, subject.total || 0)
          assert.equal(at(sumsOf(callees, unit), 0) || 0, subject.total || 0)
          assert.ok((subject.total || 0) <= (at(sumsOf(tree, unit), 0) || 0))
        },
      ),
    )
  })

  it('lists subjects whose own values are, with that of the whole, all there is', () => {
    fc.assert(
      fc.property(ANY_RUN, UNIT, (run, unit) => {
        const tree = spanTree(columnsWith(run))
        const self = subjectsOf(tree, unit).reduce((sum, subject) => sum + (subject.self || 0), 0)
        assert.equal(self + (at(ownValues(tree, unit), 0) || 0), at(sumsOf(tree, unit), 0) || 0)
      }),
    )
  })
})

describe('a difference', () => {
  const SIDES = fc.record({
    base: ANY_RUN,
    head: ANY_RUN,
    build: fc.constantFrom(spanTree, stackTree, VIEWS['prompt segment'] ?? spanTree),
  })

  it('is, in every node and unit, what the base lacks to the head, and at the root that of the runs', () => {
    fc.assert(
      fc.property(SIDES, UNIT, ({ base, head, build }, unit) => {
        const trees = { base: build(columnsWith(base)), head: build(columnsWith(head)) }
        const diff = diffTree(trees.base, trees.head)
        assertAddsUp(diff.base, unit)
        assertAddsUp(diff.head, unit)
        assert.equal(at(sumsOf(diff.base, unit), 0) || 0, at(sumsOf(trees.base, unit), 0) || 0)
        assert.equal(at(sumsOf(diff.head, unit), 0) || 0, at(sumsOf(trees.head, unit), 0) || 0)
        for (let node = 0; node < diff.head.count; node++) assertDelta(diff, node, unit)
      }),
    )
  })

  it('to itself is nothing at all', () => {
    fc.assert(
      fc.property(ANY_RUN, UNIT, (run, unit) => {
        const diff = diffTree(spanTree(columnsWith(run)), spanTree(columnsWith(run)))
        for (let node = 0; node < diff.head.count; node++) {
          const { change, delta } = deltaOf(diff, node, unit)
          assert.ok(change === 'same' || (change === 'unknown' && Number.isNaN(delta)), change)
        }
      }),
    )
  })

  it('leaves room in its picture for what is gone: every node is as wide as the wider side', () => {
    fc.assert(
      fc.property(SIDES, UNIT, ({ base, head, build }, unit) => {
        const diff = diffTree(build(columnsWith(base)), build(columnsWith(head)))
        const { weight, start } = diffProfile(diff, unit)
        const next = Float64Array.from(start)
        for (let node = 0; node < diff.head.count; node++) {
          const sides = [diff.base, diff.head].map((tree) => at(sumsOf(tree, unit), node) || 0)
          assert.ok(at(weight, node) >= Math.max(...sides))
          const parent = at(diff.head.parent, node)
          if (parent < 0) continue
          assert.equal(at(start, node), at(next, parent))
          next[parent] = at(start, node) + at(weight, node)
          assert.ok(at(next, parent) <= at(start, parent) + at(weight, parent))
        }
      }),
    )
  })

  it('of two halves to the whole set is the other half', () => {
    fc.assert(
      fc.property(ANY_RUN, ANY_RUN, (one, other) => {
        const named = { ...other, id: 'run-2' }
        const joined = joinRuns([one, named])
        const diff = diffTree(spanTree(columnsWith(one)), spanTree(columnsWith(joined)))
        const [base, head] = [diff.base, diff.head].map((tree) => at(sumsOf(tree, 'cost'), 0) || 0)
        assert.equal((head ?? 0) - (base ?? 0), other.totals.cost?.picoUsd ?? 0)
        assert.equal(joined.totals.calls, one.totals.calls + other.totals.calls)
      }),
    )
  })
})

function assertDelta(diff: DiffTree, node: number, unit: (typeof UNITS)[number]) {
  const { base, head, delta, change } = deltaOf(diff, node, unit)
  if (Number.isNaN(delta)) assert.ok(Number.isNaN(base) || Number.isNaN(head))
  else assert.equal(base + delta, head)
  const [inBase, inHead] = [at(diff.inBase, node), at(diff.inHead, node)]
  assert.equal(change === 'appeared', inBase === 0)
  assert.equal(change === 'vanished', inHead === 0)
  assert.ok(inBase + inHead > 0)
}
