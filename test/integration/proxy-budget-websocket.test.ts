// What a budget does to calls over a WebSocket: each response is asked about by itself, with the real SDK.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { WebSocket } from 'ws'
import type { Admission, CallGate, GatedCall } from '../../profiler-agent/model/call-gate'
import { type Harness, KEY, text, useHarness } from '../support/proxy-harness'
import { ResponsesSocketServer } from '../support/responses-socket-server'

const REFUSAL = { rule: 'budget/modelCalls', message: 'budget exceeded: desk may make 1 call' }
const REFUSED: Admission = { passes: false, refusal: REFUSAL }
const PATH = '/openai/v1/responses'
const CREATE = { type: 'response.create', model: 'gpt-5.4', input: 'first' } as const

describe('proxy with a budget, WebSockets', () => {
  const startHarness = useHarness()
  let server: ResponsesSocketServer
  afterEach(() => server.stop())

  async function start(decide: (call: GatedCall) => Admission | Promise<Admission>) {
    server = new ResponsesSocketServer({ perMessageDeflate: { threshold: 0 } })
    const asked: GatedCall[] = []
    const gate: CallGate = {
      concerns: (_runId, { agent }) => agent === 'desk',
      admit: (call) => {
        asked.push(call)
        return decide(call)
      },
    }
    const proxy = await startHarness(() => undefined, { gate, upstreams: { openai: await server.start() } })
    return { proxy, asked }
  }

  const openSocket = async ({ port }: Harness, path = PATH) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      headers: { 'x-costflame-agent': 'desk' },
    })
    await once(socket, 'open')
    return socket
  }

  it('refuses a response with one error of the SDK and closes, after the others are through', async () => {
    let calls = 0
    const { proxy, asked } = await start(async () => (calls++ === 0 ? { passes: true } : REFUSED))
    const client = new OpenAI({ apiKey: KEY, baseURL: `${proxy.base}/openai/v1` })
    const socket = new ResponsesWS(client, { headers: { 'x-costflame-agent': 'desk' } })
    const errors: string[] = []
    const closed = new Promise<number>((resolve) => socket.socket.on('close', resolve))
    socket.on('error', (error) => errors.push(error.message))
    socket.on('response.completed', () => socket.send({ ...CREATE, input: 'second' }))
    socket.send(CREATE)
    assert.equal(await closed, 1008)
    assert.equal(errors.length, 1)
    assert.match(errors[0] ?? '', /budget exceeded: desk may make 1 call/)
    assert.equal(asked.length, 2)
    assert.deepEqual(
      asked.map(({ model, body }) => [model, JSON.parse(text(body)).input]),
      [
        ['gpt-5.4', 'first'],
        ['gpt-5.4', 'second'],
      ],
    )
    const [first, second] = await proxy.settled()
    assert.deepEqual(
      [first?.id, second?.id],
      asked.map(({ id }) => id),
    )
    assert.deepEqual([first?.status, first?.budget], [200, undefined])
    assert.deepEqual(
      [second?.status, second?.end, second?.budget],
      [402, 'complete', { stop: 'refused', ...REFUSAL }],
    )
    assert.equal(server.requests[0]?.headers['sec-websocket-extensions'], undefined)
  })

  it('lowers the cap of a response, and carries other messages as they are', async () => {
    const { proxy, asked } = await start(() => ({ passes: true, outputCap: 800 }))
    const socket = await openSocket(proxy)
    const received: unknown[] = []
    const [peer] = server.sockets
    const both = new Promise<void>((resolve) =>
      peer?.on('message', (data) => {
        received.push(JSON.parse(String(data)))
        if (received.length === 3) resolve()
      }),
    )
    socket.send(JSON.stringify({ type: 'response.steer', note: 'ü'.repeat(70_000) }))
    socket.send(JSON.stringify(CREATE), { fin: false })
    socket.send(' ', { fin: true })
    socket.send(JSON.stringify({ ...CREATE, max_output_tokens: 90 }))
    await both
    assert.deepEqual(received, [
      { type: 'response.steer', note: 'ü'.repeat(70_000) },
      { max_output_tokens: 800, ...CREATE },
      { ...CREATE, max_output_tokens: 90 },
    ])
    assert.equal(asked.length, 2)
    socket.close(1000)
    await once(socket, 'close')
  })

  it('ends a response that uses too much, and says so in its record', async () => {
    let isOver = false
    const hold = {
      output: (tokens: number) => (tokens >= 5 ? REFUSAL : undefined),
      ended: () => {
        isOver = true
      },
    }
    const { proxy } = await start(() => ({ passes: true, hold }))
    server.answer = (socket) => {
      socket.send(
        JSON.stringify({ type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } }),
      )
      const next = (word: number) => {
        const event = { type: 'response.output_text.delta', sequence_number: word, delta: `word${word} ` }
        if (socket.readyState === socket.OPEN)
          socket.send(JSON.stringify(event), () => setImmediate(next, word + 1))
      }
      next(1)
    }
    const socket = await openSocket(proxy)
    const heard: Record<string, unknown>[] = []
    socket.on('message', (data) => heard.push(JSON.parse(String(data))))
    socket.send(JSON.stringify(CREATE))
    const [code] = await once(socket, 'close')
    assert.equal(code, 1008)
    assert.deepEqual(
      heard.map(({ delta, status }) => delta ?? status),
      [undefined, 'word1 ', 'word2 ', 'word3 ', 'word4 ', 'word5 ', 402],
    )
    assert.deepEqual(heard.at(-1), {
      ...{ type: 'error', status: 402, sequence_number: 6 },
      error: { message: REFUSAL.message, type: 'insufficient_quota', param: null, code: 'budget_exceeded' },
    })
    const [exchange] = await proxy.settled()
    assert.deepEqual([exchange?.end, exchange?.budget], ['truncated', { stop: 'ended', ...REFUSAL }])
    assert.equal(isOver, true)
  })

  it('charges a refusal to the response that it is about, and lets the one before it finish', async () => {
    let calls = 0
    const { proxy } = await start(() => (calls++ === 0 ? { passes: true } : REFUSED))
    const finish = Promise.withResolvers<void>()
    server.answer = (socket) => {
      socket.send(JSON.stringify({ type: 'response.created', response: { id: 'resp_1' } }))
      void finish.promise.then(() =>
        socket.send(JSON.stringify({ type: 'response.completed', response: { id: 'resp_1' } })),
      )
    }
    const socket = await openSocket(proxy)
    const heard: unknown[] = []
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data))
      heard.push(type)
      if (type === 'response.created') socket.send(JSON.stringify({ ...CREATE, input: 'second' }))
      if (type === 'error') finish.resolve()
    })
    socket.send(JSON.stringify(CREATE))
    const [code] = await once(socket, 'close')
    assert.equal(code, 1008)
    assert.deepEqual(heard, ['response.created', 'error', 'response.completed'])
    const exchanges = await proxy.settled()
    assert.deepEqual(
      exchanges.map(({ requestBody, status, budget }) => [
        JSON.parse(text(requestBody)).input,
        status,
        budget?.stop,
      ]),
      [
        ['second', 402, 'refused'],
        ['first', 200, undefined],
      ],
    )
  })

  it('asks once about a socket whose calls cannot be told apart', async () => {
    const { proxy, asked } = await start(() => REFUSED)
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/openai/v1/live`, {
      headers: { 'x-costflame-agent': 'desk' },
    })
    const [request, response] = await once(socket, 'unexpected-response')
    assert.deepEqual(
      [response.statusCode, response.headers['x-should-retry'], asked.length],
      [402, 'false', 1],
    )
    request.destroy()
    const [exchange] = await proxy.settled()
    assert.deepEqual([exchange?.status, exchange?.budget?.stop], [402, 'refused'])
    assert.equal(server.requests.length, 0)
  })

  it('leaves sockets alone that it is not concerned with', async () => {
    const { proxy, asked } = await start(() => REFUSED)
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}${PATH}`, {
      perMessageDeflate: { threshold: 0 },
    })
    await once(socket, 'open')
    assert.match(socket.extensions, /permessage-deflate/)
    socket.send(JSON.stringify(CREATE))
    await once(socket, 'message')
    socket.close()
    await once(socket, 'close')
    assert.equal(asked.length, 0)
  })
})
