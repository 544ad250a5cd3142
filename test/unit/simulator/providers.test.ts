// Whose API a request means.
import assert from 'node:assert/strict'
import { providerOf } from '../../../profiler-agent/simulator/providers'

describe('provider of a request', () => {
  it('is the first part of the path, then the one that has such models, then the usual one', () => {
    assert.equal(providerOf('/deepseek/v1/chat/completions', 'gpt-5.5', 'openai'), 'deepseek')
    assert.equal(providerOf('/v1/chat/completions', 'deepseek-chat', 'openai'), 'deepseek')
    assert.equal(providerOf('/v1/chat/completions', 'grok-4.7', 'openai'), 'xai')
    assert.equal(providerOf('/v1/chat/completions', 'anthropic/claude-sonnet-5', 'openai'), 'openrouter')
    assert.equal(providerOf('/openai/v1/chat/completions', 'mistral-small-latest', 'openai'), 'openai')
    assert.equal(providerOf('/v1/messages', 'claude-sonnet-5', 'anthropic'), 'anthropic')
  })
})
