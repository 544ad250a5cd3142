// A running profiler with a `config.jsonc`: its prices, deployments and upstreams, a change while it runs, a mistake in it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Playground } from '../support/costflame'
import { until } from '../support/until'

describe('a profiler with a configuration', () => {
  let playground: Playground
  let upstream: Server
  beforeEach(async () => {
    upstream = createServer((req, res) => {
      req.resume().on('end', () => {
        res.setHeader('content-type', 'application/json').end(REPLY)
      })
    }).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    playground = new Playground()
  })
  afterEach(async () => {
    await playground.remove()
    upstream.close()
    upstream.closeAllConnections()
  })

  const upstreams = () => ({ openai: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` })
  const configure = (config: object) =>
    playground.write({ '.costflame/config.jsonc': JSON.stringify({ version: 1, ...config }) })
  const call = async (proxy: string, headers: Record<string, string> = {}) => {
    const stored = playground.storedCalls()
    await fetch(`${proxy}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test', ...headers },
      body: JSON.stringify({ model: 'my-alias', messages: [{ role: 'user', content: 'x' }] }),
    }).then((reply) => reply.text())
    await until('the call in the store', () => playground.storedCalls() > stored)
  }

  it('prices each call as the file stands at that moment, and says what is wrong in it', async () => {
    const price = (input: number) => ({
      prices: [{ provider: 'openai', models: 'gpt-5.4', perMillionTokens: { input, output: 0 } }],
    })
    configure({ upstreams: upstreams(), ...price(1), mistake: true })
    const { ready, child, ended } = await playground.serve()
    await call(ready.proxy)
    configure(price(3))
    await call(ready.proxy)
    configure({ deployments: { openai: { 'my-alias': 'gpt-5-mini' } } })
    await call(ready.proxy)
    child.kill('SIGINT')
    const { stderr } = await ended
    assert.match(stderr, /\.costflame\/config\.jsonc:1:\d+: unknown key "mistake"/)
    const [run] = await playground.exported('latest')
    const costs = run?.spans.flatMap((span) => span.modelCall?.cost ?? []) ?? []
    assert.deepEqual(
      costs.map(({ picoUsd, source, pricedAs }) => [picoUsd, source, pricedAs]),
      [
        [1_000_000_000, 'override', undefined],
        [3_000_000_000, 'override', undefined],
        // 1,000 × 0.25 + 100 × 2, per million
        [450_000_000, 'catalog', 'gpt-5-mini'],
      ],
    )
  })
})

const REPLY = JSON.stringify({
  object: 'chat.completion',
  model: 'gpt-5.4-2026-03-05',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
})
