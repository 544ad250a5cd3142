// Which parameter of a request makes which part of a cached prompt another one.
import assert from 'node:assert/strict'
import {
  dropsEarlierThinking,
  INVALIDATION_ROWS,
  invalidationOf,
  isLeftOut,
  rendersSystemFirst,
} from '../../../profiler-agent/rules/cache-invalidation'

describe('what invalidates a cached prompt', () => {
  it('knows from which part on a parameter counts at Anthropic', () => {
    const from = (parameter: string) => invalidationOf('anthropic', parameter)?.from
    assert.equal(from('model'), 'tools')
    assert.equal(from('tools'), 'tools')
    assert.equal(from('speed'), 'system')
    assert.equal(from('system'), 'system')
    assert.equal(from('tool_choice'), 'messages')
    assert.equal(from('thinking'), 'messages')
    assert.equal(from('output_config.effort'), 'messages')
    assert.equal(from('output_config.format'), 'tools')
    assert.equal(from('toolConfig.toolChoice'), 'messages')
    assert.equal(from('temperature'), undefined)
  })

  it("gives OpenAI's own word for a miss", () => {
    const reason = (parameter: string) => invalidationOf('openai', parameter)?.missReason
    assert.equal(reason('prompt_cache_key'), 'prompt_cache_key_changed')
    assert.equal(reason('response_format'), 'text_format_changed')
    assert.equal(reason('reasoning.effort'), 'reasoning_effort_changed')
    assert.equal(reason('tool_choice'), undefined)
  })

  it('says of no parameter two things', () => {
    const seen = new Set<string>()
    for (const row of INVALIDATION_ROWS) {
      assert.match(row.date, /^\d{4}-\d\d-\d\d$/)
      assert.ok(row.source.length > 5)
      for (const provider of row.providers)
        for (const parameter of row.parameters) {
          const key = `${provider} ${parameter}`
          assert.ok(!seen.has(key), key)
          seen.add(key)
        }
    }
  })

  it('knows what a provider takes out of the prompt', () => {
    assert.equal(isLeftOut('anthropic', 'x-anthropic-billing-header: cc_version=2; cch=1;'), true)
    assert.equal(isLeftOut('anthropic', 'The x-anthropic-billing-header: is a header.'), false)
    assert.equal(isLeftOut('openai', 'x-anthropic-billing-header: cch=1;'), false)
  })

  it('knows where the system prompt stands before the tools', () => {
    assert.equal(rendersSystemFirst('openai', 'gpt-4.1-2025-04-14'), true)
    assert.equal(rendersSystemFirst('openai', 'gpt-5.4'), false)
    assert.equal(rendersSystemFirst('anthropic', 'claude-sonnet-5'), false)
  })

  it('knows the models that forget their earlier thinking', () => {
    for (const model of [
      'claude-3-7-sonnet-20250219',
      'claude-sonnet-4-20250514',
      'claude-sonnet-4-5-20250929',
      'claude-opus-4-1',
      'claude-haiku-4-5',
    ])
      assert.equal(dropsEarlierThinking(model), true, model)
    for (const model of [
      'claude-opus-4-5',
      'claude-sonnet-4-6',
      'claude-sonnet-5',
      'claude-mythos-preview',
      'claude-haiku-5-5',
      'gpt-5.4',
    ])
      assert.equal(dropsEarlierThinking(model), false, model)
  })
})
