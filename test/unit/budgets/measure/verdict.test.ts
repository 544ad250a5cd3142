// Percentiles, verdicts, and which budgets hold for what.

import assert from 'node:assert/strict'
import { appliesTo } from '../../../../profiler-agent/budgets/measure/budgets-for'
import { limitUses } from '../../../../profiler-agent/budgets/measure/limit-uses'
import { percentileVerdict, verdictOf } from '../../../../profiler-agent/budgets/measure/verdict'
import {
  type Budget,
  type BudgetScope,
  type Measured,
  USUAL_GATE,
} from '../../../../profiler-agent/model/budget'
import { percentilesOf } from '../../../../profiler-agent/model/percentiles'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('percentilesOf', () => {
  it('takes the nearest rank', () => {
    assert.deepEqual(percentilesOf(upTo(200)), { p50: 100, p95: 190, p99: 198 })
    assert.deepEqual(percentilesOf(upTo(10)), { p50: 5, p95: 10, p99: 10 })
    assert.deepEqual(percentilesOf([7]), { p50: 7, p95: 7, p99: 7 })
  })

  it('looks at a floor from above', () => {
    assert.deepEqual(percentilesOf(upTo(100), true), { p50: 51, p95: 6, p99: 2 })
  })

  it('knows none of nothing', () => {
    assert.equal(percentilesOf([]), null)
  })
})

describe('verdictOf', () => {
  const ceiling = { limit: 'totalTokens', allowed: 1000, tolerance: 0.1 } as const
  const floor = { limit: 'cacheHitRatio', allowed: 0.5, tolerance: 0.1 } as const

  it('is over only above the limit, and near close below it', () => {
    assert.equal(verdictOf(ceiling, { value: 1001 }), 'over')
    assert.equal(verdictOf(ceiling, { value: 1000 }), 'near')
    assert.equal(verdictOf(ceiling, { value: 900 }), 'fine')
  })

  it('is over a floor only below it, and near close above it', () => {
    assert.equal(verdictOf(floor, { value: 0.49 }), 'over')
    assert.equal(verdictOf(floor, { value: 0.5 }), 'near')
    assert.equal(verdictOf(floor, { value: 0.56 }), 'fine')
  })

  it('knows of a part that is over by itself that all of it is', () => {
    assert.equal(verdictOf(ceiling, { value: 1001, atLeast: true }), 'over')
    assert.equal(verdictOf(ceiling, { value: 1000, atLeast: true }), 'indeterminate')
    assert.equal(verdictOf(floor, { value: 0.4, atLeast: true }), 'indeterminate')
    assert.equal(verdictOf(floor, { value: 0.6, atLeast: true }), 'fine')
    assert.equal(verdictOf(ceiling, { value: null }), 'indeterminate')
    assert.equal(verdictOf(ceiling, undefined), 'indeterminate')
  })

  it('judges a percentile only where the unknown values cannot change it', () => {
    const known = Array.from({ length: 99 }, () => ({ value: 100 }))
    assert.deepEqual(percentileVerdict(ceiling, [...known, { value: null }], 'p95'), {
      verdict: 'fine',
      value: 100,
    })
    assert.equal(
      percentileVerdict(ceiling, [{ value: 100 }, { value: null }], 'p95').verdict,
      'indeterminate',
    )
    const over = Array.from({ length: 20 }, () => ({ value: 2000 }))
    assert.equal(percentileVerdict(ceiling, [...over, { value: null }], 'p50').verdict, 'over')
    assert.deepEqual(percentileVerdict(ceiling, [{ value: null }], 'p50'), {
      verdict: 'indeterminate',
      value: null,
    })
  })
})

const position = { line: 1, column: 1 }
const budget = (scope: BudgetScope, limits: Budget['limits'] = {}): Budget => ({
  ...{ scope, limits, position },
  ...{ onExceed: 'warn', clampOutput: false },
})
const measured = (said: Partial<Measured>): Measured => ({
  ...{ kind: 'agent', runId: 'r', id: 'a', startedAt: 0, endedAt: 1, isOver: true },
  ...{ values: {}, use: {}, calls: [] },
  ...said,
})

describe('appliesTo', () => {
  const budgets = [
    budget({ kind: 'agent', agent: 'desk' }),
    budget({ kind: 'agent', agent: 'desk', intent: 'refund' }),
    budget({ kind: 'step', agent: 'desk', step: 'plan' }),
    budget({ kind: 'workflow', workflow: 'w', rootAgent: 'desk' }),
    budget({ kind: 'run' }),
    budget({ kind: 'day' }),
  ]
  const indexes = (said: Partial<Measured>) =>
    budgets.filter((each) => appliesTo(each, measured(said))).map((each) => budgets.indexOf(each))

  it('gives an invocation the limits of its agent and of its intent', () => {
    assert.deepEqual(indexes({ agent: 'desk' }), [0])
    assert.deepEqual(indexes({ agent: 'desk', intent: 'refund' }), [0, 1])
    assert.deepEqual(indexes({ agent: 'other' }), [])
  })

  it('gives steps, workflows, runs and days theirs', () => {
    assert.deepEqual(indexes({ kind: 'step', agent: 'desk', step: 'plan' }), [2])
    assert.deepEqual(indexes({ kind: 'workflow', agent: 'desk' }), [3])
    assert.deepEqual(indexes({ kind: 'run' }), [4])
    assert.deepEqual(indexes({ kind: 'day' }), [5])
  })
})

describe('limitUses', () => {
  const limit = { value: 1000, position }
  const desk = budget({ kind: 'agent', agent: 'desk' }, { totalTokens: limit })
  const invocations = (count: number) =>
    upTo(count).map((index) =>
      measured({
        id: `a${index}`,
        agent: 'desk',
        startedAt: index,
        values: { totalTokens: { value: index * 100 } },
      }),
    )

  it('shows percentiles and the latest invocations of each limit', () => {
    const [use] = limitUses([desk], USUAL_GATE, invocations(11))
    assert.deepEqual(
      [use?.n, use?.percentiles, use?.verdict],
      [11, { p50: 600, p95: 1100, p99: 1100 }, 'over'],
    )
    assert.equal(use?.last.length, 10)
    assert.deepEqual(use?.last[0], {
      ...{ runId: 'r', spanId: 'a11', startTime: '1970-01-01T00:00:00.011Z' },
      ...{ value: 1100, isOver: true },
    })
  })

  it('leaves out versions that ran before the one of the limit, as the gate does', () => {
    const versioned = invocations(11).map((each, index) => ({
      ...each,
      agentVersion: index < 6 ? '1.0' : '2.0',
    }))
    // 700 to 1,100.
    const [use] = limitUses([{ ...desk, agentVersion: '2.0' }], USUAL_GATE, versioned)
    assert.deepEqual([use?.n, use?.percentiles?.p50, use?.last.length], [5, 900, 5])
    assert.equal(limitUses([{ ...desk, agentVersion: '1.0' }], USUAL_GATE, versioned)[0]?.n, 11)
  })

  it('says nothing of few invocations, or of none', () => {
    assert.equal(limitUses([desk], USUAL_GATE, invocations(4))[0]?.verdict, 'indeterminate')
    assert.equal(limitUses([desk], USUAL_GATE, [])[0]?.percentiles, null)
  })
})
