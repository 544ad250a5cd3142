import assert from 'node:assert/strict'
import {
  type LensFacts,
  type LensPart,
  lensParts,
  lensText,
  liveText,
} from '../../../../extension/editor/lens-text'
import type { PastLine } from '../../../../profiler-agent/model/line-cost'
import type { Totals } from '../../../../profiler-agent/model/span'
import { unknownUsage, usageOf } from '../../../../profiler-agent/model/usage'
import { plainWords } from '../../../support/plain-words'

const DEFAULT: readonly LensPart[] = ['cost', 'p95', 'calls', 'cached']

const totals: Totals = {
  calls: 12,
  attempts: 12,
  errors: 0,
  unpricedCalls: 0,
  usage: usageOf({ uncachedInputTokens: 3192, cacheReadTokens: 5208, outputTokens: 900 }, 'reported', null),
  cost: { picoUsd: 12_300_000_000, usd: 0.0123 },
}

function past(runId: string, picoUsd: number | null, atLeast = false): PastLine {
  return { runId, startTime: '2026-03-02T09:00:00.000Z', calls: 12, picoUsd, atLeast, cacheShare: 0.62 }
}

function line(changes: Partial<LensFacts> = {}): LensFacts {
  return {
    runId: 'new',
    active: false,
    totals,
    share: 0.25,
    models: ['gpt-5-mini'],
    past: [past('new', 12_300_000_000), past('old', 19_000_000_000)],
    ...changes,
  }
}

function text(changes: Partial<LensFacts> = {}, parts = DEFAULT): string {
  return lensText(line(changes), parts, false, plainWords)
}

describe('the text of a code lens', () => {
  it('says cost, percentile, calls and cache share', () => {
    assert.equal(text(), '$0.0123 a run · p95 $0.019 · 12 calls · 62 % cached')
  })

  it('says the parts that are wanted, in their order', () => {
    assert.equal(
      text({}, ['share', 'model', 'tokensOut', 'tokensIn', 'cost']),
      '25 % of the run · gpt-5-mini · 900 tokens out · 8,400 tokens in · $0.0123 a run',
    )
    assert.deepEqual(lensParts(['cost', 'colour', 7, 'calls', 'cost']), ['cost', 'calls'])
    assert.deepEqual(lensParts('cost'), [])
  })

  it('leaves out what is not known', () => {
    const usage = usageOf(
      { uncachedInputTokens: 40, cacheReadTokens: null, outputTokens: 1 },
      'reported',
      null,
    )
    const changes = { totals: { ...totals, calls: 1, usage }, past: [], share: null, models: [] }
    assert.equal(text(changes, [...DEFAULT, 'share', 'model']), '$0.0123 a run · 1 call')
  })

  it('has a percentile from two runs on that are over', () => {
    const [newest, older] = [past('new', 12_300_000_000), past('old', 19_000_000_000)]
    assert.equal(text({ past: [newest] }, ['p95']), '')
    assert.equal(text({ past: [newest, older], active: true }, ['p95']), '')
    assert.equal(text({ past: [newest, older, past('oldest', 1)], active: true }, ['p95']), 'p95 $0.019')
  })

  it('takes the nearest rank: of twenty runs the last but one', () => {
    const runs = Array.from({ length: 20 }, (_, index) => past(`run ${index}`, (index + 1) * 1_000_000_000))
    assert.equal(text({ past: runs }, ['p95']), 'p95 $0.019')
  })

  it('says a percentile of lower bounds as one, and none that would be 0 because nothing is known', () => {
    assert.equal(
      text({ past: [past('new', 5_000_000_000, true), past('old', 19_000_000_000)] }, ['p95']),
      'p95 at least $0.019',
    )
    assert.equal(
      text({ past: [past('new', null), past('old', 19_000_000_000)] }, ['p95']),
      'p95 at least $0.019',
    )
    assert.equal(text({ past: [past('new', null), past('old', null)] }, ['p95']), '')
  })

  it('says how many calls have no price, and never reads as free', () => {
    assert.equal(
      text({ totals: { ...totals, unpricedCalls: 3 }, past: [] }),
      'at least $0.0123 a run · 12 calls · 62 % cached · 3 calls without price',
    )
    assert.equal(
      text({ totals: { ...totals, unpricedCalls: 12, cost: null }, past: [] }),
      'no price · 12 calls · 62 % cached',
    )
  })

  it('says what failed and what was estimated, whatever the parts', () => {
    const failed = { ...totals, calls: 2, errors: 2, usage: unknownUsage(), cost: null }
    assert.equal(text({ totals: failed, past: [] }), 'no cost known · 2 calls · 2 failed')
    const usage = usageOf(
      { uncachedInputTokens: 40, cacheReadTokens: null, outputTokens: null },
      'estimated',
      null,
    )
    assert.equal(text({ totals: { ...totals, usage } }, ['calls']), '12 calls · estimated')
  })

  it('says that the code was changed', () => {
    assert.equal(lensText(line(), ['cost'], true, plainWords), '$0.0123 a run · changed since measured')
  })

  it('says what a run has cost so far', () => {
    assert.equal(liveText(line(), plainWords), '$0.0123 so far · 12 calls')
    const unpriced = { ...totals, calls: 1, unpricedCalls: 1, cost: null }
    assert.equal(liveText(line({ totals: unpriced }), plainWords), 'no price · 1 call')
  })
})
