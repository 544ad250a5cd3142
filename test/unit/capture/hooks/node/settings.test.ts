import assert from 'node:assert/strict'
import { readSettings } from '../../../../../profiler-agent/capture/hooks/node/settings'

const PROXY = { COSTFLAME_PROXY: 'http://127.0.0.1:4100' }

describe('the settings of the hook', () => {
  it('are none without a proxy, or when it is switched off', () => {
    assert.equal(readSettings({}), undefined)
    assert.equal(readSettings({ COSTFLAME_PROXY: 'not a url' }), undefined)
    assert.equal(readSettings({ ...PROXY, COSTFLAME_DISABLE: '1' }), undefined)
  })

  it('keep the path of an upstream, and leave out what is no address', () => {
    const upstreams = { openai: 'https://gateway.example/team-a/', groq: 'file:///x', xai: 7 }
    const settings = readSettings({ ...PROXY, COSTFLAME_UPSTREAMS: JSON.stringify(upstreams) })
    assert.deepEqual(settings?.upstreams, { openai: 'https://gateway.example/team-a' })
  })

  it('take broken upstreams for none', () => {
    assert.deepEqual(readSettings({ ...PROXY, COSTFLAME_UPSTREAMS: '{' })?.upstreams, {})
  })
})
