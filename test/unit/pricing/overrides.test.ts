// What the user's configuration does to prices: negotiated rows, discounts, free local models, deployments.
import assert from 'node:assert/strict'
import { readConfigFile } from '../../../profiler-agent/config/config-file'
import { type UsageBuckets, usageOf } from '../../../profiler-agent/model/usage'
import { openPriceBook, type PriceQuestion, priceCall } from '../../../profiler-agent/pricing/price'

const MILLION = 1_000_000

function configured(config: object) {
  const { pricing, problems } = readConfigFile(JSON.stringify({ version: 1, ...config }))
  assert.deepEqual(problems, [])
  return openPriceBook({ config: pricing })
}

function ask(
  config: object,
  [provider, model]: readonly [string, string],
  buckets: Partial<UsageBuckets>,
  { on = '2026-11-21T12:00:00Z', ...more }: Partial<PriceQuestion> & { on?: string } = {},
) {
  const usage = usageOf(
    { uncachedInputTokens: null, cacheReadTokens: null, outputTokens: null, ...buckets },
    'reported',
    null,
  )
  return priceCall({ provider, model, usage, at: new Date(on), basis: 'call', ...more }, configured(config))
}

function costOf(...args: Parameters<typeof ask>) {
  const answer = ask(...args)
  if (!('cost' in answer)) throw new Error(answer.unpricedReason)
  return answer.cost
}

const row = (fields: object) => ({ prices: [{ provider: 'openai', models: 'gpt-5.4', ...fields }] })

describe('prices of config.jsonc', () => {
  it('go before the book, and say so', () => {
    const cost = costOf(
      row({ perMillionTokens: { input: 2, output: 12 } }),
      ['openai', 'gpt-5.4-2026-03-05'],
      { uncachedInputTokens: 1000, outputTokens: 100 },
    )
    assert.deepEqual([cost.source, cost.picoUsd], ['override', 3_200_000_000])
    assert.match(cost.book, /\+config-[0-9a-f]{8}$/)
  })

  it('go before the provider’s own figure', () => {
    const config = {
      prices: [
        { provider: 'openrouter', models: 'openai/gpt-5.4', perMillionTokens: { input: 1, output: 1 } },
      ],
    }
    const cost = costOf(
      config,
      ['openrouter', 'openai/gpt-5.4'],
      { uncachedInputTokens: 10, outputTokens: 0 },
      { providerPicoUsd: 77 },
    )
    assert.deepEqual([cost.source, cost.picoUsd], ['override', 10_000_000])
  })

  // Trap 3: custom prices must not charge cached tokens again.
  it('price the same buckets as the book does: cached tokens once', () => {
    const buckets = {
      uncachedInputTokens: 1000,
      cacheReadTokens: 20_000,
      cacheWriteTokens: { '5m': 3000, '1h': 500 },
      outputTokens: 700,
    }
    const same = {
      prices: [
        {
          provider: 'anthropic',
          models: ['claude-opus-5-5'],
          perMillionTokens: { input: 4, cacheRead: 0.2, cacheWrite: { '5m': 5, '1h': 8 }, output: 20 },
        },
      ],
    }
    const own = costOf(same, ['anthropic', 'claude-opus-5-5'], buckets)
    const listed = costOf({}, ['anthropic', 'claude-opus-5-5'], buckets)
    assert.deepEqual(own.byBucket, listed.byBucket)
  })

  // Trap 4: an explicit 0 is a price.
  it('take an explicit 0 for a price, not for a missing one', () => {
    const cost = costOf(row({ perMillionTokens: { cacheRead: 0, cacheWrite: 3 } }), ['openai', 'gpt-5.4'], {
      uncachedInputTokens: 0,
      cacheReadTokens: 5000,
      cacheWriteTokens: { '30m': 1000 },
      outputTokens: 0,
    })
    assert.deepEqual([cost.byBucket.cacheRead, cost.byBucket.cacheWrite], [0, 3_000_000_000])
  })

  // Trap 25: a cost of 0 is not "no price".
  it('price local models at 0, whatever they are called', () => {
    const config = {
      prices: [{ provider: 'custom:127.0.0.1:8000', models: '*', perMillionTokens: { input: 0, output: 0 } }],
    }
    const cost = costOf(config, ['custom:127.0.0.1:8000', 'my-own-7b'], {
      uncachedInputTokens: 900,
      cacheReadTokens: 100,
      outputTokens: 100,
    })
    assert.deepEqual([cost.picoUsd, cost.source, cost.atLeast], [0, 'override', undefined])
  })

  it('leave what they do not name to the book, at the length of the request', () => {
    const long = { uncachedInputTokens: 272_001, outputTokens: 1000 }
    // Output over 272K is 22.50 by the book.
    const cost = costOf(row({ perMillionTokens: { input: 1 } }), ['openai', 'gpt-5.4'], long)
    assert.deepEqual([cost.byBucket.uncachedInput, cost.byBucket.output], [272_001_000_000, 22_500_000_000])
  })

  it('may differ above a length of their own, for the whole request', () => {
    const config = row({
      perMillionTokens: { input: 1, output: 2 },
      over: { tokens: 1000, perMillionTokens: { input: 3 } },
    })
    const at = (tokens: number) =>
      costOf(config, ['openai', 'gpt-5.4'], { uncachedInputTokens: tokens, outputTokens: 0 }).picoUsd
    assert.deepEqual([1000, 1001].map(at), [1_000_000_000, 3_003_000_000])
  })

  it('hold from one day up to another', () => {
    const config = row({ from: '2026-11-01', to: '2026-12-01', perMillionTokens: { input: 1 } })
    const source = (on: string) =>
      costOf(config, ['openai', 'gpt-5.4'], { uncachedInputTokens: 1, outputTokens: 0 }, { on }).source
    assert.deepEqual(
      ['2026-10-31T23:59:59Z', '2026-11-01T00:00:00Z', '2026-11-30T23:59:59Z', '2026-12-01T00:00:00Z'].map(
        source,
      ),
      ['catalog', 'override', 'override', 'catalog'],
    )
  })

  it('take a discount off what the book says, tier included', () => {
    const input = { uncachedInputTokens: MILLION, outputTokens: 0 }
    const config = row({ models: 'gpt-5-mini', discount: 0.2 })
    assert.equal(costOf(config, ['openai', 'gpt-5-mini'], input).usd, 0.2)
    assert.equal(costOf(config, ['openai', 'gpt-5-mini'], input, { tier: 'flex' }).usd, 0.1)
  })

  it('are the whole price at a tier that they name', () => {
    const input = { uncachedInputTokens: MILLION, outputTokens: 0 }
    const config = {
      prices: [
        { provider: 'azure', models: 'gpt-5-mini', tier: 'priority', perMillionTokens: { input: 0.5 } },
      ],
    }
    assert.equal(costOf(config, ['azure', 'gpt-5-mini'], input, { tier: 'priority' }).usd, 0.5)
    assert.equal(costOf(config, ['azure', 'gpt-5-mini'], input).usd, 0.25)
  })

  it('take exactly the models that they name', () => {
    const answer = ask(row({ perMillionTokens: { input: 1 } }), ['openai', 'gpt-5.4-mini'], {
      uncachedInputTokens: MILLION,
      outputTokens: 0,
    })
    assert.ok('cost' in answer && answer.cost.source === 'catalog')
  })

  it('price pieces', () => {
    const config = row({ perThousand: { webSearch: 4, codeExecution: 30 } })
    const cost = costOf(config, ['openai', 'gpt-5.4'], {
      uncachedInputTokens: 0,
      outputTokens: 0,
      units: { webSearch: 2, codeExecution: 1 },
    })
    assert.deepEqual([cost.byBucket.units, cost.atLeast], [38_000_000_000, undefined])
  })
})

describe('deployments of config.jsonc', () => {
  it('name the model behind a deployment, which the cost says', () => {
    const config = { deployments: { azure: { 'Chat-Prod': 'gpt-4.1' } } }
    const cost = costOf(config, ['azure', 'chat-prod'], { uncachedInputTokens: 1000, outputTokens: 0 })
    assert.deepEqual([cost.picoUsd, cost.pricedAs, cost.source], [2_000_000_000, 'gpt-4.1', 'catalog'])
  })

  it('name the model behind a profile of one’s own at Bedrock', () => {
    const arn = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123'
    const config = { deployments: { bedrock: { [arn]: 'eu.anthropic.claude-opus-4-8' } } }
    const buckets = { uncachedInputTokens: 1000, outputTokens: 0 }
    assert.equal(costOf(config, ['bedrock', arn], buckets).picoUsd, 5_500_000_000)
    assert.ok('unpricedReason' in ask({}, ['bedrock', arn], buckets))
  })

  it('are looked up by what was asked for, also where the answer names another model', () => {
    const config = { deployments: { azure: { mail: 'gpt-4.1-mini' } } }
    const cost = costOf(
      config,
      ['azure', 'gpt-4.1-2025-04-14'],
      { uncachedInputTokens: 1000, outputTokens: 0 },
      { requestModel: 'mail' },
    )
    assert.deepEqual([cost.picoUsd, cost.pricedAs], [400_000_000, 'gpt-4.1-mini'])
  })

  it('can have a negotiated price', () => {
    const config = {
      deployments: { azure: { mail: 'gpt-4.1' } },
      prices: [{ provider: 'azure', models: 'gpt-4.1', discount: 0.5 }],
    }
    const cost = costOf(config, ['azure', 'mail'], { uncachedInputTokens: 1000, outputTokens: 0 })
    assert.deepEqual([cost.picoUsd, cost.source, cost.pricedAs], [1_000_000_000, 'override', 'gpt-4.1'])
  })
})
