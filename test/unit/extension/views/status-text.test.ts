import assert from 'node:assert/strict'
import { standingOf, statusText, worstStanding } from '../../../../extension/views/status-text'
import type { RunSummary } from '../../../../profiler-agent/feed/protocol'
import type { SpentToday } from '../../../../profiler-agent/model/line-cost'
import { usageOf } from '../../../../profiler-agent/model/usage'
import { plainWords } from '../../../support/plain-words'

const run: RunSummary = {
  id: 'r',
  name: 'node desk.mjs',
  startTime: '2026-11-20T09:00:00.000Z',
  active: false,
  totals: {
    ...{ calls: 2, attempts: 2, errors: 0, unpricedCalls: 0 },
    usage: usageOf({ uncachedInputTokens: 380, cacheReadTokens: 620, outputTokens: 10 }, 'reported', null),
    cost: { picoUsd: 12_300_000_000, usd: 0.0123 },
  },
  findings: 0,
  revision: 1,
}
const spent: SpentToday = { day: '2026-11-20', picoUsd: 180_000_000_000, atLeast: false, calls: 30 }

describe('the status bar', () => {
  it('says what the newest run and the day cost, against what is allowed', () => {
    assert.equal(statusText(['run', 'today'], run, spent, plainWords), '$0.0123 · today $0.18')
    const budget = { ...spent, allowedUsdPerDay: 10 }
    assert.equal(
      statusText(['today', 'run', 'cached'], run, budget, plainWords),
      'today $0.18 of $10.00 · $0.0123 · 62 % cached',
    )
  })

  it('never shows what is unknown as nothing', () => {
    const unpriced: SpentToday = { ...spent, picoUsd: null }
    assert.equal(statusText(['today'], undefined, unpriced, plainWords), 'today no price')
    assert.equal(statusText(['today'], undefined, { ...spent, atLeast: true }, plainWords), 'today ≥ $0.18')
    assert.equal(statusText(['run', 'today'], undefined, undefined, plainWords), '')
    assert.equal(statusText(['today'], undefined, { ...spent, calls: 0, picoUsd: 0 }, plainWords), '')
  })

  it('is near from nine tenths of a limit on, and over beyond it', () => {
    assert.equal(standingOf(90_000_000_000, 0.1), 'fine')
    assert.equal(standingOf(90_000_000_001, 0.1), 'near')
    assert.equal(standingOf(100_000_000_000, 0.1), 'near')
    assert.equal(standingOf(100_000_000_001, 0.1), 'over')
    assert.equal(standingOf(null, 0.1), 'fine')
    assert.equal(standingOf(5, undefined), 'fine')
    assert.equal(standingOf(5, 0), 'over')
  })

  it('stands as the worse of run and day', () => {
    assert.equal(worstStanding(run, { ...spent, allowedUsdPerDay: 0.19, allowedUsdPerRun: 1 }), 'near')
    assert.equal(worstStanding(run, { ...spent, allowedUsdPerDay: 0.19, allowedUsdPerRun: 0.01 }), 'over')
    assert.equal(worstStanding(undefined, undefined), 'fine')
  })
})
