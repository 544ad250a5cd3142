// Which cache rule a model falls under.
import assert from 'node:assert/strict'
import { CACHE_RULES, cacheRuleFor, ruleForRequest } from '../../../profiler-agent/rules/cache-rules'

describe('cache rules', () => {
  it('finds the longest family that a model belongs to', () => {
    const minimum = (model: string) => cacheRuleFor('anthropic', model)?.minimumTokens
    assert.equal(minimum('claude-opus-5'), 512)
    assert.equal(minimum('claude-opus-4-8'), 1024)
    assert.equal(minimum('claude-opus-4-7'), 2048)
    assert.equal(minimum('claude-opus-4-5-20251101'), 4096)
    assert.equal(minimum('claude-opus-4-20250514'), 1024)
    assert.equal(minimum('us.anthropic.claude-haiku-4-5-20251001-v1:0'), 4096)
    assert.equal(minimum('anthropic/claude-opus-4.6'), 4096)
  })

  it('says when a minimum is a guess', () => {
    assert.equal(cacheRuleFor('anthropic', 'claude-opus-5-5')?.evidence, 'assumed')
    assert.equal(cacheRuleFor('anthropic', 'claude-next')?.evidence, 'assumed')
    assert.equal(cacheRuleFor('anthropic', 'claude-sonnet-5')?.evidence, 'documented')
  })

  it('charges OpenAI writes from gpt-5.6 on and not before', () => {
    const charges = (model: string) => cacheRuleFor('openai', model)?.chargesWrites
    for (const model of [
      'gpt-4o-mini',
      'gpt-4.1',
      'gpt-5',
      'gpt-5-mini',
      'gpt-5.3-codex',
      'gpt-5.4',
      'gpt-5.5',
      'o3-mini',
    ])
      assert.equal(charges(model), false, model)
    for (const model of ['gpt-5.6-sol', 'gpt-6-luna', 'gpt-6.1-sol', 'gpt-7'])
      assert.equal(charges(model), true, model)
  })

  it('keeps gpt-5.5 for 24 hours', () => {
    assert.equal(cacheRuleFor('openai', 'gpt-5.5')?.lifetimes[0]?.name, '24h')
    assert.equal(cacheRuleFor('openai', 'gpt-5.4')?.lifetimes[0]?.name, 'in_memory')
  })

  it('takes the rule of the provider behind a router or a cloud', () => {
    const providerAndMinimum = (provider: string, model: string) => {
      const rule = cacheRuleFor(provider, model)
      return rule && [rule.provider, rule.minimumTokens]
    }
    assert.deepEqual(providerAndMinimum('openrouter', 'anthropic/claude-opus-4.5'), ['anthropic', 4096])
    assert.deepEqual(providerAndMinimum('openrouter', 'google/gemini-2.5-flash'), ['google', 2048])
    assert.deepEqual(providerAndMinimum('bedrock', 'us.anthropic.claude-opus-5-v1:0'), ['anthropic', 512])
    assert.deepEqual(providerAndMinimum('bedrock', 'eu.amazon.nova-lite-v1:0'), ['bedrock', 1000])
    assert.deepEqual(providerAndMinimum('vertex', 'claude-sonnet-5@20260301'), ['anthropic', 1024])
    assert.deepEqual(providerAndMinimum('vertex', 'gemini-3.1-pro'), ['vertex', 2048])
    assert.deepEqual(providerAndMinimum('azure', 'gpt-5.4-mini'), ['openai', 1024])
    assert.deepEqual(providerAndMinimum('custom:dashscope-intl.aliyuncs.com', 'qwen-max'), ['alibaba', 1024])
    assert.equal(providerAndMinimum('azure', 'our-deployment'), undefined)
    assert.equal(providerAndMinimum('openrouter', 'meta/llama-5'), undefined)
    assert.equal(providerAndMinimum('bedrock', 'meta.llama4-scout'), undefined)
  })

  it('has another rule at Alibaba for requests without a mark', () => {
    const rule = cacheRuleFor('alibaba', 'qwen3-max')
    assert.ok(rule)
    assert.equal(ruleForRequest(rule, true).mechanism, 'breakpoints')
    assert.equal(ruleForRequest(rule, false).mechanism, 'automatic')
    assert.equal(ruleForRequest(rule, false).minimumTokens, 256)
  })

  it('caches nothing where the model is older than the cache', () => {
    for (const [provider = '', model = ''] of [
      ['openai', 'gpt-4-turbo'],
      ['google', 'gemini-2.0-flash'],
    ])
      assert.equal(cacheRuleFor(provider, model)?.minimumTokens, Number.MAX_SAFE_INTEGER, model)
  })

  it('knows nothing of a provider without rows', () => {
    assert.equal(cacheRuleFor('custom:example.com', 'gpt-5.4'), undefined)
  })

  it('has a source, a day and a lifetime in every row, and no family twice', () => {
    const families = new Set<string>()
    for (const rule of CACHE_RULES) {
      assert.ok(rule.source.length > 5)
      assert.match(rule.date, /^\d{4}-\d\d-\d\d$/)
      assert.ok(rule.lifetimes.length > 0)
      for (const family of rule.families.length === 0 ? ['*'] : rule.families) {
        const key = `${rule.provider} ${family}`
        assert.ok(!families.has(key), key)
        families.add(key)
      }
    }
  })
})
