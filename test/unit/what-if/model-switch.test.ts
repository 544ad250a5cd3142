import assert from 'node:assert/strict'
import type { FixCandidate } from '../../../profiler-agent/analysis/replay/fix-candidate'
import { usdOf } from '../../../profiler-agent/model/money'
import type { Cost, Span } from '../../../profiler-agent/model/span'
import { openPriceBook, type PriceBook } from '../../../profiler-agent/pricing/price-book'
import { switchModel } from '../../../profiler-agent/what-if/model-switch'
import type { RecordedCall, Target } from '../../../profiler-agent/what-if/switched-call'
import { type CallFacts, PRICES, replayCall } from '../../support/replay-calls'

/** USD per million tokens: 1 in, a tenth for reads, a quarter more for writes, 5 out. */
const RATES = { input: 1, cacheRead: 0.1, cacheWrite: { unknown: 1.25 }, output: 5 }
const book: PriceBook = openPriceBook({
  config: {
    overrides: [
      { provider: 'anthropic', models: ['claude-haiku-4-5'], rates: RATES, place: 'test' },
      {
        provider: 'openai',
        models: ['gpt-5.4'],
        rates: RATES,
        over: { tokens: 9_000, rates: { input: 2, cacheRead: 0.2, output: 10 } },
        place: 'test',
      },
    ],
    deployments: {},
    fingerprint: 'test',
  },
})

const HAIKU = { provider: 'anthropic', model: 'claude-haiku-4-5' }
const GPT = { provider: 'openai', model: 'gpt-5.4' }
const COST = 1_000_000_000

/** A call that cost a tenth of a cent, with ten tokens of output. */
function recorded(id: string, picture: string, facts: CallFacts, kind: Span['kind'] = 'chat'): RecordedCall {
  const call = replayCall(id, picture, facts)
  const { provider, model, startedAt, usage } = call
  const time = new Date(startedAt).toISOString()
  const cost: Cost = {
    ...{ picoUsd: COST, usd: usdOf(COST), source: 'catalog', book: 'test', prices: PRICES },
    ...{ byBucket: call.cost.byBucket, pricedAt: time, pricedAtBasis: 'call' },
  }
  const span: RecordedCall['span'] = {
    ...{ id, parentBasis: 'none', kind, name: model, status: 'ok', durationMs: 0, attributes: {} },
    ...{ startTime: time, endTime: time },
    modelCall: {
      ...{ provider, wireFormat: 'anthropic-messages', endpoint: '/v1/messages', requestModel: model },
      ...{ stream: false, billed: true, httpStatus: 200, usage, cost, segments: [] },
      attempt: { logicalId: id, number: 1 },
    },
  }
  return { span, call }
}

function switched(calls: readonly RecordedCall[], target: Target | { unpricedReason: string }) {
  return switchModel({ calls, book, targetOf: () => target, textOf: () => undefined })
}

const three = (tokens: number, facts: Partial<CallFacts> = {}) =>
  [0, 1, 2].map((index) =>
    recorded(`call ${index}`, `system:manual ${tokens} * | user:x${index} 50`, {
      at: index * 2_000,
      ...facts,
    }),
  )

describe('another model', () => {
  it('begins with cold caches, whatever the old ones held', () => {
    const answer = switched(three(5_000, { read: 5_000 }), HAIKU)
    // Cold: 5,000 written and twice read; warm: three times read. 50 fresh and 10 out in each call.
    const rest = 3 * (50 * 1_000_000 + 10 * 5_000_000)
    assert.deepStrictEqual(answer.low, {
      cold: 5_000 * 1_250_000 + 2 * 5_000 * 100_000 + rest,
      warm: 3 * 5_000 * 100_000 + rest,
    })
    assert.deepStrictEqual(answer.high, answer.low)
    assert.equal(answer.recorded, 3 * COST)
    assert.deepStrictEqual(answer.targets, [HAIKU])
    assert.deepStrictEqual(answer.tokens, { low: 1, high: 1, isExact: true })
    assert.equal(answer.rule?.minimumTokens, 4_096)
  })

  it('caches nothing of prompts that are too short for it', () => {
    const answer = switched(three(3_000, { write: { '5m': 3_000 } }), HAIKU)
    assert.equal(answer.low.cold, 3 * (3_050 * 1_000_000 + 10 * 5_000_000))
    assert.equal(answer.low.warm, answer.low.cold)
    assert.equal(answer.belowMinimum, 3)
  })

  it('counts tokens in its own way: as a range, with the output', () => {
    const [first] = three(5_000)
    const answer = switched(first ? [first] : [], GPT)
    assert.deepStrictEqual(answer.tokens, { low: 0.8, high: 1, isExact: false })
    assert.deepStrictEqual(
      [answer.low.cold, answer.high.cold],
      [4_040 * 1_000_000 + 8 * 5_000_000, 5_050 * 1_000_000 + 10 * 5_000_000],
    )
  })

  it('has the prices of the length that a prompt comes to', () => {
    const [first] = three(10_000)
    const answer = switched(first ? [first] : [], GPT)
    // 8,040 tokens at one dollar, 10,050 at two.
    assert.deepStrictEqual(
      [answer.low.cold, answer.high.cold],
      [8_040 * 1_000_000 + 8 * 5_000_000, 10_050 * 2_000_000 + 10 * 10_000_000],
    )
  })

  it('caches nothing where it needs breakpoints and there are none', () => {
    const calls = [0, 2_000].map((at) =>
      recorded(`${at}`, 'system:manual 5000 | user:x 50', { at, ...GPT, settings: { key: 'x' } }),
    )
    const answer = switched(calls, HAIKU)
    assert.equal(answer.unmarked, 2)
    assert.equal(answer.low.cold, answer.low.warm)
    assert.equal(switched(three(5_000), HAIKU).unmarked, 0)
  })

  it('is cached as before or not at all where the prompt is not known', () => {
    const calls = three(5_000, { read: 5_000, isPromptWhole: false })
    const answer = switched(calls, HAIKU)
    assert.equal(answer.unseenPrompts, 3)
    assert.equal(answer.low.cold, 3 * (5_000 * 100_000 + 50 * 1_000_000 + 10 * 5_000_000))
    assert.equal(answer.high.cold, 3 * (5_050 * 1_000_000 + 10 * 5_000_000))
  })

  it('has the fixes that are worth making with it, and the lifetime that was asked for', () => {
    const calls = [0, 20, 40].map((minutes) =>
      recorded(`${minutes}`, 'system:manual 5000 | user:x 50', { at: minutes * 60_000, ...GPT }),
    )
    const mark: FixCandidate = {
      fix: 'add-breakpoint',
      plans: [{ fix: 'add-breakpoint', places: ['system'] }],
    }
    const sort: FixCandidate = { fix: 'sort-tools', plans: [{ fix: 'sort-tools' }] }
    const longer: FixCandidate = { fix: 'longer-ttl', plans: [{ fix: 'longer-ttl', lifetime: '1h' }] }
    const question = { calls, book, targetOf: () => HAIKU, textOf: () => undefined }
    const answer = switchModel({ ...question, candidatesOn: () => [sort, mark, longer] })
    // A mark saves nothing in calls twenty minutes apart, nor does an hour without marks; together they write once and read twice.
    assert.deepStrictEqual(answer.fixes, ['add-breakpoint', 'longer-ttl'])
    assert.equal(answer.unmarked, 0)
    assert.ok(answer.high.cold < switched(calls, HAIKU).high.cold)
    const asked = switchModel({ ...question, candidatesOn: () => [mark], lifetime: '1h' })
    assert.deepStrictEqual(asked.fixes, [])
    assert.deepStrictEqual(asked.lifetime, { name: '1h', isKnown: true })
    assert.deepStrictEqual(switchModel({ ...question, lifetime: '24h' }).lifetime, {
      name: '24h',
      isKnown: false,
    })
  })

  it('leaves alone what is no chat', () => {
    const calls = [...three(5_000), recorded('e', 'user:text 10', { at: 9_000 }, 'embeddings')]
    const answer = switched(calls, HAIKU)
    assert.equal(answer.switchedCalls, 3)
    assert.deepStrictEqual(answer.kept, [
      { reason: 'no chat model: embeddings, reranking and the like', calls: 1 },
    ])
    assert.equal(answer.low.cold, switched(three(5_000), HAIKU).low.cold + COST)
  })

  it('says why calls have no price with it', () => {
    const answer = switched(three(5_000), { provider: 'anthropic', model: 'claude-none' })
    assert.equal(answer.switchedCalls, 0)
    assert.deepStrictEqual([answer.low.cold, answer.high.warm], [3 * COST, 3 * COST])
    assert.match(answer.kept[0]?.reason ?? '', /no price for anthropic model "claude-none"/)
    assert.equal(switched(three(5_000), { unpricedReason: 'sold by nobody' }).kept[0]?.calls, 3)
  })
})
