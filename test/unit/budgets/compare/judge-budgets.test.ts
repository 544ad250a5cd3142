// The gate: what is over, near, fine, indeterminate or stale, and the reasons that it gives.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { judgeBudgets } from '../../../../profiler-agent/budgets/compare/judge-budgets'
import { listPrices, pricesText } from '../../../../profiler-agent/budgets/compare/list-prices'
import type { BudgetFile } from '../../../../profiler-agent/budgets/file/budget-file'
import { budgetsOf, recordedRuns, type SaidInvocation } from '../../../support/recorded-invocations'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

function judged(file: BudgetFile, head: readonly SaidInvocation[], base?: readonly SaidInvocation[]) {
  const { budgets, gate } = file
  return judgeBudgets({
    ...{ budgets, gate, hashOf, head: recordedRuns(...head) },
    ...(base ? { base: recordedRuns(...base) } : {}),
  })
}

function only(file: BudgetFile, head: readonly SaidInvocation[], base?: readonly SaidInvocation[]) {
  const { results } = judged(file, head, base)
  const [result] = results
  assert.ok(result && results.length === 1, `${results.length} results`)
  return result
}

/** Invocations of one call each. */
const ofInput = (...tokens: readonly number[]) => tokens.map((input): SaidInvocation => ({ calls: [input] }))
const limited = (limits: object, more: object = {}) => budgetsOf({ desk: { limits, ...more } })

describe('the gate', () => {
  it('holds the nearest-rank percentile against a limit, which may be reached', () => {
    const tokens = ofInput(100, 200, 300, 400, 500)
    for (const [allowed, verdict] of [
      // 500 in and 50 out; p95 of five is the largest.
      [549, 'over'],
      [550, 'near'],
      [611, 'near'],
      [612, 'fine'],
    ] as const) {
      const result = only(limited({ totalTokens: allowed }), tokens)
      assert.deepEqual([result.verdict, result.value, result.percentile, result.n], [verdict, 550, 'p95', 5])
    }
  })

  it('takes the percentile, the tolerance and the least number of invocations from the file', () => {
    const file = budgetsOf(
      { desk: { limits: { inputTokens: 250 } } },
      { gate: { percentile: 'p50', minInvocations: 3, tolerance: 0.5 } },
    )
    const { verdict, value, percentile } = only(file, ofInput(100, 200, 900))
    assert.deepEqual([verdict, value, percentile], ['near', 200, 'p50'])
  })

  it('judges no percentile of too few invocations', () => {
    const result = only(limited({ inputTokens: 100 }), ofInput(500, 500))
    assert.equal(result.verdict, 'indeterminate')
    assert.deepEqual(result.why, ['2 invocations were measured, 5 are needed (gate.minInvocations)'])
  })

  it('says that an agent never ran', () => {
    const file = budgetsOf({ other: { intents: { refund: { limits: { modelCalls: 3 } } } } })
    const result = only(file, ofInput(1, 1, 1, 1, 1))
    assert.deepEqual([result.verdict, result.value, result.n], ['indeterminate', null, 0])
    assert.deepEqual(result.why, ['other / refund did not run in the selected runs'])
  })

  it('holds the largest run and the sum of the day against the limits of the workspace, however few they are', () => {
    const file = budgetsOf(
      {},
      { workspace: { limits: { costUsdPerRun: 0.0000012, costUsdPerDay: 0.0000013 } } },
    )
    // 600 tokens: 600 × 1,000 + 60 × 5,000 = 900,000 pico-dollars; 300: 450,000.
    const { verdict, results } = judged(file, ofInput(600, 300))
    assert.equal(verdict, 'over')
    assert.deepEqual(
      results.map(({ limit, verdict: each, value, n, percentile }) => [limit, each, value, n, percentile]),
      [
        ['costUsdPerRun', 'fine', 0.0000009, 2, undefined],
        ['costUsdPerDay', 'over', 0.00000135, 1, undefined],
      ],
    )
  })

  it('does not know a cost of which a call has no price, unless the rest is over', () => {
    const calls = [...ofInput(100, 100, 100, 100), { calls: [100], unpriced: true as const }]
    const unknown = only(limited({ costUsd: 1 }), calls)
    assert.equal(unknown.verdict, 'indeterminate')
    assert.deepEqual(unknown.why, [
      '1 call of openai/gpt-5-mini has no price; say it in .costflame/config.jsonc (prices)',
    ])
    // One of 40: the percentile would hold whatever it cost.
    const many = [...ofInput(...Array<number>(39).fill(100)), { calls: [100], unpriced: true as const }]
    assert.equal(only(limited({ costUsd: 1 }), many).verdict, 'indeterminate')
    assert.equal(only(limited({ costUsd: 0.0000001 }), many).verdict, 'over')
    // Tokens are known.
    assert.equal(only(limited({ inputTokens: 1000 }), calls).verdict, 'fine')
  })

  it('lets calls at an explicit 0 pass', () => {
    const free = Array.from({ length: 5 }, (): SaidInvocation => ({ calls: [100], price: 0 }))
    assert.equal(only(limited({ costUsd: 0.01 }), free).verdict, 'fine')
  })

  it('allows the models of the list, dated or not, and names the others', () => {
    const file = limited({ models: ['gpt-5-mini'] })
    const dated: SaidInvocation = { calls: [1], model: 'gpt-5-mini-2026-03-05' }
    assert.equal(only(file, [dated, { calls: [1] }]).verdict, 'fine')
    const result = only(file, [dated, { calls: [1], model: 'gpt-5' }])
    assert.deepEqual([result.verdict, result.value], ['over', ['openai/gpt-5']])
    assert.deepEqual(result.why, ['openai/gpt-5 is called and not allowed'])
  })

  it('allows what a router answers with behind an allowed name', () => {
    const routed: SaidInvocation = { calls: [1], model: 'auto', answeredBy: 'gpt-5' }
    assert.equal(only(limited({ models: ['auto'] }), [routed]).verdict, 'fine')
    assert.equal(only(limited({ models: ['gpt-5-mini'] }), [routed]).verdict, 'over')
  })

  it('takes what a limit stopped for beyond it, but for no other limit', () => {
    const stopped = Array.from({ length: 5 }, (): SaidInvocation => ({ calls: [500], stoppedAt: 6 }))
    const result = only(limited({ totalTokens: 1000 }), stopped)
    assert.deepEqual([result.verdict, result.value, result.atLeast], ['over', 550, true])
    assert.equal(result.why[0], 'the limit stopped 5 of 5 invocations')
    const elsewhere = stopped.map((said) => ({ ...said, stoppedAt: 99 }))
    assert.equal(only(limited({ totalTokens: 1000 }), elsewhere).verdict, 'fine')
    assert.equal(only(limited({ inputTokens: 1000 }), stopped).verdict, 'fine')
  })

  it('lets a few stops beyond the percentile pass', () => {
    const one = [...ofInput(...Array<number>(20).fill(500)), { calls: [500], stoppedAt: 6 }]
    assert.equal(only(limited({ totalTokens: 1000 }), one).verdict, 'fine')
  })

  it('tells the place of each limit, and the worst verdict of all', () => {
    const { verdict, results } = judged(
      limited({ inputTokens: 100, modelCalls: 9 }),
      ofInput(500, 500, 500, 500, 500),
    )
    assert.equal(verdict, 'over')
    assert.deepEqual(
      results.map(({ limit, verdict: each, position }) => [limit, each, position.line]),
      [
        ['inputTokens', 'over', 6],
        ['modelCalls', 'fine', 7],
      ],
    )
  })
})

describe('the reasons of the gate', () => {
  const baseline = (perInvocation: object, more: object = {}) => ({
    baseline: {
      ...{ invocations: 20, measuredAt: '2026-11-20', headroom: 0.2 },
      inputTokens: { p50: 100, p95: 100, p99: 100 },
      perInvocation: { 'openai/gpt-5-mini': perInvocation },
      ...more,
    },
  })
  // One call of 100 and 10: 100 × 1,000 + 10 × 5,000 = 150,000 pico-dollars.
  const mean = { calls: 1, uncachedInput: 100, cacheRead: 0, cacheWrite: 0, output: 10, usd: 0.00000015 }

  it('names growth against the baseline of the file: tokens, money, and the line', () => {
    const result = only(limited({ inputTokens: 120 }, baseline(mean)), ofInput(160, 160, 160, 160, 160))
    assert.equal(result.baseline, 100)
    assert.deepEqual(result.tokens, { base: 100, head: 160, delta: 60, calls: 0, tokensPerCall: 60 })
    // 60 × 1,000 and 6 × 5,000
    assert.deepEqual(result.cost?.parts, {
      ...{ calls: 0, tokensPerCall: 90_000, cacheMix: 0, modelMix: 0 },
      ...{ price: 0, noise: 0 },
    })
    assert.deepEqual(result.why, [
      'tokens per call +60 an invocation (100 % at desk.mjs:7)',
      "60 above the baseline's p95 of 100",
    ])
  })

  it('names more calls as calls', () => {
    const twice = Array.from({ length: 5 }, (): SaidInvocation => ({ calls: [100, 100] }))
    const { tokens, cost } = only(limited({ inputTokens: 120 }, baseline(mean)), twice)
    assert.deepEqual(tokens, { base: 100, head: 200, delta: 100, calls: 100, tokensPerCall: 0 })
    assert.equal(cost?.delta, 150_000)
    assert.equal(cost?.parts.calls, 150_000)
  })

  it('leaves noise unknown with one invocation, and to the spread of the head otherwise', () => {
    const file = budgetsOf(
      { desk: { limits: { inputTokens: 90 }, ...baseline(mean) } },
      { gate: { minInvocations: 1 } },
    )
    assert.equal(only(file, ofInput(160)).cost?.parts.noise, null)
    const spread = only(file, ofInput(20, 60, 100, 140, 180, 160))
    assert.equal(spread.cost?.parts.tokensPerCall, 0)
    assert.equal(spread.cost?.parts.noise, spread.cost?.delta)
  })

  it('is stale for another version of the agent, unless it is over', () => {
    const head = ofInput(100, 100, 100, 100, 100).map((said) => ({ ...said, version: '1.5.0' }))
    const stale = only(budgetsOf({ desk: { agentVersion: '1.4.0', limits: { inputTokens: 500 } } }), head)
    assert.equal(stale.verdict, 'stale')
    assert.deepEqual(stale.why, [
      'made for version 1.4.0; 5 of 5 invocations are of 1.5.0',
      'derive them again with: costflame budgets export',
    ])
    const over = only(budgetsOf({ desk: { agentVersion: '1.4.0', limits: { inputTokens: 50 } } }), head)
    assert.equal(over.verdict, 'over')
    assert.equal(over.why[0], 'made for version 1.4.0; 5 of 5 invocations are of 1.5.0')
  })

  it('holds a limit against its version and what ran after it, not against what ran before', () => {
    const ofVersion = (version: string | undefined, ...tokens: readonly number[]) =>
      tokens.map((input): SaidInvocation => ({ calls: [input], ...(version ? { version } : {}) }))
    const head = [
      ...ofVersion(undefined, 8000),
      ...ofVersion('1.3.0', 9000, 9000),
      ...ofVersion('1.4.0', 100, 100, 100),
      ...ofVersion('1.5.0', 300, 300),
    ]
    const of = (agentVersion: string, said = head) =>
      only(budgetsOf({ desk: { agentVersion, limits: { inputTokens: 200 } } }), said)
    const left =
      '3 invocations of 1.3.0, no version left out: the limit was made for version 1.4.0, which ran later'
    const newer = of('1.4.0')
    assert.deepEqual([newer.verdict, newer.value, newer.n], ['over', 300, 5])
    assert.deepEqual(newer.why, [
      'made for version 1.4.0; 2 of 5 invocations are of 1.5.0',
      '100 % of it at desk.mjs:7',
      left,
    ])
    const few = of('1.4.0', head.slice(0, 6))
    assert.deepEqual([few.verdict, few.n], ['indeterminate', 3])
    assert.deepEqual(few.why, ['3 invocations were measured, 5 are needed (gate.minInvocations)', left])
    const fine = of('1.4.0', [...head.slice(0, 6), ...ofVersion('1.4.0', 100, 100)])
    assert.deepEqual([fine.verdict, fine.value, fine.n, fine.why], ['fine', 100, 5, []])
    // Which of them ran before it nobody knows.
    assert.equal(of('1.6.0').n, 8)
  })

  it('counts a version as one that ran later where it ran again', () => {
    const head = ['1.4.0', '1.3.0', '1.4.0', '1.3.0', '1.3.0'].map(
      (version): SaidInvocation => ({ calls: [100], version }),
    )
    const file = budgetsOf({ desk: { agentVersion: '1.4.0', limits: { inputTokens: 500 } } })
    const { verdict, n, why } = only(file, head)
    assert.deepEqual([verdict, n], ['stale', 5])
    assert.equal(why[0], 'made for version 1.4.0; 3 of 5 invocations are of 1.3.0')
  })

  it('says that an intent ran only before its version', () => {
    const head: SaidInvocation[] = [
      { calls: [100], version: '1.3.0', intent: 'refund', model: 'gpt-5' },
      { calls: [100], version: '1.4.0', intent: 'faq' },
    ]
    const limits = { inputTokens: 10, models: ['gpt-5-mini'] }
    const file = budgetsOf({ desk: { agentVersion: '1.4.0', intents: { refund: { limits } } } })
    const left = '1 invocation of 1.3.0 left out: the limit was made for version 1.4.0, which ran later'
    assert.deepEqual(
      judged(file, head).results.map(({ verdict, n, why }) => [verdict, n, why]),
      [
        ['indeterminate', 0, [left]],
        ['indeterminate', 0, [left]],
      ],
    )
  })

  it('is not stale for what says no version, or only its commit', () => {
    const head = ofInput(1, 1, 1, 1, 1).map((said) => ({ ...said, version: '1a2b3c4d' }))
    const file = budgetsOf({ desk: { agentVersion: '1.4.0', limits: { inputTokens: 500 } } })
    assert.equal(only(file, head).verdict, 'fine')
    assert.equal(only(file, ofInput(1, 1, 1, 1, 1)).verdict, 'fine')
  })

  it('is stale where prices changed, and says what they are to blame for', () => {
    const before = recordedRuns({ calls: [100] })
    const calls = [...before.callsOf('r0').values()]
    const prices = `sha256:${hashOf(pricesText(listPrices(calls), ['openai/gpt-5-mini']) ?? '')}`
    const dearer = ofInput(100, 100, 100, 100, 100).map((said) => ({ ...said, price: 1200 }))
    const file = limited({ costUsd: 0.001, inputTokens: 500 }, baseline(mean, { prices }))
    const [cost, tokens] = judged(file, dearer).results
    assert.equal(cost?.verdict, 'stale')
    assert.equal(cost?.isWorse, true)
    assert.equal(cost?.why[0], 'unit prices have changed since the baseline of 2026-11-20')
    // 100 × 200 and 10 × 1,000
    assert.deepEqual([cost?.cost?.delta, cost?.cost?.parts.price], [30_000, 30_000])
    assert.equal(tokens?.verdict, 'stale')
    assert.deepEqual(tokens?.why, [
      'unit prices have changed since the baseline of 2026-11-20',
      'derive them again with: costflame budgets export',
    ])
    const same = judged(file, ofInput(100, 100, 100, 100, 100)).results
    assert.deepEqual(
      same.map(({ verdict }) => verdict),
      ['fine', 'fine'],
    )
  })

  it('is stale by another hash of prices, also of a baseline that names no models', () => {
    const { perInvocation: _, ...bare } = baseline(mean, { prices: `sha256:${'0'.repeat(64)}` }).baseline
    const five = ofInput(100, 100, 100, 100, 100)
    assert.equal(only(limited({ costUsd: 1 }, { baseline: bare }), five).verdict, 'stale')
    const calls = [
      ...recordedRuns({ calls: [100] })
        .callsOf('r0')
        .values(),
    ]
    const prices = `sha256:${hashOf(pricesText(listPrices(calls), ['openai/gpt-5-mini']) ?? '')}`
    assert.equal(only(limited({ costUsd: 1 }, { baseline: { ...bare, prices } }), five).verdict, 'fine')
  })

  it('compares with other runs, line by line, where they are given', () => {
    const base = Array.from({ length: 5 }, (): SaidInvocation => ({ calls: [100], line: 7 }))
    const head = Array.from({ length: 5 }, (): SaidInvocation => ({ calls: [100, 50], line: 9 }))
    const result = only(limited({ inputTokens: 120 }), head, base)
    assert.equal(result.baseline, 100)
    assert.deepEqual(result.cause?.place, { file: 'desk.mjs', line: 9 })
    assert.equal(result.cause?.isGrowth, true)
    // One call more at the mean of 150,000; two calls shorter by 25 tokens of 1,000 and 2.5 of 5,000 each.
    assert.deepEqual(result.cost?.parts, {
      ...{ calls: 150_000, tokensPerCall: -75_000, cacheMix: 0, modelMix: 0 },
      ...{ price: 0, noise: 0 },
    })
  })

  it('is worse where it is over, or grew beyond its spread; not for a word more', () => {
    const file = limited({ inputTokens: 1000 }, baseline(mean))
    assert.equal(only(file, ofInput(130, 130, 130, 130, 130)).isWorse, true)
    assert.equal(only(file, ofInput(101, 101, 101, 101, 101)).isWorse, false)
    assert.equal(only(file, ofInput(20, 60, 110, 140, 200)).isWorse, false)
    // Near, as it may always have been.
    assert.equal(only(limited({ inputTokens: 1000 }), ofInput(950, 950, 950, 950, 950)).isWorse, false)
  })
})
