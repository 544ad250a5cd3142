import assert from 'node:assert/strict'
import { upstreamUrl } from '../../../../../profiler-agent/capture/hooks/node/upstream'

const target = (path: string, upstreams: Record<string, string> = {}, foreign: string | null = null) =>
  upstreamUrl(new URL(path, 'http://127.0.0.1:4100'), upstreams, foreign)

describe('the provider’s URL of a call through the proxy', () => {
  it('is the provider’s own origin with the rest as it was', () => {
    assert.equal(
      target('/openai/v1/chat/completions?a=b%20c'),
      'https://api.openai.com/v1/chat/completions?a=b%20c',
    )
    assert.equal(target('/r/run-1/anthropic/v1/messages'), 'https://api.anthropic.com/v1/messages')
  })

  it('takes the base of the Vercel SDK as well as that of Anthropic’s own', () => {
    assert.equal(target('/anthropic/messages'), 'https://api.anthropic.com/v1/messages')
  })

  it('prefers what the user had set', () => {
    const upstreams = { anthropic: 'http://127.0.0.1:9000' }
    assert.equal(target('/anthropic/v1/messages', upstreams), 'http://127.0.0.1:9000/v1/messages')
  })

  it('is what the proxy would have called, also where the user had set it', () => {
    const upstreams = { anthropic: 'http://127.0.0.1:9000', openai: 'https://gateway.example/team-a' }
    assert.equal(target('/anthropic/messages', upstreams), 'http://127.0.0.1:9000/v1/messages')
    assert.equal(target('/anthropic/models', upstreams), 'http://127.0.0.1:9000/models')
    assert.equal(target('/openai/v1/x', upstreams), 'https://gateway.example/team-a/v1/x')
  })

  it('knows hosts that are not listed', () => {
    assert.equal(target('/openai/@gateway.example/v1/x'), 'https://gateway.example/v1/x')
    assert.equal(target('/openai/v1/x', {}, 'https://other.example'), 'https://other.example/v1/x')
  })

  it('is unknown where only the proxy could tell', () => {
    assert.equal(target('/bedrock/model/x/invoke'), undefined)
    assert.equal(target('/toString/x'), undefined)
    assert.equal(target('/'), undefined)
  })
})
