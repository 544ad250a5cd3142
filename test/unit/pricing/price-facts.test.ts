// Prices as the providers' pages have them, as literals: each model by bucket and time to live, dates, lengths, tiers, speeds and regions.
import assert from 'node:assert/strict'
import { usageOf } from '../../../profiler-agent/model/usage'
import { openPriceBook, type PriceQuestion, priceCall } from '../../../profiler-agent/pricing/price'
import { type QuoteQuestion, quoteFor } from '../../../profiler-agent/pricing/quote'

const NOW = '2026-11-21T12:00:00Z'
const book = openPriceBook()

function quote(provider: string, model: string, more: Partial<QuoteQuestion> & { on?: string } = {}) {
  const { on = NOW, ...rest } = more
  const answer = quoteFor({ provider, model, at: new Date(on), inputTokens: 1000, ...rest }, book)
  if (!('prices' in answer)) throw new Error(answer.unpricedReason)
  const { uncachedInput, cacheRead, cacheWrite, output } = answer.prices
  return {
    uncachedInput,
    cacheRead,
    '5m': cacheWrite['5m'],
    '30m': cacheWrite['30m'],
    '1h': cacheWrite['1h'],
    '12h': cacheWrite['12h'],
    output,
  }
}

/** USD per million tokens by name of the bucket. */
function rates(
  names: readonly (keyof ReturnType<typeof quote>)[],
  ...asked: Parameters<typeof quote>
): number[] {
  const found = quote(...asked)
  return names.map((name) => found[name] / 1e6)
}

function check(
  names: readonly (keyof ReturnType<typeof quote>)[],
  rows: readonly (readonly [
    provider: string,
    model: string,
    prices: readonly number[],
    more?: Parameters<typeof quote>[2],
  ])[],
): void {
  assert.deepEqual(
    rows.map(([provider, model, , more]) => [provider, model, rates(names, provider, model, more)]),
    rows.map(([provider, model, prices]) => [provider, model, prices]),
  )
}

describe('prices of Anthropic', () => {
  const names = ['uncachedInput', '5m', '1h', 'cacheRead', 'output'] as const

  it('by model', () => {
    check(names, [
      ['anthropic', 'claude-fable-5-1', [10, 12.5, 20, 0.25, 50]],
      ['anthropic', 'claude-mythos-5-1', [10, 12.5, 20, 0.25, 50]],
      ['anthropic', 'claude-fable-5', [10, 12.5, 20, 1, 50]],
      ['anthropic', 'claude-mythos-5', [10, 12.5, 20, 1, 50]],
      ['anthropic', 'claude-opus-5-5', [4, 5, 8, 0.2, 20]],
      ['anthropic', 'claude-opus-5', [5, 6.25, 10, 0.5, 25]],
      ['anthropic', 'claude-opus-4-8', [5, 6.25, 10, 0.5, 25]],
      ['anthropic', 'claude-opus-4-7', [5, 6.25, 10, 0.5, 25]],
      ['anthropic', 'claude-opus-4-6', [5, 6.25, 10, 0.5, 25]],
      ['anthropic', 'claude-opus-4-5', [5, 6.25, 10, 0.5, 25]],
      ['anthropic', 'claude-sonnet-5-5', [2, 2.5, 4, 0.1, 10]],
      ['anthropic', 'claude-sonnet-5-5', [2, 2.5, 4, 0.2, 10], { on: '2026-10-06T23:59:59Z' }],
      ['anthropic', 'claude-sonnet-5', [2, 2.5, 4, 0.2, 10]],
      ['anthropic', 'claude-sonnet-4-5', [3, 3.75, 6, 0.3, 15]],
      ['anthropic', 'claude-sonnet-4-5', [3, 3.75, 6, 0.3, 15], { inputTokens: 200_000 }],
      ['anthropic', 'claude-sonnet-4-5', [6, 7.5, 12, 0.6, 22.5], { inputTokens: 200_001 }],
      ['anthropic', 'claude-haiku-5-5', [0.1, 0.125, 0.2, 0.01, 0.5], { inputTokens: 100_000 }],
      ['anthropic', 'claude-haiku-5-5', [0.5, 0.625, 1, 0.05, 2.5], { inputTokens: 100_001 }],
      ['anthropic', 'claude-haiku-4-5', [1, 1.25, 2, 0.1, 5]],
    ])
  })

  it('by tier, speed and region', () => {
    check(names, [
      ['anthropic', 'claude-haiku-4-5', [0.5, 0.625, 1, 0.05, 2.5], { tier: 'batch' }],
      ['anthropic', 'claude-opus-5-5', [4.4, 5.5, 8.8, 0.22, 22], { geo: 'us' }],
      ['anthropic', 'claude-opus-5-5', [8, 10, 16, 0.4, 40], { speed: 'fast' }],
      ['anthropic', 'claude-opus-4-6', [30, 37.5, 60, 3, 150], { speed: 'fast' }],
    ])
  })

  it('at Bedrock: a tenth more in a region, none for global profiles', () => {
    check(names, [
      ['bedrock', 'global.anthropic.claude-opus-4-8', [5, 6.25, 10, 0.5, 25]],
      ['bedrock', 'us.anthropic.claude-opus-4-8', [5.5, 6.875, 11, 0.55, 27.5]],
      ['bedrock', 'anthropic.claude-opus-4-8', [5.5, 6.875, 11, 0.55, 27.5]],
      ['bedrock', 'eu.anthropic.claude-opus-5-5', [4.4, 5.5, 8.8, 0.22, 22]],
      ['bedrock', 'us.anthropic.claude-opus-4-6-v1', [5.5, 6.875, 11, 0.55, 27.5]],
      ['bedrock', 'us.anthropic.claude-sonnet-5-5', [2.2, 2.75, 4.4, 0.11, 11]],
      ['bedrock', 'global.anthropic.claude-sonnet-5-5', [2, 2.5, 4, 0.1, 10]],
      ['bedrock', 'us.anthropic.claude-haiku-5-5-v1:0', [0.11, 0.1375, 0.22, 0.011, 0.55]],
      [
        'bedrock',
        'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-8',
        [5.5, 6.875, 11, 0.55, 27.5],
      ],
    ])
  })

  it('at Vertex: a tenth more at a region’s endpoint, since Claude 4.5', () => {
    check(names, [
      ['vertex', 'claude-opus-4-8@20260528', [5, 6.25, 10, 0.5, 25]],
      ['vertex', 'claude-opus-4-8@20260528', [5.5, 6.875, 11, 0.55, 27.5], { geo: 'regional' }],
      ['vertex', 'claude-sonnet-5-5', [2.2, 2.75, 4.4, 0.11, 11], { geo: 'regional' }],
      ['vertex', 'claude-3-7-sonnet@20250219', [3, 3.75, 6, 0.3, 15], { geo: 'regional' }],
    ])
  })
})

describe('prices of OpenAI', () => {
  const names = ['uncachedInput', 'cacheRead', '30m', '12h', 'output'] as const

  it('by model, with fees for cache writes since 5.6', () => {
    check(names, [
      ['openai', 'gpt-6-astra', [10, 1, 12.5, 25, 50]],
      ['openai', 'gpt-6.1-sol', [2, 0.1, 2.5, 5, 10]],
      ['openai', 'gpt-6.1-terra', [1, 0.05, 1.25, 2.5, 5]],
      ['openai', 'gpt-6-sol', [2, 0.2, 2.5, 5, 10]],
      ['openai', 'gpt-6-luna', [0.1, 0.01, 0.125, 0.25, 0.5]],
      ['openai', 'gpt-5.6-sol', [4, 0.4, 5, 10, 20]],
      ['openai', 'gpt-5.6-sol', [5, 0.5, 6.25, 12.5, 30], { on: '2026-08-20T23:59:59Z' }],
      ['openai', 'gpt-5.6-terra', [2, 0.2, 2.5, 5, 12]],
      ['openai', 'gpt-5.6-luna', [0.2, 0.02, 0.25, 0.5, 1.2]],
      ['openai', 'gpt-5.5', [5, 0.5, 5, 5, 30]],
      ['openai', 'gpt-5.4', [2.5, 0.25, 2.5, 2.5, 15]],
      ['openai', 'gpt-5', [1.25, 0.125, 1.25, 1.25, 10]],
      ['openai', 'gpt-5-mini', [0.25, 0.025, 0.25, 0.25, 2]],
      ['openai', 'gpt-4.1', [2, 0.5, 2, 2, 8]],
      ['openai', 'gpt-4o-mini', [0.15, 0.075, 0.15, 0.15, 0.6]],
    ])
  })

  it('of a long request: input twice, output one and a half times, all of it', () => {
    check(names, [
      ['openai', 'gpt-5.4', [2.5, 0.25, 2.5, 2.5, 15], { inputTokens: 272_000 }],
      ['openai', 'gpt-5.4', [5, 0.5, 5, 5, 22.5], { inputTokens: 272_001 }],
      ['openai', 'gpt-6.1-sol', [2, 0.1, 2.5, 5, 10], { inputTokens: 272_000 }],
      ['openai', 'gpt-6.1-sol', [4, 0.2, 5, 10, 15], { inputTokens: 272_001 }],
      ['openai', 'gpt-6-sol', [4, 0.4, 5, 10, 15], { inputTokens: 272_001 }],
    ])
  })

  it('by tier: batch and flex half, priority by the model', () => {
    check(
      ['uncachedInput', 'cacheRead', 'output'],
      [
        ['openai', 'gpt-5', [0.625, 0.0625, 5], { tier: 'flex' }],
        ['openai', 'gpt-4.1', [1, 0.25, 4], { tier: 'batch' }],
        ['openai', 'gpt-5.5', [12.5, 1.25, 75], { tier: 'priority' }],
        ['openai', 'gpt-5.4-mini', [1.5, 0.15, 9], { tier: 'priority' }],
        ['openai', 'gpt-5.4', [5, 0.5, 30], { tier: 'priority' }],
        ['openai', 'gpt-5.2', [3.5, 0.35, 28], { tier: 'priority' }],
        ['openai', 'gpt-5.1', [2.5, 0.25, 20], { tier: 'priority' }],
        ['openai', 'gpt-5', [2.5, 0.25, 20], { tier: 'priority' }],
        ['openai', 'gpt-5-mini', [0.45, 0.045, 3.6], { tier: 'priority' }],
        ['openai', 'gpt-4.1', [3.5, 0.875, 14], { tier: 'priority' }],
        ['openai', 'gpt-4.1-mini', [0.7, 0.175, 2.8], { tier: 'priority' }],
        ['openai', 'gpt-4.1-nano', [0.2, 0.05, 0.8], { tier: 'priority' }],
        ['openai', 'gpt-4o-2024-08-06', [4.25, 2.125, 17], { tier: 'priority' }],
        ['openai', 'gpt-4o-mini', [0.25, 0.125, 1], { tier: 'priority' }],
        ['openai', 'o3', [3.5, 0.875, 14], { tier: 'priority' }],
        ['openai', 'o4-mini', [2, 0.5, 8], { tier: 'priority' }],
      ],
    )
  })

  it('with data residency: a tenth more for the newest families', () => {
    check(
      ['uncachedInput', 'output'],
      [
        ['openai', 'gpt-5.4', [2.75, 16.5], { geo: 'regional' }],
        ['openai', 'gpt-4.1', [2, 8], { geo: 'regional' }],
      ],
    )
  })

  it('at Bedrock, by region', () => {
    check(
      ['uncachedInput', 'cacheRead', 'output'],
      [
        ['bedrock', 'openai.gpt-5.5', [5.5, 0.55, 33]],
        ['bedrock', 'openai.gpt-oss-120b-1:0', [0.15, 0.15, 0.6]],
        ['bedrock', 'openai.gpt-oss-120b', [0.15, 0.15, 0.6]],
        ['bedrock', 'openai.gpt-oss-120b-1:0', [0.075, 0.075, 0.3], { tier: 'flex' }],
        ['bedrock', 'amazon.nova-pro-v1:0', [1.4, 0.35, 5.6], { tier: 'priority' }],
      ],
    )
  })
})

describe('prices of Google', () => {
  const names = ['uncachedInput', 'cacheRead', 'output'] as const

  it('by model, date and length', () => {
    check(names, [
      ['google', 'gemini-4-argon', [2, 0.1, 10], { on: '2026-11-30T23:59:59Z' }],
      ['google', 'gemini-4-argon', [4, 0.2, 20], { on: '2026-12-01T00:00:00Z' }],
      ['google', 'gemini-3.8-flash', [0.75, 0.075, 3.75]],
      ['google', 'gemini-3.7-flash', [0.75, 0.075, 3.75], { on: '2026-12-31T23:59:59Z' }],
      ['google', 'gemini-3.6-flash', [1.5, 0.15, 7.5], { on: '2027-01-01T00:00:00Z' }],
      ['google', 'gemini-3.1-pro', [2, 0.2, 12], { inputTokens: 200_000 }],
      ['google', 'gemini-3.1-pro-preview', [4, 0.4, 18], { inputTokens: 200_001 }],
      ['google', 'gemini-2.5-pro', [1.25, 0.125, 10], { inputTokens: 200_000 }],
      ['google', 'gemini-2.5-pro', [2.5, 0.25, 15], { inputTokens: 200_001 }],
      ['google', 'gemini-2.5-flash', [0.3, 0.03, 2.5]],
      ['google', 'gemini-2.0-flash-001', [0.1, 0.025, 0.4]],
      ['google', 'gemini-1.5-flash-8b-001', [0.0375, 0.01, 0.15]],
      ['google', 'gemini-1.5-flash-latest', [0.075, 0.01875, 0.3]],
      ['vertex', 'google/gemini-2.5-flash', [0.3, 0.03, 2.5]],
      ['vertex', 'publishers/google/models/gemini-2.5-flash', [0.3, 0.03, 2.5]],
    ])
  })

  it('by tier, in every notation; cached input keeps its price at batch and flex of the 2.5 models', () => {
    check(names, [
      ['google', 'gemini-2.5-pro', [0.625, 0.125, 5], { tier: 'batch' }],
      ['google', 'gemini-2.5-flash', [0.15, 0.03, 1.25], { tier: 'flex' }],
      ['google', 'gemini-3-flash-preview', [0.25, 0.025, 1.5], { tier: 'SERVICE_TIER_FLEX' }],
      ['vertex', 'gemini-2.5-flash', [0.54, 0.054, 4.5], { tier: 'ON_DEMAND_PRIORITY' }],
      ['google', 'gemini-2.5-pro', [2.25, 0.225, 18], { tier: 'priority' }],
      ['google', 'gemini-2.5-pro', [4.5, 0.45, 27], { tier: 'priority', inputTokens: 200_001 }],
      ['vertex', 'gemini-2.5-flash', [0.3, 0.03, 2.5], { tier: 'ON_DEMAND' }],
    ])
  })

  it('at Vertex’ regions: a tenth more for the newer models since July 2026', () => {
    check(names, [
      ['vertex', 'gemini-3.8-flash', [0.825, 0.0825, 4.125], { geo: 'regional' }],
      ['vertex', 'gemini-2.5-flash', [0.3, 0.03, 2.5], { geo: 'regional' }],
      [
        'vertex',
        'gemini-3.1-flash-lite',
        [0.25, 0.025, 1.5],
        { geo: 'regional', on: '2026-06-30T23:59:59Z' },
      ],
      ['vertex', 'gemini-3.1-flash-lite', [0.275, 0.0275, 1.65], { geo: 'regional' }],
    ])
  })
})

describe('prices of others', () => {
  const names = ['uncachedInput', 'cacheRead', 'output'] as const

  it('by model, hour and length', () => {
    check(names, [
      ['xai', 'grok-4.7', [2, 0.5, 6], { inputTokens: 199_999 }],
      ['xai', 'grok-4.7', [4, 1, 12], { inputTokens: 200_000 }],
      ['xai', 'grok-4.6', [2, 0.5, 6]],
      ['xai', 'grok-4.6', [4, 1, 12], { inputTokens: 200_000 }],
      ['xai', 'grok-4.3', [1.25, 0.2, 2.5]],
      ['deepseek', 'deepseek-v4-pro', [0.66, 0.022, 1.98], { on: '2026-11-20T00:59:59Z' }],
      ['deepseek', 'deepseek-v4-pro', [1.32, 0.044, 3.96], { on: '2026-11-20T06:00:00Z' }],
      ['deepseek', 'deepseek-v4.1-flash', [0.15, 0.003, 0.6]],
      ['mistral', 'mistral-large-latest', [0.5, 0.05, 1.5]],
      ['mistral', 'mistral-medium-latest', [1.5, 0.15, 7.5]],
      ['mistral', 'magistral-medium-2507', [2, 2, 5]],
      ['mistral', 'magistral-small-latest', [0.5, 0.5, 1.5]],
      ['mistral', 'ministral-3b-latest', [0.1, 0.01, 0.1]],
      ['xai', 'grok-4.20-0309-reasoning', [1.25, 0.2, 2.5]],
      ['groq', 'openai/gpt-oss-120b', [0.15, 0.075, 0.6]],
      ['groq', 'openai/gpt-oss-120b', [0.15, 0.075, 0.6], { tier: 'flex' }],
      ['groq', 'openai/gpt-oss-120b', [0.075, 0.0375, 0.3], { tier: 'batch' }],
      ['groq', 'llama-3.3-70b-versatile', [0.59, 0.59, 0.79], { tier: 'on_demand' }],
    ])
  })

  it('wherever the seller can be told: by host, by path, by the router’s own word', () => {
    check(
      ['uncachedInput', 'output'],
      [
        ['custom:api.z.ai', 'glm-5.2', [1.4, 4.4], { url: 'https://api.z.ai/api/paas/v4/chat/completions' }],
        ['custom:api.z.ai', 'glm-4.7', [0.6, 2.2]],
        [
          'custom:chatgpt.com',
          'gpt-5.4',
          [2.5, 15],
          { url: 'https://chatgpt.com/backend-api/codex/responses' },
        ],
        ['custom:api.githubcopilot.com', 'gpt-5.4', [2.5, 15]],
        ['huggingface', 'openai/gpt-oss-120b:together', [0.15, 0.6]],
        [
          'huggingface',
          'openai/gpt-oss-120b',
          [0.15, 0.6],
          { url: 'https://router.huggingface.co/together/v1/chat/completions' },
        ],
        ['fireworks', 'accounts/fireworks/models/glm-4p7', [0.6, 2.2]],
        ['together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', [0.88, 0.88]],
        ['cerebras', 'gpt-oss-120b', [0.35, 0.75]],
        ['openrouter', 'anthropic/claude-sonnet-4.5', [3, 15]],
        ['azure', 'gpt-35-turbo', [0.5, 1.5]],
        ['azure', 'ada', [0.1, 0]],
        ['openai', 'ft:gpt-4o-mini-2024-07-18:mine::abc123', [0.3, 1.2]],
      ],
    )
  })
})

describe('pieces', () => {
  const unitsOf = (provider: string, model: string, units: object, on = NOW) => {
    const usage = usageOf(
      { uncachedInputTokens: 0, cacheReadTokens: 0, outputTokens: 0, units },
      'reported',
      null,
    )
    const question: PriceQuestion = { provider, model, usage, at: new Date(on), basis: 'call' }
    const answer = priceCall(question)
    return 'cost' in answer
      ? [answer.cost.byBucket.units / 1e12, answer.cost.atLeast ?? false]
      : answer.unpricedReason
  }

  it('cost what the page of their provider says', () => {
    const rows: [string, string, object, number][] = [
      ['anthropic', 'claude-opus-5-5', { webSearch: 3, webFetch: 9 }, 0.03],
      ['openai', 'gpt-5', { webSearch: 2, fileSearch: 4 }, 0.03],
      ['google', 'gemini-3-flash-preview', { grounding: 3 }, 0.042],
      ['xai', 'grok-4.3', { webSearch: 2, codeExecution: 1 }, 0.015],
      ['cohere', 'rerank-v3.5', { searchUnits: 2 }, 0.004],
      ['cohere', 'rerank-v4.0-pro', { searchUnits: 2 }, 0.005],
      ['perplexity', 'sonar-deep-research', { webSearch: 4 }, 0.02],
    ]
    assert.deepEqual(
      rows.map(([provider, model, units]) => {
        const answer = unitsOf(provider, model, units)
        return [provider, model, typeof answer === 'string' ? answer : answer[0]]
      }),
      rows.map(([provider, model, , usd]) => [provider, model, usd]),
    )
  })

  it('cost what they cost on the day', () => {
    const on = (day: string) => unitsOf('xai', 'grok-4-fast', { webSearch: 2 }, day)
    assert.deepEqual(['2025-11-20T23:59:59Z', '2025-11-21T00:00:00Z'].map(on), [
      [0, false],
      [0.01, false],
    ])
  })

  it('are paid once a request where the page says so', () => {
    assert.deepEqual(unitsOf('google', 'gemini-2.5-flash', { grounding: 3 }), [0.035, false])
  })

  it('without a known price leave a lower bound', () => {
    assert.deepEqual(unitsOf('openai', 'gpt-5', { webSearch: 1, codeExecution: 1 }), [0.01, true])
  })
})

describe('what has no price', () => {
  const reason = (provider: string, model: string, more: Partial<QuoteQuestion> = {}) => {
    const answer = quoteFor({ provider, model, at: new Date(NOW), inputTokens: 1, ...more }, book)
    return 'prices' in answer ? `priced by ${answer.id}` : answer.unpricedReason.replace(/;.*/, '')
  }

  it('says which tier is paid apart from tokens', () => {
    assert.equal(
      reason('vertex', 'gemini-2.5-flash', { tier: 'PROVISIONED_THROUGHPUT' }),
      'the price of tier "provisioned_throughput", which is paid apart from tokens, is not known for vertex model "gemini-2.5-flash"',
    )
  })

  it('takes the request’s model only where the answer shortens it', () => {
    assert.equal(
      reason('openrouter', 'rerank-v3.5', { requestModel: 'cohere/rerank-v3.5' }),
      'priced by rerank-v3.5',
    )
    assert.equal(
      reason('openai', 'davinci:2023-07-21-v2', { requestModel: 'davinci-002' }),
      'priced by davinci-002',
    )
    assert.equal(
      reason('openai', 'gpt-5-secret', { requestModel: 'gpt-5' }),
      'no price for openai model "gpt-5-secret"',
    )
  })

  it('does not take the newest model for the first one of its family', () => {
    assert.match(reason('google', 'gemini-pro-latest'), /^no price/)
  })

  it('knows that models which Ollama runs elsewhere are not free', () => {
    assert.match(reason('ollama', 'gpt-oss:120b-cloud'), /^no price/)
    assert.equal(reason('ollama', 'gpt-oss:20b'), 'priced by free')
  })
})
