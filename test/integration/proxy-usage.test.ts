// Usage of OpenAI-style streams: asked for, kept, and taken out again, with the real SDK.

import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { REDACTED } from '../../profiler-agent/capture/redact'
import { bodyOf, KEY, listen, portOf, type Script, TOKEN, text, useHarness } from '../support/proxy-harness'

describe('proxy usage', () => {
  const start = useHarness()

  describe('usage of streams', () => {
    const chunk = (choices: unknown[], usage: unknown) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, usage })}\n\n`
    const deltas = [
      chunk([{ index: 0, delta: { role: 'assistant', content: 'Hel' } }], null),
      chunk([{ index: 0, delta: { content: 'lo' }, finish_reason: 'stop' }], null),
    ]
    const usage = chunk([], { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 })
    const done = 'data: [DONE]\n\n'
    const model: Script = (_req, res, body) => {
      const isAsked = JSON.parse(body.toString()).stream_options?.include_usage === true
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      for (const event of [...deltas, ...(isAsked ? [usage] : []), done]) res.write(event)
      res.end()
    }
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'é "stream_options"' }] }

    it('are asked for and kept from a program on the openai SDK that did not ask', async () => {
      const proxy = await start(model)
      const client = new OpenAI({ apiKey: KEY, baseURL: `${proxy.base}/openai/v1` })
      const seen: unknown[] = []
      for await (const part of await client.chat.completions.create({ ...request, stream: true }))
        seen.push(part.choices.length)
      assert.deepEqual(seen, [1, 1])
      const sent = proxy.received[0]
      assert.equal(
        text(sent?.body),
        `{"stream_options":{"include_usage":true},${JSON.stringify({ ...request, stream: true }).slice(1)}`,
      )
      const at = sent?.rawHeaders.findIndex((name) => name.toLowerCase() === 'accept-encoding') ?? 0
      assert.equal(sent?.rawHeaders[at + 1], 'identity')
      const [exchange] = await proxy.settled()
      assert.equal(text(exchange?.responseBody), [...deltas, usage, done].join(''))
      assert.equal(text(exchange?.requestBody), JSON.stringify({ ...request, stream: true }))
      assert.equal(exchange?.requestHeaders.authorization, REDACTED)
    })

    it('reach a program that did ask', async () => {
      const proxy = await start(model)
      const client = new OpenAI({ apiKey: KEY, baseURL: `${proxy.base}/openai/v1` })
      const stream = await client.chat.completions.create({
        ...request,
        stream: true,
        stream_options: { include_usage: true },
      })
      const totals: unknown[] = []
      for await (const part of stream) totals.push(part.usage?.total_tokens)
      assert.deepEqual(totals, [undefined, undefined, 5])
    })

    it('give the client the very bytes that it would have had', async () => {
      const proxy = await start(model)
      const body = JSON.stringify({ ...request, stream: true })
      const answer = await proxy.send('/openai/v1/chat/completions', { method: 'POST' }, body)
      assert.equal(text(answer.body), [...deltas, done].join(''))
    })

    it('are left alone when switched off, for other paths and for custom hosts', async () => {
      const body = JSON.stringify({ ...request, stream: true })
      const off = await start(model, { spliceUsage: false })
      await off.send('/openai/v1/chat/completions', { method: 'POST' }, body)
      await off.send('/anthropic/v1/messages', { method: 'POST' }, body)
      for (const received of off.received) assert.equal(text(received.body), body)
      await off.stop()
      const other = await listen((req, res) => void bodyOf(req).then((bytes) => res.end(bytes)))
      const on = await start(model)
      const headers = {
        'x-costflame-token': TOKEN,
        'x-costflame-upstream': `http://127.0.0.1:${portOf(other)}`,
      }
      const echoed = await on.send('/openai/v1/chat/completions', { method: 'POST', headers }, body)
      assert.equal(text(echoed.body), body)
      other.closeAllConnections()
      other.close()
    })
  })
})
