// Usage in OpenAI's notations for any numbers: parts that sum to the provider's own total, and sane readings of anything else.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { cacheWriteTotal, type Usage } from '../../../profiler-agent/model/usage'
import { modalitiesOf } from '../../../profiler-agent/providers/openai-modalities'
import {
  chatUsage,
  embeddingsUsage,
  providerCost,
  responsesUsage,
} from '../../../profiler-agent/providers/openai-usage'

const PROVIDERS = ['openai', 'azure', 'openrouter', 'groq', 'mistral', 'deepseek', 'custom:localhost:8000']
const tokens = fc.nat(2_000_000)
const parts = fc.record({
  provider: fc.constantFrom(...PROVIDERS),
  fresh: tokens,
  read: tokens,
  written: tokens,
  output: tokens,
  reasoning: tokens,
})

function assertParts(usage: Usage, { fresh, read, written, output }: Record<string, unknown>): void {
  assert.deepEqual(
    [usage.uncachedInputTokens, usage.cacheReadTokens, cacheWriteTotal(usage), usage.outputTokens],
    [fresh, read, written, output],
  )
}

describe('providers/openai-usage', () => {
  it('splits a chat’s total into buckets that sum to it', () => {
    fc.assert(
      fc.property(parts, ({ provider, ...of }) => {
        const input = of.fresh + of.read + of.written
        const raw = {
          prompt_tokens: input,
          completion_tokens: of.output,
          total_tokens: input + of.output,
          prompt_tokens_details: { cached_tokens: of.read, cache_write_tokens: of.written },
          completion_tokens_details: { reasoning_tokens: of.reasoning },
        }
        const usage = chatUsage(raw, provider, 'reported')
        assertParts(usage, of)
        assert.equal((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0), raw.total_tokens)
        assert.equal(usage.reasoningTokens, of.reasoning)
      }),
    )
  })

  it('counts no more reads than there was input, so that the buckets sum to the total', () => {
    const raw = { prompt_tokens: 12, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 170 } }
    const usage = chatUsage({ ...raw, total_tokens: 15 }, 'azure', 'reported')
    assert.deepEqual([usage.uncachedInputTokens, usage.cacheReadTokens, usage.inputTokens], [0, 12, 12])
  })

  it('splits a response’s total into buckets that sum to it, writes by their life', () => {
    fc.assert(
      fc.property(parts, tokens, ({ provider, ...of }, long) => {
        const written = of.written + long
        const details = {
          cached_tokens: of.read,
          cache_write_tokens: written,
          cache_write_tokens_details: { ttl_30m_tokens: of.written, ttl_12h_tokens: long },
        }
        const input = of.fresh + of.read + written
        const raw = { input_tokens: input, output_tokens: of.output, input_tokens_details: details }
        const usage = responsesUsage(raw, provider, {}, 'reported')
        assertParts(usage, { ...of, written })
        assert.deepEqual([usage.cacheWriteTokens['30m'], usage.cacheWriteTokens['12h']], [of.written, long])
        assert.equal(usage.inputTokens, input)
      }),
    )
  })

  it('counts xAI’s reasoning once, beside the output or inside it', () => {
    fc.assert(
      fc.property(tokens, tokens, fc.integer({ min: 1, max: 100_000 }), (input, output, reasoning) => {
        const raw = {
          prompt_tokens: input,
          completion_tokens: output,
          completion_tokens_details: { reasoning_tokens: reasoning },
        }
        const beside = { ...raw, total_tokens: input + output + reasoning }
        assert.equal(chatUsage(beside, 'xai', 'reported').outputTokens, output + reasoning)
        const inside = { ...raw, total_tokens: input + output }
        assert.equal(chatUsage(inside, 'xai', 'reported').outputTokens, output)
      }),
    )
  })

  it('never has a count that is none, whatever the fields hold', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60),
      tokens,
    )
    const details = fc.oneof(value, fc.dictionary(fc.constantFrom(...DETAILS), value))
    const raw = fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(value, details))
    fc.assert(
      fc.property(raw, fc.constantFrom(...PROVIDERS, 'xai', 'google'), (fields, provider) => {
        const usages = [
          chatUsage(fields, provider, 'reported'),
          responsesUsage(fields, provider, {}, 'reported'),
          embeddingsUsage(fields),
        ]
        for (const { units, cacheWriteTokens, raw: _, origin: __, ...buckets } of usages)
          for (const count of [...Object.values({ ...buckets, ...cacheWriteTokens, ...units })])
            assert.ok(count === null || (Number.isSafeInteger(count) && count >= 0), String(count))
        for (const count of Object.values(modalitiesOf(fields) ?? {})) assert.ok(count > 0)
        const cost = providerCost(fields, provider)
        assert.ok(cost === undefined || (Number.isSafeInteger(cost) && cost >= 0), String(cost))
      }),
      { numRuns: 2000 },
    )
  })
})

const FIELDS = [
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'prompt_cache_hit_tokens',
  'reasoning_tokens',
  'num_search_queries',
  'server_tool_use',
  'prompt_tokens_details',
  'completion_tokens_details',
  'input_tokens_details',
  'output_tokens_details',
  'cost',
  'cost_details',
  'cost_in_usd_ticks',
]
const DETAILS = [
  'cached_tokens',
  'cache_write_tokens',
  'cache_write_tokens_details',
  'cache_creation',
  'reasoning_tokens',
  'audio_tokens',
  'image_tokens',
  'cached_tokens_details',
  'total_cost',
  'web_search_requests',
]
