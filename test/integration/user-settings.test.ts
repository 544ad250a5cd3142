// The user's own settings file and its flags, as a running profiler obeys them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { Playground } from '../support/costflame'
import { EchoProvider } from '../support/echo-provider'

describe('user settings', () => {
  const provider = new EchoProvider()
  const playgrounds: Playground[] = []
  let origin: string
  before(async () => {
    origin = await provider.start()
  })
  after(async () => {
    for (const each of playgrounds) await each.remove()
    provider.stop()
  })

  async function serving(settings: object, ...flags: string[]): Promise<string> {
    const playground = new Playground({
      '.config/costflame/settings.jsonc': `// mine\n${JSON.stringify({ version: 1, ...settings })}`,
    })
    playgrounds.push(playground)
    return (await playground.serve(...flags)).ready.proxy
  }

  /** What the provider says that it was sent; the status where it was not asked. */
  async function sent(
    proxy: string,
    headers: Readonly<Record<string, string>> = {},
    path = '/openai',
  ): Promise<string> {
    const call = request(`${proxy}${path}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    })
    call.end('{"model":"gpt-5-mini","messages":[],"stream":true}')
    const [answer] = await once(call, 'response')
    let text = ''
    for await (const chunk of answer) text += chunk
    return answer.statusCode === 200 ? text : `${answer.statusCode}`
  }

  it('send calls to the upstream that they name, and a flag goes before them', async () => {
    assert.match(
      await sent(await serving({ upstreams: { openai: `${origin}/prefix/` } })),
      /\/prefix\/v1\/chat/,
    )
    const flag = await serving(
      { upstreams: { openai: 'http://127.0.0.1:9' } },
      '--upstream',
      `openai=${origin}/other`,
    )
    assert.match(await sent(flag), /\/other\/v1\/chat/)
  })

  it('let pages of named origins call, and no others', async () => {
    const upstreams = { openai: origin }
    const proxy = await serving(
      { upstreams, allowedOrigins: ['http://localhost:5173'] },
      '--allow-origin',
      'https://app.example',
    )
    assert.match(await sent(proxy, { origin: 'http://localhost:5173' }), /gpt-5-mini/)
    assert.match(await sent(proxy, { origin: 'https://app.example' }), /gpt-5-mini/)
    assert.equal(await sent(proxy, { origin: 'https://elsewhere.example' }), '403')
    assert.equal(await sent(await serving({ upstreams }), { origin: 'http://localhost:5173' }), '403')
  })

  it('decide whether streams are asked for their usage', async () => {
    const upstreams = { openai: origin }
    assert.match(await sent(await serving({ upstreams })), /include_usage/)
    assert.doesNotMatch(await sent(await serving({ upstreams, spliceUsage: false })), /include_usage/)
    assert.match(
      await sent(await serving({ upstreams, spliceUsage: false }, '--splice-usage', 'on')),
      /include_usage/,
    )
    assert.doesNotMatch(await sent(await serving({ upstreams }, '--splice-usage', 'off')), /include_usage/)
  })

  it('are told their mistakes with line and column, and the rest counts', async () => {
    const playground = new Playground({
      '.config/costflame/settings.jsonc': `{\n  "version": 1,\n  "upstreams": { "openai": "${origin}", "groq": "ftp://x" }\n}`,
    })
    playgrounds.push(playground)
    const { ready, child, ended } = await playground.serve()
    assert.match(await sent(ready.proxy), /gpt-5-mini/)
    child.kill('SIGTERM')
    assert.match(
      (await ended).stderr,
      /settings\.jsonc:3:\d+: upstreams\.groq must be an http or https URL without a password/,
    )
  })

  it('refuse a cloud-metadata address', async () => {
    const playground = new Playground({
      '.config/costflame/settings.jsonc': '{"version": 1, "upstreams": {"openai": "http://169.254.169.254"}}',
    })
    playgrounds.push(playground)
    const { child, ended } = await playground.serve()
    child.kill('SIGTERM')
    assert.match(
      (await ended).stderr,
      /upstreams\.openai: a link-local or cloud-metadata address is never an upstream/,
    )
  })

  it('are not obeyed where a flag makes no sense', async () => {
    const playground = new Playground()
    playgrounds.push(playground)
    for (const [flag, value] of [
      ['--allow-origin', 'http://x/y'],
      ['--content', 'some'],
      ['--retention-days', 'soon'],
    ] as const) {
      const { code, stderr } = await playground.run(['serve', flag, value])
      assert.equal(code, 2)
      assert.match(stderr, new RegExp(value))
    }
  })
})
