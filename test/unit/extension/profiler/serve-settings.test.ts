// VS Code settings as flags of `costflame serve`.

import assert from 'node:assert/strict'
import { serveFlags, withoutOwnUpstreams } from '../../../../extension/profiler/serve-settings'

describe('extension/profiler/serve-settings', () => {
  const flagsOf = (settings: Readonly<Record<string, unknown>>) =>
    serveFlags((key) => settings[key]).join(' ')

  it('says nothing of what the user did not set', () => {
    assert.equal(flagsOf({}), '')
  })

  it('says everything that the user did set', () => {
    assert.equal(
      flagsOf({
        upstreams: { openai: 'https://gateway.example' },
        content: 'hashes',
        spliceUsage: false,
        allowedOrigins: ['http://localhost:5173'],
        'retention.days': 7,
        'retention.maxBytes': 5_000_000,
      }),
      '--upstream openai=https://gateway.example --content hashes --splice-usage off --allow-origin http://localhost:5173 --retention-days 7 --retention-size 5000000',
    )
    assert.equal(flagsOf({ spliceUsageOnCustomHosts: true }), '--splice-usage everywhere')
    assert.equal(flagsOf({ spliceUsage: true }), '--splice-usage on')
  })

  it('leaves the calls of a program to the addresses that its own variables name', () => {
    const upstreams = { openai: 'https://gateway.example', anthropic: 'https://other.example' }
    const setting = withoutOwnUpstreams((key) => (key === 'upstreams' ? upstreams : undefined), {
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    })
    assert.deepEqual(serveFlags(setting), ['--upstream', 'anthropic=https://other.example'])
  })

  it('leaves out what is of the wrong type', () => {
    assert.equal(flagsOf({ upstreams: null, content: 1, allowedOrigins: [2], 'retention.days': '7' }), '')
  })
})
