// Prices of single calls, worked out by hand from the providers' pages: buckets, dates, thresholds, tiers, the provider's own figure.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import {
  type UsageBuckets,
  type UsageOrigin,
  unknownUsage,
  usageOf,
} from '../../../profiler-agent/model/usage'
import { CATALOGUE_NAME } from '../../../profiler-agent/pricing/catalogue-source'
import { openPriceBook, type PriceQuestion, priceCall } from '../../../profiler-agent/pricing/price'

const NOW = '2026-11-21T12:00:00Z'
const MILLION = 1_000_000

function usage(buckets: Partial<UsageBuckets>, origin: UsageOrigin = 'reported') {
  return usageOf(
    { uncachedInputTokens: null, cacheReadTokens: null, outputTokens: null, ...buckets },
    origin,
    null,
  )
}

function ask(
  provider: string,
  model: string,
  buckets: Partial<UsageBuckets>,
  more: Partial<PriceQuestion> & { on?: string; origin?: UsageOrigin } = {},
) {
  const { on = NOW, origin = 'reported', ...rest } = more
  const question: PriceQuestion = {
    provider,
    model,
    usage: usage(buckets, origin),
    at: new Date(on),
    basis: 'call',
    ...rest,
  }
  return priceCall(question)
}

function costOf(...args: Parameters<typeof ask>) {
  const answer = ask(...args)
  if (!('cost' in answer)) throw new Error(answer.unpricedReason)
  return answer.cost
}

function usdOf(...args: Parameters<typeof ask>): number {
  return costOf(...args).usd
}

function reasonOf(...args: Parameters<typeof ask>): string {
  const answer = ask(...args)
  return 'cost' in answer ? `priced at ${answer.cost.usd}` : answer.unpricedReason
}

/** Input, read, 5m write and output price in USD per million tokens, short prompts. */
function row(provider: string, model: string, on = NOW): number[] {
  const { prices } = costOf(provider, model, { uncachedInputTokens: 1 }, { on })
  return [prices.uncachedInput, prices.cacheRead, prices.cacheWrite['5m'], prices.output].map(
    (pico) => pico / MILLION,
  )
}

describe('a reply with input and output', () => {
  it('costs at least its input where the provider left the output out', () => {
    const cost = costOf('openai', 'gpt-5.4', { uncachedInputTokens: 1000 }, { hasBothSides: true })
    assert.deepEqual([cost.usd, cost.atLeast], [0.0025, true])
  })

  it('costs exactly what both sides cost', () => {
    const both = { uncachedInputTokens: 1000, outputTokens: 100 }
    const cost = costOf('openai', 'gpt-5.4', both, { hasBothSides: true })
    assert.deepEqual([cost.usd, cost.atLeast], [0.004, undefined])
  })
})

describe('pricing/price', () => {
  it('names its book by the version of the package that is installed', () => {
    const file = join(process.cwd(), 'node_modules/@pydantic/genai-prices/package.json')
    assert.equal(CATALOGUE_NAME, `genai-prices@${JSON.parse(readFileSync(file, 'utf8')).version}`)
    assert.equal(openPriceBook().name, 'genai-prices@0.1.8+costflame-2026-11-22')
  })

  it('has the prices of the providers’ pages', () => {
    const expected: [string, string, number[]][] = [
      ['openai', 'gpt-6.1-sol', [2, 0.1, 2.5, 10]],
      ['openai', 'gpt-6.1-terra', [1, 0.05, 1.25, 5]],
      ['openai', 'gpt-6-astra', [10, 1, 12.5, 50]],
      ['openai', 'gpt-6-sol', [2, 0.2, 2.5, 10]],
      ['openai', 'gpt-6-luna', [0.1, 0.01, 0.125, 0.5]],
      ['openai', 'gpt-5.6-sol', [4, 0.4, 5, 20]],
      ['openai', 'gpt-5.6-terra', [2, 0.2, 2.5, 12]],
      ['openai', 'gpt-5.6-luna', [0.2, 0.02, 0.25, 1.2]],
      ['openai', 'gpt-5.5', [5, 0.5, 5, 30]],
      ['openai', 'gpt-5.4', [2.5, 0.25, 2.5, 15]],
      ['openai', 'gpt-5', [1.25, 0.125, 1.25, 10]],
      ['openai', 'gpt-5-mini', [0.25, 0.025, 0.25, 2]],
      ['openai', 'gpt-4.1', [2, 0.5, 2, 8]],
      ['openai', 'gpt-4o-mini', [0.15, 0.075, 0.15, 0.6]],
      ['anthropic', 'claude-opus-5-5', [4, 0.2, 5, 20]],
      ['anthropic', 'claude-sonnet-5-5', [2, 0.1, 2.5, 10]],
      ['anthropic', 'claude-sonnet-5', [2, 0.2, 2.5, 10]],
      ['anthropic', 'claude-haiku-5-5', [0.1, 0.01, 0.125, 0.5]],
      ['anthropic', 'claude-fable-5-1', [10, 0.25, 12.5, 50]],
      ['anthropic', 'claude-mythos-5-1', [10, 0.25, 12.5, 50]],
      ['anthropic', 'claude-fable-5', [10, 1, 12.5, 50]],
      ['anthropic', 'claude-opus-4-6', [5, 0.5, 6.25, 25]],
      ['anthropic', 'claude-sonnet-4-5', [3, 0.3, 3.75, 15]],
      ['anthropic', 'claude-haiku-4-5', [1, 0.1, 1.25, 5]],
      ['google', 'gemini-4-argon', [2, 0.1, 2, 10]],
      ['google', 'gemini-3.8-flash', [0.75, 0.075, 0.75, 3.75]],
      ['google', 'gemini-3.1-pro', [2, 0.2, 2, 12]],
      ['google', 'gemini-2.5-flash', [0.3, 0.03, 0.3, 2.5]],
      ['xai', 'grok-4.7', [2, 0.5, 2, 6]],
      ['xai', 'grok-4.3', [1.25, 0.2, 1.25, 2.5]],
      ['deepseek', 'deepseek-v4-pro', [0.66, 0.022, 0.66, 1.98]],
      ['mistral', 'mistral-large-latest', [0.5, 0.05, 0.5, 1.5]],
      ['mistral', 'mistral-medium-latest', [1.5, 0.15, 1.5, 7.5]],
      ['groq', 'openai/gpt-oss-120b', [0.15, 0.075, 0.15, 0.6]],
      ['bedrock', 'us.anthropic.claude-opus-4-8', [5.5, 0.55, 6.875, 27.5]],
      ['bedrock', 'us.anthropic.claude-opus-5-5', [4.4, 0.22, 5.5, 22]],
    ]
    assert.deepEqual(
      expected.map(([provider, model]) => [provider, model, row(provider, model)]),
      expected,
    )
  })

  it('prices each bucket and adds them up exactly', () => {
    // 1,000 × 4 + 20,000 × 0.20 + 3,000 × 5 + 500 × 8 + 700 × 20 = $41,000 per million
    const cost = costOf('anthropic', 'claude-opus-5-5-20260915', {
      uncachedInputTokens: 1000,
      cacheReadTokens: 20_000,
      cacheWriteTokens: { '5m': 3000, '1h': 500 },
      outputTokens: 700,
    })
    assert.deepEqual(cost.byBucket, {
      uncachedInput: 4_000_000_000,
      cacheRead: 4_000_000_000,
      cacheWrite: 19_000_000_000,
      output: 14_000_000_000,
      units: 0,
    })
    assert.equal(cost.picoUsd, 41_000_000_000)
    assert.equal(cost.usd, 0.041)
    assert.deepEqual(
      [cost.source, cost.pricedAt, cost.pricedAtBasis, cost.atLeast],
      ['catalog', '2026-11-21T12:00:00.000Z', 'call', undefined],
    )
  })

  it('charges a written token once, as a write', () => {
    // A mix of TTLs: 2,000 × 3 + 1,000 × 3.75 + 1,000 × 6 + 500 × 0.30 + 100 × 15, per million
    assert.equal(
      usdOf('anthropic', 'claude-sonnet-4-5', {
        uncachedInputTokens: 2000,
        cacheReadTokens: 500,
        cacheWriteTokens: { '5m': 1000, '1h': 1000 },
        outputTokens: 100,
      }),
      0.0174,
    )
  })

  it('prices OpenAI writes by their life: 30m 1.25×, 12h 2.5×', () => {
    const buckets = { uncachedInputTokens: 0, cacheWriteTokens: { '30m': 1000, '12h': 1000 } }
    assert.equal(usdOf('openai', 'gpt-6.1-terra', buckets), 0.00375)
    assert.equal(usdOf('openai', 'gpt-5.6-sol', buckets), 0.015)
  })

  it('charges reported writes at the input price where the model has no fee', () => {
    assert.equal(usdOf('openai', 'gpt-5.4', { cacheWriteTokens: { '30m': 1000 } }), 0.0025)
  })

  it('uses the price of the moment', () => {
    const input = { uncachedInputTokens: 300_000 }
    // Tiered until 2026-03-13: the whole request at $6.
    assert.equal(usdOf('anthropic', 'claude-sonnet-4-6', input, { on: '2026-03-01T00:00:00Z' }), 1.8)
    assert.equal(usdOf('anthropic', 'claude-sonnet-4-6', input), 0.9)
    assert.equal(row('google', 'gemini-3.8-flash', '2026-12-31T23:59:59Z')[0], 0.75)
    assert.deepEqual(row('google', 'gemini-3.8-flash', '2027-01-01T00:00:00Z'), [1.5, 0.15, 1.5, 7.5])
    assert.deepEqual(row('google', 'gemini-4-argon', '2026-12-01T00:00:00Z'), [4, 0.2, 4, 20])
    assert.equal(row('anthropic', 'claude-sonnet-5-5', '2026-10-06T23:59:59Z')[1], 0.2)
    assert.equal(row('anthropic', 'claude-sonnet-5-5', '2026-10-07T00:00:00Z')[1], 0.1)
    assert.deepEqual(row('openai', 'gpt-5.6-sol', '2026-08-20T00:00:00Z'), [5, 0.5, 6.25, 30])
  })

  it('knows DeepSeek’s peak: 01–04 and 06–10 UTC, on weekdays only', () => {
    const input = (on: string) => row('deepseek', 'deepseek-v4-pro', on)[0]
    assert.deepEqual(
      ['2026-11-20T00:59:59Z', '2026-11-20T01:00:00Z', '2026-11-20T04:00:00Z', '2026-11-20T09:59:59Z'].map(
        input,
      ),
      [0.66, 1.32, 0.66, 1.32],
    )
    // Saturday.
    assert.equal(input('2026-11-21T02:00:00Z'), 0.66)
    // Before there was one.
    assert.equal(input('2026-08-14T02:00:00Z'), 0.435)
  })

  it('prices the whole request by its length, cached input included, from one token past the threshold', () => {
    assert.equal(usdOf('openai', 'gpt-5.4', { uncachedInputTokens: 200_000 }), 0.5)
    assert.equal(usdOf('openai', 'gpt-5.4', { uncachedInputTokens: 272_000 }), 0.68)
    assert.equal(usdOf('openai', 'gpt-5.4', { uncachedInputTokens: 272_001 }), 1.360005)
    // 72,001 × 5 + 200,000 × 0.5 + 1,000 × 22.5
    assert.equal(
      usdOf('openai', 'gpt-5.4', {
        uncachedInputTokens: 72_001,
        cacheReadTokens: 200_000,
        outputTokens: 1000,
      }),
      0.482505,
    )
    assert.equal(usdOf('google', 'gemini-2.5-pro', { uncachedInputTokens: 200_000 }), 0.25)
    // 300,000 × 2.5 + 1,000 × 15
    assert.equal(
      usdOf('google', 'gemini-2.5-pro', { uncachedInputTokens: 300_000, outputTokens: 1000 }),
      0.765,
    )
    assert.equal(usdOf('anthropic', 'claude-haiku-5-5', { uncachedInputTokens: 100_000 }), 0.01)
    assert.equal(usdOf('anthropic', 'claude-haiku-5-5', { uncachedInputTokens: 100_001 }), 0.0500005)
    assert.equal(usdOf('xai', 'grok-4.7', { uncachedInputTokens: 200_000 }), 0.8)
  })

  it('takes no price of a model with a similar name', () => {
    for (const [provider, model] of [
      ['openai', 'gpt-5.9-codex'],
      ['openai', 'gpt-5-turbo'],
      ['openai', 'gpt-4o-mini-turbo'],
      ['anthropic', 'claude-sonnet-5-7'],
      ['anthropic', 'claude-haiku-4-5-large'],
      ['google', 'gemini-2.5-flash-max'],
      ['deepseek', 'deepseek-v4-pro-max'],
      ['huggingface', 'meta-llama/Llama-3.1-8B-Instruct'],
      ['custom:localhost', 'gpt-4o'],
      ['openai', 'whisper-1'],
    ] as const)
      assert.equal(
        reasonOf(provider, model, { uncachedInputTokens: 1 }),
        `no price for ${provider} model "${model}"; a newer Costflame may know it, or give it one in .costflame/config.jsonc`,
      )
  })

  it('takes off dates and other suffixes that do not change the price', () => {
    const same: [string, string, number][] = [
      ['anthropic', 'claude-haiku-4-5-20251001', 1],
      ['anthropic', 'claude-sonnet-4-20250514', 3],
      ['anthropic', 'claude-3-5-haiku-20241022', 0.8],
      ['anthropic', 'claude-sonnet-5-5-20260901', 2],
      ['openai', 'gpt-4o-2024-11-20', 2.5],
      ['openai', 'gpt-4o-2024-05-13', 5],
      ['openai', 'gpt-5.4-mini-2026-03-17', 0.75],
      ['openai', 'gpt-5.3-codex', 1.75],
      ['azure', 'gpt-4.1-mini-2025-04-14', 0.4],
      ['google', 'models/gemini-2.5-flash', 0.3],
      ['vertex', 'claude-opus-4-8@20260528', 5],
      ['openrouter', 'anthropic/claude-4.5-haiku-20251001', 1],
      ['bedrock', 'anthropic.claude-3-5-sonnet-20240620-v1:0', 3],
      ['bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3],
    ]
    assert.deepEqual(
      same.map(([provider, model]) => [provider, model, row(provider, model)[0]]),
      same,
    )
  })

  it('prices tiers, speed and region of the response, and none that it does not know', () => {
    const input = { uncachedInputTokens: MILLION }
    assert.equal(usdOf('openai', 'gpt-5-mini', input, { tier: 'default' }), 0.25)
    assert.equal(usdOf('openai', 'gpt-5-mini', input, { tier: 'flex' }), 0.125)
    assert.equal(
      usdOf('openai', 'gpt-5.5-2026-04-23', { uncachedInputTokens: 1000 }, { tier: 'priority' }),
      0.0125,
    )
    assert.equal(usdOf('openai', 'gpt-5.4', { uncachedInputTokens: 1000 }, { tier: 'priority' }), 0.005)
    assert.equal(usdOf('anthropic', 'claude-opus-4-8', input, { tier: 'standard', geo: 'not_available' }), 5)
    assert.equal(usdOf('anthropic', 'claude-opus-4-8', input, { tier: 'batch' }), 2.5)
    assert.equal(usdOf('anthropic', 'claude-opus-4-8', input, { geo: 'us' }), 5.5)
    assert.equal(usdOf('anthropic', 'claude-opus-5-5', input, { speed: 'fast' }), 8)
    assert.equal(usdOf('anthropic', 'claude-opus-4-7', input, { speed: 'fast', geo: 'us' }), 33)
    assert.equal(
      reasonOf('openai', 'gpt-5-nano', input, { tier: 'priority' }),
      'the price of tier "priority" is not known for openai model "gpt-5-nano"; a newer Costflame may know it, or give it one in .costflame/config.jsonc',
    )
    assert.match(
      reasonOf('anthropic', 'claude-haiku-4-5', input, { speed: 'fast' }),
      /speed "fast" is not known/,
    )
  })

  it('prices web searches by the piece, at no discount', () => {
    const buckets = { uncachedInputTokens: 1000, units: { webSearch: 3, webFetch: 2 } }
    const cost = costOf('anthropic', 'claude-opus-4-8', buckets, { tier: 'batch' })
    assert.deepEqual([cost.byBucket.units, cost.byBucket.uncachedInput], [30_000_000_000, 2_500_000_000])
    assert.equal(usdOf('openai', 'gpt-4o-mini', { units: { webSearch: 1 } }), 0.01)
  })

  it('marks a sum as a lower bound where a part is not known', () => {
    const partial = costOf(
      'anthropic',
      'claude-opus-4-8',
      { uncachedInputTokens: 1000 },
      { origin: 'partial' },
    )
    assert.deepEqual([partial.usd, partial.atLeast], [0.005, true])
    const pieces = costOf('mistral', 'codestral-2508', { uncachedInputTokens: 10, units: { webSearch: 1 } })
    assert.equal(pieces.atLeast, true)
    // Perplexity charges by the request too.
    assert.equal(costOf('perplexity', 'sonar', { uncachedInputTokens: 10 }).atLeast, true)
  })

  it('prices an estimate as it is, and no unknown usage', () => {
    assert.equal(usdOf('openai', 'gpt-4.1', { uncachedInputTokens: 1000 }, { origin: 'estimated' }), 0.002)
    const answer = priceCall({
      provider: 'openai',
      model: 'gpt-4.1',
      usage: unknownUsage(),
      at: new Date(NOW),
      basis: 'call',
    })
    assert.deepEqual(answer, { unpricedReason: 'usage unknown' })
  })

  it('takes the provider’s own figure for the whole and shares it exactly', () => {
    const buckets = { uncachedInputTokens: 100, cacheReadTokens: 0, outputTokens: 30 }
    // The book says 0.1 × 100 and 0.4 × 30: 10 to 12.
    const cost = costOf('openrouter', 'google/gemini-2.5-flash-lite', buckets, { providerPicoUsd: 1_000_001 })
    assert.deepEqual(cost.byBucket, {
      uncachedInput: 454_546,
      cacheRead: 0,
      cacheWrite: 0,
      output: 545_455,
      units: 0,
    })
    assert.deepEqual([cost.picoUsd, cost.source], [1_000_001, 'provider'])
  })

  it('shares the provider’s figure by tokens where the book has no price', () => {
    const buckets = { uncachedInputTokens: 300, outputTokens: 100 }
    const cost = costOf('openrouter', 'nobody/new-model', buckets, { providerPicoUsd: 4001 })
    assert.deepEqual([cost.byBucket.uncachedInput, cost.byBucket.output, cost.picoUsd], [3001, 1000, 4001])
  })

  it('does not take 0 from the provider for a priced call', () => {
    const cost = costOf(
      'openrouter',
      'openai/gpt-4o-mini',
      { uncachedInputTokens: 1000 },
      { providerPicoUsd: 0 },
    )
    assert.deepEqual([cost.usd, cost.source], [0.00015, 'catalog'])
  })

  it('prices free models and local models at 0, which is a price', () => {
    assert.equal(usdOf('openrouter', 'minimax/minimax-m2:free', { uncachedInputTokens: 9 }), 0)
    assert.equal(usdOf('ollama', 'llama3.2', { uncachedInputTokens: 9, outputTokens: 9 }), 0)
  })

  it('always has parts that add up to the whole', () => {
    const tokens = fc.option(fc.nat(2_000_000), { nil: null })
    fc.assert(
      fc.property(
        fc.constantFrom('claude-opus-5-5', 'claude-haiku-5-5', 'claude-sonnet-4-6', 'nobody'),
        fc.record({ in: tokens, read: tokens, short: tokens, long: tokens, out: tokens }),
        fc.nat(Number.MAX_SAFE_INTEGER),
        fc.option(fc.constantFrom('us', 'global'), { nil: undefined }),
        (model, t, providerPicoUsd, geo) => {
          const answer = ask(
            'anthropic',
            model,
            {
              uncachedInputTokens: t.in,
              cacheReadTokens: t.read,
              cacheWriteTokens: { '5m': t.short, '1h': t.long },
              outputTokens: t.out,
            },
            { providerPicoUsd: providerPicoUsd % 3 === 0 ? 0 : providerPicoUsd, ...(geo ? { geo } : {}) },
          )
          if (!('cost' in answer)) return
          const { picoUsd, byBucket } = answer.cost
          const parts = Object.values(byBucket)
          assert.ok(parts.every((part) => Number.isSafeInteger(part) && part >= 0))
          assert.equal(
            parts.reduce((sum, part) => sum + part, 0),
            picoUsd,
          )
        },
      ),
    )
  })
})
