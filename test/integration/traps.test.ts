// Traps of the wire, named after their rows (the others: test/unit/traps.test.ts): what a provider gets when the proxy stands between.

import assert from 'node:assert/strict'
import { Playground } from '../support/costflame'
import { TOKEN, text, useHarness } from '../support/proxy-harness'
import { trap } from '../unit/traps/trap'

const JSON_TYPE = { 'content-type': 'application/json' }

describe('traps of the wire', () => {
  const start = useHarness()

  trap(34, 'the provider gets the very bytes of the body: order, spaces, escapes and numbers', async () => {
    const body =
      '{ "model":"gpt-5.4",\n\t"z":1.0, "a":1e2,"big":12345678901234567890,"messages":[{"role":"user","content":"caf\\u00e9 ☕ \\/"}] }'
    const { send, received } = await start((_req, res) => res.end('{}'))
    await send('/openai/v1/chat/completions', { method: 'POST', headers: JSON_TYPE }, body)
    assert.equal(text(received[0]?.body), body)
  })

  trap(35, 'nothing is answered from a memory: two equal requests are two calls', async () => {
    let count = 0
    const { send, received } = await start((_req, res) => res.end(`{"n":${++count}}`))
    const body = '{"model":"gpt-5.4","messages":[]}'
    const answers = [1, 2].map(() =>
      send('/openai/v1/chat/completions', { method: 'POST', headers: JSON_TYPE }, body),
    )
    const texts = (await Promise.all(answers)).map((answer) => text(answer.body))
    assert.deepEqual([texts.sort(), received.length], [['{"n":1}', '{"n":2}'], 2])
  })

  trap(46, 'a body of 20 MB passes whole', async () => {
    const body = `{"model":"gpt-5.4","input":"${'x'.repeat(20 * 1024 * 1024)}"}`
    const { send, received } = await start((_req, res) => res.end('{}'))
    const { status } = await send('/openai/v1/embeddings', { method: 'POST', headers: JSON_TYPE }, body)
    assert.deepEqual([status, text(received[0]?.body) === body], [200, true])
  })

  trap(44, 'what is handed on of a call holds no key', async () => {
    const { send, settled } = await start((_req, res) =>
      res.end('{"error":"bad key sk-canary-0123456789abcdef"}'),
    )
    const headers = {
      ...JSON_TYPE,
      authorization: 'Bearer sk-canary-0123456789abcdef',
      'x-costflame-token': TOKEN,
    }
    await send(
      '/openai/v1/chat/completions?api_key=sk-canary-0123456789abcdef',
      { method: 'POST', headers },
      '{}',
    )
    const [exchange] = await settled()
    const { requestBody, responseBody, ...rest } = exchange ?? assert.fail('no record')
    for (const part of [JSON.stringify(rest), text(requestBody), text(responseBody)])
      assert.doesNotMatch(part, /sk-canary|test-token/)
  })

  describe('of several profilers', () => {
    const playground = new Playground()
    after(() => playground.remove())

    trap(47, 'each takes a port of its own, and none the one of OpenTelemetry', async () => {
      const profilers = [await playground.serve(), await playground.serve()]
      const ports = profilers.map(({ ready }) => Number(new URL(ready.proxy).port))
      assert.equal(new Set([...ports, 4318]).size, 3)
      // What OpenTelemetry sends goes to the very port that is announced.
      assert.deepEqual(
        profilers.map(({ ready }) => Number(new URL(ready.otlp).port)),
        ports,
      )
      for (const { child, ended } of profilers) {
        child.kill('SIGTERM')
        assert.equal((await ended).code, 0)
      }
    })
  })
})
