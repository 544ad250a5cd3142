import assert from 'node:assert/strict'
import {
  type BudgetGroup,
  type BudgetSort,
  groupedLimits,
  limitDescription,
  limitLabel,
} from '../../../../extension/views/budget-rows'
import { type LimitUse, USUAL_GATE } from '../../../../profiler-agent/model/budget'
import { plainWords } from '../../../support/plain-words'

function use(changes: Partial<LimitUse>): LimitUse {
  return {
    scope: { kind: 'agent', agent: 'desk' },
    limit: 'totalTokens',
    allowed: 6000,
    n: 20,
    percentiles: { p50: 2900, p95: 4100, p99: 5000 },
    worst: 5000,
    verdict: 'fine',
    last: [],
    ...changes,
  }
}

/** In the order of the file. */
const USES = [
  use({ scope: { kind: 'agent', agent: 'desk', intent: 'status' } }),
  use({ limit: 'outputTokens', allowed: 3000, verdict: 'over' }),
  use({
    scope: { kind: 'step', agent: 'mail', step: 'plan' },
    limit: 'inputTokens',
    n: 0,
    percentiles: null,
    verdict: 'indeterminate',
  }),
  use({ scope: { kind: 'day' }, limit: 'costUsdPerDay', allowed: 10, worst: 9.5, verdict: 'near' }),
]

function picture(group: BudgetGroup, sort: BudgetSort = 'file', filter = ''): string[] {
  return groupedLimits(USES, { group, sort, filter }, USUAL_GATE, plainWords).map(
    ({ label, uses }) => `${label}: ${uses.map(({ limit }) => limit).join(' ')}`,
  )
}

describe('the list of limits', () => {
  it('is grouped by agent, in the order of the file', () => {
    assert.deepEqual(picture('agent'), [
      'desk: totalTokens outputTokens',
      'mail: inputTokens',
      'Workspace: costUsdPerDay',
    ])
  })

  it('is grouped by verdict, the worst first', () => {
    assert.deepEqual(picture('verdict'), [
      'Over the limit: outputTokens',
      'Near the limit: costUsdPerDay',
      'Too little is known: inputTokens',
      'Within the limit: totalTokens',
    ])
  })

  it('is sorted by how much of a limit is used, what is not known last', () => {
    // 4,100 of 3,000, 9.5 of 10, 4,100 of 6,000, nothing.
    assert.deepEqual(picture('none', 'used'), [': outputTokens costUsdPerDay totalTokens inputTokens'])
  })

  it('is filtered by agent, step, limit and verdict', () => {
    assert.deepEqual(picture('none', 'file', 'plan'), [': inputTokens'])
    assert.deepEqual(picture('none', 'file', 'desk over'), [': outputTokens'])
  })

  it('has limits of a floor by how far the value is below it', () => {
    const floor = use({ limit: 'cacheHitRatio', allowed: 0.8, percentiles: { p50: 0.7, p95: 0.2, p99: 0.1 } })
    const [group] = groupedLimits(
      [...USES, floor],
      { group: 'none', sort: 'used', filter: '' },
      USUAL_GATE,
      plainWords,
    )
    assert.equal(group?.uses[0]?.limit, 'cacheHitRatio')
  })
})

describe('a limit in the list', () => {
  const text = (changes: Partial<LimitUse>) => limitDescription(use(changes), USUAL_GATE, plainWords)

  it('says how much of it is used, where, and of what', () => {
    assert.equal(text({}), '68 % · p95 4,100 of 6,000')
    assert.equal(
      text({ scope: { kind: 'agent', agent: 'desk', intent: 'status' } }),
      '68 % · status · p95 4,100 of 6,000',
    )
    assert.equal(
      text({ scope: { kind: 'day' }, limit: 'costUsdPerDay', allowed: 10, worst: 9.5 }),
      '95 % · $9.50 of $10.00',
    )
  })

  it('never rounds to the limit what is over it', () => {
    const day = { scope: { kind: 'day' }, limit: 'costUsdPerDay', allowed: 6 } as const
    assert.equal(text({ ...day, worst: 6.02 }), '101 % · $6.02 of $6.00')
    assert.equal(text({ ...day, worst: 6 }), '100 % · $6.00 of $6.00')
    assert.equal(text({ ...day, worst: 5.99 }), '>99 % · $5.99 of $6.00')
    assert.equal(text({ ...day, worst: 60.6 }), '1,010 % · $60.60 of $6.00')
  })

  it('says what is not known', () => {
    assert.equal(text({ n: 0, percentiles: null }), 'nothing measured yet · limit 6,000')
    assert.equal(text({ percentiles: null }), 'not known · limit 6,000')
  })

  it('has no share of a limit of nothing, nor of a floor', () => {
    assert.equal(text({ allowed: 0 }), 'p95 4,100 of 0')
    assert.equal(
      text({ limit: 'cacheHitRatio', allowed: 0.8, percentiles: { p50: 0.7, p95: 0.62, p99: 0.1 } }),
      'p95 62 %, at least 80 %',
    )
  })

  it('goes by its name, with whose it is where no group says that', () => {
    const ofIntent = use({ scope: { kind: 'agent', agent: 'desk', intent: 'status' } })
    assert.equal(limitLabel(ofIntent, 'agent'), 'totalTokens')
    assert.equal(limitLabel(ofIntent, 'none'), 'desk totalTokens')
    const ofStep = use({ scope: { kind: 'step', agent: 'desk', step: 'plan' }, limit: 'inputTokens' })
    assert.equal(limitLabel(ofStep, 'agent'), 'plan inputTokens')
  })
})
