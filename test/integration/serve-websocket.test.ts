// WebSocket and HTTP/2 through `costflame serve`: each response on a socket of the openai SDK is a call with its own usage and cost.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import * as http2 from 'node:http2'
import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { WebSocket } from 'ws'
import { Playground } from '../support/costflame'
import { KEY } from '../support/proxy-harness'
import { ResponsesSocketServer } from '../support/responses-socket-server'

describe('costflame serve, websocket', () => {
  const playground = new Playground()
  const server = new ResponsesSocketServer()
  after(async () => {
    await playground.remove()
    server.stop()
  })

  it('counts two responses side by side, and one that was cut short', async () => {
    const { ready, child, ended } = await playground.serve('--upstream', `openai=${await server.start()}`)
    const client = new OpenAI({ apiKey: KEY, baseURL: `${ready.proxy}/r/run-ws/openai/v1` })
    const socket = new ResponsesWS(client)
    let completed = 0
    const both = new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('response.completed', () => {
        if (++completed === 2) resolve()
      })
    })
    for (const stream_id of ['A', 'B'])
      socket.send({ type: 'response.create', model: 'gpt-5.4', input: stream_id.repeat(10), stream_id })
    await both
    server.answer = (one) => one.send('{"type":"response.created","response":{"id":"resp_cut"}}')
    const begun = new Promise<void>((resolve) => socket.on('response.created', () => resolve()))
    socket.send({ type: 'response.create', model: 'gpt-5.4', input: 'cut short' })
    await begun
    socket.close()
    child.kill('SIGTERM')
    assert.equal((await ended).code, 0)
    const [run] = await playground.exported('run-ws')
    const calls = run?.spans.flatMap(({ modelCall }) => (modelCall ? [modelCall] : [])) ?? []
    assert.deepEqual(
      calls.map(({ provider, endpoint, responseId, stream, billed, usage }) => ({
        ...{ provider, endpoint, responseId, stream, billed },
        usage: [usage.uncachedInputTokens, usage.cacheReadTokens, usage.outputTokens, usage.origin],
      })),
      ['resp_1', 'resp_2', 'resp_cut'].map((responseId) => ({
        ...{ provider: 'openai', endpoint: '/v1/responses', responseId, stream: true, billed: true },
        usage: responseId === 'resp_cut' ? [null, null, null, 'unknown'] : [46, 64, 7, 'reported'],
      })),
    )
    assert.deepEqual(
      calls.map(({ cost }) => cost !== null && cost.picoUsd > 0),
      [true, true, false],
    )
    assert.equal(JSON.stringify(run).includes(KEY), false)
  })

  it('ends in good time with sockets and HTTP/2 sessions that are idle, and knows a call of each', async () => {
    const place = new Playground()
    const model = new ResponsesSocketServer()
    const { ready, child, ended } = await place.serve('--upstream', `openai=${await model.start()}`)
    const session = http2.connect(ready.proxy)
    const stream = session.request({ ':method': 'POST', ':path': '/r/both/openai/v1/chat/completions' })
    stream.end('{"model":"gpt-5.4","messages":[]}')
    stream.resume()
    const [answer] = await once(stream, 'response')
    assert.equal(answer[':status'], 200)
    const socket = new WebSocket(`${ready.proxy.replace('http', 'ws')}/r/both/openai/v1/responses`)
    await once(socket, 'open')
    const closed = Promise.all([once(session, 'close'), once(socket, 'close')])
    const began = performance.now()
    child.kill('SIGTERM')
    assert.equal((await ended).code, 0)
    // A WebSocket's own patience would be 30 s.
    assert.ok(performance.now() - began < 29_000)
    await closed
    const [run] = await place.exported('both')
    assert.deepEqual(
      run?.spans.flatMap(({ modelCall }) => (modelCall ? [modelCall.endpoint] : [])),
      ['/v1/chat/completions'],
    )
    await place.remove()
    model.stop()
  })
})
