// Traps of price: what a call costs that used this and that. Sums are worked out by hand from the prices named beside them.

import assert from 'node:assert/strict'
import { openPriceBook, priceInference } from '../../../profiler-agent/pricing/price'
import {
  ANTHROPIC,
  bucketsOf,
  completion,
  costOf,
  exchange,
  GEMINI,
  inferenceOf,
  message,
  type Said,
} from './priced'
import { trap } from './trap'

const chat = (model: string, usage: object, more: Said = {}): Said => ({
  request: { model },
  response: completion(usage, { model }),
  ...more,
})
const tokens = (input: number, output: number, cached = 0) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  ...(cached > 0 ? { prompt_tokens_details: { cached_tokens: cached } } : {}),
})
/** `no price` where there is none, else pico-dollars. */
const priceOf = (said: Said) => {
  const cost = costOf([said])
  return typeof cost === 'string' ? cost.slice(0, 8) : cost
}
const bedrock = (model: string): Said => ({
  provider: 'bedrock',
  url: `https://bedrock-runtime.us-east-1.amazonaws.com/model/${encodeURIComponent(model)}/converse`,
  request: {},
  response: {
    output: { message: { role: 'assistant', content: [{ text: 'Yes.' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 },
  },
})

export function priceTraps(): void {
  trap(2, 'what is written to a cache is charged as written, and not as input too', () => {
    const usage = { input_tokens: 3, cache_creation_input_tokens: 12_304, output_tokens: 550 }
    // 3 × $3 + 12,304 × $3.75 + 550 × $15 a million = $0.054399.
    assert.equal(costOf([ANTHROPIC, { response: message(usage) }]), 54_399_000_000)
  })

  trap(3, 'negotiated prices that are the book’s own cost what the book says', () => {
    const rates = { input: 3, cacheRead: 0.3, cacheWrite: { '5m': 3.75, unknown: 3.75 }, output: 15 }
    const override = { provider: 'anthropic', models: ['claude-sonnet-4-5'], rates, place: 'config.jsonc:3' }
    const negotiated = openPriceBook({ config: { overrides: [override], deployments: {}, fingerprint: 'x' } })
    const usage = {
      input_tokens: 100,
      cache_read_input_tokens: 5000,
      cache_creation_input_tokens: 700,
      output_tokens: 50,
    }
    const said = [ANTHROPIC, { response: message(usage) }]
    // 100 × $3 + 5,000 × $0.30 + 700 × $3.75 + 50 × $15 a million.
    assert.deepEqual([costOf(said), costOf(said, negotiated)], [5_175_000_000, 5_175_000_000])
  })

  trap(14, 'a cost of 0 beside tokens is no price', () => {
    const usage = { ...tokens(1000, 100), cost: 0 }
    const model = 'openai/gpt-5.4'
    const router = { provider: 'openrouter', url: 'https://openrouter.ai/api/v1/chat/completions' }
    // 1,000 × $2.50 + 100 × $15 a million.
    assert.equal(costOf([chat(model, usage, router)]), 4_000_000_000)
  })

  trap(
    15,
    'a write for an hour costs what an hour costs; what the split leaves out lives five minutes',
    () => {
      const split = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 1000 }
      const cost = (cache_creation: object) =>
        costOf([ANTHROPIC, { response: message({ ...split, cache_creation }) }])
      // A million at $3.75 for five minutes, $6 for an hour.
      assert.equal(cost({ ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 }), 5_100_000_000)
      assert.equal(cost({ ephemeral_1h_input_tokens: 600 }), 5_100_000_000)
      const half = inferenceOf(ANTHROPIC, {
        response: message({ ...split, cache_creation: { ephemeral_1h_input_tokens: 600 } }),
      })
      assert.deepEqual(bucketsOf(half.usage), [0, null, 400, 600, 0])
    },
  )

  trap(
    16,
    'OpenAI’s cache writes are inside the input: taken out once, priced once, and never dropped',
    () => {
      const usage = {
        ...tokens(1000, 0),
        prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 300 },
      }
      const { usage: read } = inferenceOf(chat('gpt-5.6', usage))
      assert.deepEqual(
        [read.uncachedInputTokens, read.cacheReadTokens, read.cacheWriteTokens['30m']],
        [600, 100, 300],
      )
      assert.equal(read.inputTokens, 1000)
      // 600 × $4 + 100 × $0.40 + 300 × $5 a million.
      assert.equal(priceOf(chat('gpt-5.6', usage)), 3_940_000_000)
      // An older family has no price for writes: they cost what input costs. 600 × $1.25 + 100 × $0.125 + 300 × $1.25.
      assert.equal(priceOf(chat('gpt-5', usage)), 1_137_500_000)
    },
  )

  trap(17, 'long context prices the whole request; exactly at the threshold is the base rate', () => {
    // $2.50 and $15 a million up to 272,000 tokens of input, $5 and $22.50 above.
    assert.equal(priceOf(chat('gpt-5.4', tokens(272_000, 1000))), 695_000_000_000)
    assert.equal(priceOf(chat('gpt-5.4', tokens(272_001, 1000))), 1_382_505_000_000)
    // What was read from the cache counts towards it: 1 × $5 + 272,000 × $0.50 + 1,000 × $22.50.
    assert.equal(priceOf(chat('gpt-5.4', tokens(272_001, 1000, 272_000))), 158_505_000_000)
    const gemini = (promptTokenCount: number): Said => ({
      ...GEMINI,
      response: {
        candidates: [{ content: { parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' }],
        modelVersion: 'gemini-2.5-pro',
        usageMetadata: {
          promptTokenCount,
          candidatesTokenCount: 100,
          totalTokenCount: promptTokenCount + 100,
        },
      },
    })
    // $1.25 and $10 up to 200,000, $2.50 and $15 above.
    assert.equal(priceOf(gemini(200_000)), 251_000_000_000)
    assert.equal(priceOf(gemini(200_001)), 501_502_500_000)
  })

  trap(23, 'a model is priced by its own name or not at all', () => {
    const million = (model: string) => priceOf(chat(model, tokens(1_000_000, 0)))
    // $1.75, $1.25 and, of the same model by its date, $1.25.
    assert.deepEqual(
      [priceOf(chat('gpt-5.3-codex', tokens(1000, 0))), priceOf(chat('gpt-5', tokens(1000, 0)))],
      [1_750_000_000, 1_250_000_000],
    )
    assert.equal(priceOf(chat('gpt-5-2025-08-07', tokens(1000, 0))), 1_250_000_000)
    for (const unknown of ['gpt-5-turbo-x', 'my-gpt-5', 'gpt-5.4-flash'])
      assert.equal(million(unknown), 'no price', unknown)
    const google = (model: string): Said => ({
      ...GEMINI,
      url: `https://generativelanguage.googleapis.com/v1beta/models/${model}:generateContent`,
      response: {
        candidates: [{ content: { parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 0, totalTokenCount: 1000 },
      },
    })
    // $0.10 and $0.30 a million.
    assert.deepEqual(
      [priceOf(google('gemini-2.5-flash-lite')), priceOf(google('gemini-2.5-flash'))],
      [100_000_000, 300_000_000],
    )
  })

  trap(26, 'a model that the catalogue lists without a rate is not priced at 0', () => {
    const empty = {
      name: 'test',
      byId: () => ({
        id: 'openai',
        name: 'OpenAI',
        api_pattern: 'https://api\\.openai\\.com',
        models: [{ id: 'gpt-rateless', match: { equals: 'gpt-rateless' }, prices: {} }],
      }),
      byUrl: () => undefined,
    }
    const cost = costOf([chat('gpt-rateless', tokens(1000, 10))], openPriceBook({ catalogue: empty }))
    assert.equal(typeof cost, 'string', String(cost))
  })

  trap(27, 'a call costs what it cost at its own moment, and says by which book', () => {
    const usage = { input_tokens: 0, cache_read_input_tokens: 1_000_000, output_tokens: 0 }
    const at = (moment: string) => {
      const one = exchange(ANTHROPIC, {
        request: { model: 'claude-sonnet-5-5' },
        response: message(usage, { model: 'claude-sonnet-5-5' }),
        startTime: Date.parse(moment),
      })
      const inference = inferenceOf(one, { responseBody: one.responseBody, requestBody: one.requestBody })
      const priced = priceInference(openPriceBook(), one, inference)
      return 'cost' in priced ? priced.cost : assert.fail(priced.unpricedReason)
    }
    // Reads cost $0.20 a million until 7 October 2026, $0.10 since.
    const [before, since] = [at('2026-10-06T23:59:59Z'), at('2026-10-07T00:00:00Z')]
    assert.deepEqual([before.picoUsd, since.picoUsd], [200_000_000_000, 100_000_000_000])
    assert.deepEqual(
      [before.pricedAt, before.pricedAtBasis, before.book],
      ['2026-10-06T23:59:59.000Z', 'call', openPriceBook().name],
    )
  })

  trap(29, 'the tier of the response counts, once', () => {
    const answered = (asked: string, served: string): Said => ({
      request: { model: 'gpt-5.4', service_tier: asked },
      response: completion(tokens(1000, 100), { service_tier: served }),
    })
    // 1,000 × $2.50 + 100 × $15 a million; flex is half of it.
    assert.equal(priceOf(answered('flex', 'default')), 4_000_000_000)
    assert.equal(priceOf(answered('flex', 'flex')), 2_000_000_000)
    assert.equal(priceOf(answered('auto', 'priority')), 8_000_000_000)
  })

  trap(30, 'a region costs a tenth more where it does, and a global endpoint does not', () => {
    // $3 and $15 a million; across the regions of one geography $3.30 and $16.50.
    assert.equal(priceOf(bedrock('global.anthropic.claude-sonnet-4-5-20250929-v1:0')), 4_500_000_000)
    assert.equal(priceOf(bedrock('us.anthropic.claude-sonnet-4-5-20250929-v1:0')), 4_950_000_000)
    const opus = (usage: object): Said => ({
      ...ANTHROPIC,
      request: { model: 'claude-opus-4-6' },
      response: message({ input_tokens: 1000, output_tokens: 100, ...usage }, { model: 'claude-opus-4-6' }),
    })
    // $5 and $25; $5.50 and $27.50 in the United States.
    assert.equal(priceOf(opus({ inference_geo: 'global' })), 7_500_000_000)
    assert.equal(priceOf(opus({ inference_geo: 'us' })), 8_250_000_000)
  })

  trap(25, 'a model that is free has a price of 0 and is not unpriced', () => {
    const local = { provider: 'ollama', url: 'http://127.0.0.1:11434/v1/chat/completions' }
    assert.equal(costOf([chat('llama3.2', tokens(1000, 100), local)]), 0)
    assert.equal(typeof costOf([chat('no-such-model', tokens(1000, 100))]), 'string')
  })
}
