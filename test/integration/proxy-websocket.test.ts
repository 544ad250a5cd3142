// WebSockets through the proxy: bytes, aborts and refusals as they came, and a record for each response, with the real SDK.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import { join } from 'node:path'
import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { WebSocket } from 'ws'
import type { HttpExchange } from '../../profiler-agent/model/exchange'
import { type Harness, KEY, listen, portOf, TOKEN, text, useHarness } from '../support/proxy-harness'
import { ResponsesSocketServer } from '../support/responses-socket-server'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/test-certificate'
import { temporaryFolder, writeFiles } from '../support/test-folders'

const events = (exchange: HttpExchange | undefined) =>
  text(exchange?.responseBody)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('proxy websocket', () => {
  const start = useHarness()
  const servers: { stop(): void }[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.stop()
  })

  async function withModel(
    server = new ResponsesSocketServer(),
  ): Promise<{ proxy: Harness; server: ResponsesSocketServer }> {
    servers.push(server)
    const proxy = await start(() => undefined, { upstreams: { openai: await server.start() } })
    return { proxy, server }
  }

  const socketTo = (proxy: Harness, path: string, options = {}) =>
    new WebSocket(`ws://127.0.0.1:${proxy.port}${path}`, options)

  it('carries responses of the openai SDK, in turns and side by side, and counts each by itself', async () => {
    const { proxy, server } = await withModel()
    const client = new OpenAI({ apiKey: KEY, baseURL: `${proxy.base}/r/run-ws/openai/v1` })
    const socket = new ResponsesWS(client, { headers: { 'x-costflame-agent': 'planner' } })
    const done: string[] = []
    const both = new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('response.completed', ({ response }) => {
        done.push(response.id)
        if (done.length === 1)
          for (const stream_id of ['A', 'B'])
            socket.send({ type: 'response.create', model: 'gpt-5.4', input: `lane ${stream_id}`, stream_id })
        if (done.length === 3) resolve()
      })
    })
    socket.send({ type: 'response.create', model: 'gpt-5.4', input: 'first' })
    await both
    socket.close()
    const exchanges = await proxy.settled()
    assert.deepEqual(
      exchanges.map((one) => ({
        ...{ transport: one.transport, runId: one.runId, end: one.end, status: one.status },
        input: JSON.parse(text(one.requestBody)).input,
        events: events(one).map(({ type }) => type),
        tokens: events(one).at(-1).response.usage.input_tokens,
      })),
      ['first', 'lane A', 'lane B'].map((input) => ({
        ...{ transport: 'websocket', runId: 'run-ws', end: 'complete', status: 200 },
        input,
        events: ['response.created', 'response.output_text.delta', 'response.completed'],
        tokens: 100 + input.length,
      })),
    )
    const [first] = exchanges
    assert.equal(first?.attribution.agent, 'planner')
    assert.match(first?.url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/v1\/responses$/)
    assert.ok((first?.firstByteMs ?? -1) >= 0 && (first?.firstByteMs ?? 1) <= (first?.durationMs ?? 0))
    const [request] = server.requests
    assert.equal(request?.headers.authorization, `Bearer ${KEY}`)
    assert.equal(request?.headers.host, `127.0.0.1:${new URL(first?.url ?? '').port}`)
    assert.equal(
      Object.keys(request?.headers ?? {}).some((name) => name.startsWith('x-costflame')),
      false,
    )
    assert.equal(JSON.stringify(exchanges.map(withoutSecrets)).includes(KEY), false)
  })

  it('reads compressed frames of both sides and passes on the extension as it was agreed', async () => {
    const { proxy, server } = await withModel(
      new ResponsesSocketServer({ perMessageDeflate: { threshold: 0 } }),
    )
    const socket = socketTo(proxy, '/openai/v1/responses', { perMessageDeflate: { threshold: 0 } })
    await once(socket, 'open')
    assert.match(socket.extensions, /permessage-deflate/)
    for (let turn = 0; turn < 3; turn++) {
      socket.send(
        JSON.stringify({ type: 'response.create', model: 'm', input: 'again and again '.repeat(50) }),
      )
      await messages(socket, 3)
    }
    socket.close(1000, 'done')
    await once(socket, 'close')
    const exchanges = await proxy.settled()
    assert.deepEqual(
      exchanges.map((one) => [JSON.parse(text(one.requestBody)).input.length, events(one).length]),
      [
        [800, 3],
        [800, 3],
        [800, 3],
      ],
    )
    assert.match(server.requests[0]?.headers['sec-websocket-extensions'] ?? '', /permessage-deflate/)
  })

  it("serves Node's own WebSocket", async () => {
    const { proxy } = await withModel()
    const socket = new globalThis.WebSocket(`ws://127.0.0.1:${proxy.port}/openai/v1/responses`)
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    const done = new Promise<void>((resolve) =>
      socket.addEventListener('message', ({ data }) => {
        if (String(data).includes('response.completed')) resolve()
      }),
    )
    socket.send('{"type":"response.create","model":"m","input":"x"}')
    await done
    socket.close()
    assert.equal((await proxy.settled()).length, 1)
  })

  it('passes every byte of both directions untouched, head and all', async () => {
    const fromUpstream = randomBytes(3 * 1024 * 1024)
    const fromClient = Buffer.concat([masked('{"type":"response.create"}'), randomBytes(3 * 1024 * 1024)])
    const received: Buffer[] = []
    const upstream = net.createServer((socket) => {
      const answer = 'HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Up: 1\r\n\r\n'
      socket.once('data', (head: Buffer) => {
        socket.write(answer)
        received.push(head.subarray(head.indexOf('\r\n\r\n') + 4))
        socket.on('data', (chunk: Buffer) => {
          received.push(chunk)
          if (Buffer.concat(received).length === fromClient.length) socket.end(fromUpstream)
        })
      })
      socket.on('error', () => undefined)
    })
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    servers.push({ stop: () => upstream.close() })
    const proxy = await start(() => undefined, {
      upstreams: { openai: `http://127.0.0.1:${portOf(upstream)}` },
    })
    const socket = net.connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
    const head = `GET /openai/v1/responses HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
    socket.write(Buffer.concat([Buffer.from(head), fromClient]))
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'end')
    const answer = Buffer.concat(chunks)
    const end = answer.indexOf('\r\n\r\n') + 4
    assert.match(answer.subarray(0, end).toString(), /^HTTP\/1\.1 101 .*\r\nX-Up: 1\r\n/s)
    assert.ok(answer.subarray(end).equals(fromUpstream))
    socket.destroy()
    await proxy.settled()
    assert.ok(Buffer.concat(received).equals(fromClient))
  })

  it('passes on close codes of both sides', async () => {
    const { proxy, server } = await withModel()
    const byServer = socketTo(proxy, '/openai/v1/responses')
    await once(byServer, 'open')
    server.sockets[0]?.close(4321, 'enough')
    assert.deepEqual((await once(byServer, 'close')).map(String), ['4321', 'enough'])
    const byClient = socketTo(proxy, '/openai/v1/responses')
    await once(byClient, 'open')
    byClient.close(4000, 'bye')
    const [code, reason] = await once(server.sockets[1] as WebSocket, 'close')
    assert.deepEqual([code, String(reason)], [4000, 'bye'])
    assert.deepEqual(await proxy.settled(), [])
  })

  for (const who of ['client', 'upstream'] as const)
    it(`passes on that the ${who} broke off in the middle of a response`, async () => {
      class Silent extends ResponsesSocketServer {
        override answer(socket: WebSocket): void {
          socket.send(JSON.stringify({ type: 'response.created', response: { id: 'resp_1' } }))
        }
      }
      const { proxy, server } = await withModel(new Silent())
      const socket = socketTo(proxy, '/openai/v1/responses')
      await once(socket, 'open')
      socket.send('{"type":"response.create","model":"m"}')
      await once(socket, 'message')
      const [breaking, other] = who === 'client' ? [socket, server.sockets[0]] : [server.sockets[0], socket]
      const closed = once(other as WebSocket, 'close')
      breaking?.terminate()
      assert.equal((await closed)[0], 1006)
      const [exchange] = await proxy.settled()
      assert.equal(exchange?.end, who === 'client' ? 'aborted' : 'truncated')
      assert.deepEqual(
        events(exchange).map(({ type }) => type),
        ['response.created'],
      )
    })

  it('passes a refusal on with its body, and records it', async () => {
    const proxy = await start((_req, res) => {
      res.writeHead(401, { 'content-type': 'application/json', 'x-request-id': 'r9' })
      res.end('{"error":{"message":"no such key"}}')
    })
    const socket = socketTo(proxy, '/openai/v1/responses', { headers: { authorization: `Bearer ${KEY}` } })
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, http.IncomingMessage]
    let body = ''
    for await (const chunk of answer) body += chunk
    assert.deepEqual(
      [answer.statusCode, answer.headers['x-request-id'], body],
      [401, 'r9', '{"error":{"message":"no such key"}}'],
    )
    const [exchange] = await proxy.settled()
    assert.deepEqual([exchange?.status, exchange?.end, text(exchange?.responseBody)], [401, 'complete', body])
    assert.equal(JSON.stringify(exchange && withoutSecrets(exchange)).includes(KEY), false)
  })

  it('says that an upstream cannot be reached', async () => {
    const gone = await listen(() => undefined)
    const port = portOf(gone)
    await new Promise((resolve) => gone.close(resolve))
    const proxy = await start(() => undefined, { upstreams: { openai: `http://127.0.0.1:${port}` } })
    assert.equal((await refusal(socketTo(proxy, '/openai/v1/responses')))?.statusCode, 502)
    const [exchange] = await proxy.settled()
    assert.deepEqual([exchange?.end, exchange?.status], ['unreachable', 502])
  })

  it('guards sockets as it guards calls', async () => {
    const { proxy, server } = await withModel()
    const path = '/openai/v1/responses'
    const status = async (at: string, headers = {}) =>
      (await refusal(socketTo(proxy, at, { headers })))?.statusCode
    assert.equal(await status(path, { host: `evil.example:${proxy.port}` }), 403)
    assert.equal(await status(path, { origin: 'https://evil.example' }), 403)
    assert.equal(await status('/nowhere/v1/responses'), 404)
    assert.equal(await status('/openai/@llm.example/v1/responses'), 401)
    assert.equal(await status(path, { 'x-costflame-upstream': 'https://llm.example' }), 401)
    const metadata = { 'x-costflame-upstream': 'http://169.254.169.254', 'x-costflame-token': TOKEN }
    assert.equal(await status(path, metadata), 403)
    assert.equal(server.requests.length, 0)
    const named = {
      'x-costflame-upstream': `http://127.0.0.1:${portOf(server.server)}`,
      'x-costflame-token': TOKEN,
    }
    const socket = socketTo(proxy, path, { headers: named })
    await once(socket, 'open')
    socket.terminate()
  })

  it('keeps a key in a subprotocol out of the record and away from nobody else', async () => {
    const { proxy, server } = await withModel(
      new ResponsesSocketServer({ handleProtocols: () => 'realtime' }),
    )
    const protocols = ['realtime', `openai-insecure-api-key.${KEY}`]
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/openai/v1/responses`, protocols)
    await once(socket, 'open')
    assert.equal(socket.protocol, 'realtime')
    socket.send(JSON.stringify({ type: 'response.create', model: 'm', input: `my key is ${KEY}` }))
    await messages(socket, 3)
    socket.terminate()
    assert.equal(server.requests[0]?.headers['sec-websocket-protocol'], protocols.join(','))
    const [exchange] = await proxy.settled()
    const { requestBody, responseBody, ...rest } = withoutSecrets(exchange as HttpExchange)
    for (const shown of [JSON.stringify(rest), text(requestBody), text(responseBody)])
      assert.equal(shown.includes(KEY), false)
    assert.match(JSON.parse(text(requestBody)).input, /^my key is ‹redacted›$/)
  })

  it('records other sockets as one exchange of what was seen', async () => {
    const { proxy } = await withModel(
      new (class extends ResponsesSocketServer {
        override answer(socket: WebSocket, message: Record<string, unknown>): void {
          socket.send(Buffer.from(JSON.stringify({ reply: message.setup })))
          socket.send(randomBytes(100))
        }
      })(),
    )
    const socket = socketTo(proxy, '/openai/ws/live')
    await once(socket, 'open')
    for (const setup of [1, 2]) {
      socket.send(JSON.stringify({ setup }))
      await once(socket, 'message')
    }
    socket.close()
    await once(socket, 'close')
    const [exchange, ...others] = await proxy.settled()
    assert.deepEqual(
      [exchange?.method, exchange?.status, exchange?.end, exchange?.transport, others.length],
      ['GET', 101, 'complete', 'websocket', 0],
    )
    assert.equal(text(exchange?.requestBody), '{"setup":1}\n{"setup":2}\n')
    assert.match(text(exchange?.responseBody), /^\{"reply":1\}\n\{"reply":2\}\n$/)
  })

  it('closes no socket over a fault of ours or frames that it cannot read', async () => {
    const { proxy, server } = await withModel()
    const fail = () => {
      throw new Error('broken')
    }
    await proxy.stop()
    const faulty = await start(() => undefined, {
      upstreams: { openai: `http://127.0.0.1:${portOf(server.server)}` },
      ...{ onStart: fail, onExchange: fail, resolveRun: fail, maxCopyBytes: 50 },
    })
    const socket = socketTo(faulty, '/openai/v1/responses')
    await once(socket, 'open')
    for (const input of ['a', 'x'.repeat(500), 'b']) {
      socket.send(JSON.stringify({ type: 'response.create', input }))
      await messages(socket, 3)
    }
    socket.close(1000)
    assert.equal((await once(socket, 'close'))[0], 1000)
    await faulty.settled()
    assert.match(faulty.logged.join('\n'), /reading a WebSocket failed/)
  })

  it('lets a response finish when the profiler closes, and ends idle sockets', async () => {
    let finish: (() => void) | undefined
    class Slow extends ResponsesSocketServer {
      override answer(socket: WebSocket, request: Record<string, unknown>): void {
        finish = () => super.answer(socket, request)
      }
    }
    const { proxy } = await withModel(new Slow())
    const [busy, idle] = [socketTo(proxy, '/openai/v1/responses'), socketTo(proxy, '/openai/v1/responses')]
    await Promise.all([once(busy, 'open'), once(idle, 'open')])
    busy.send('{"type":"response.create","model":"m","input":"x"}')
    while (!finish) await new Promise(setImmediate)
    const settled = proxy.settled()
    await once(idle, 'close')
    finish()
    await Promise.all([once(busy, 'close'), settled])
    assert.deepEqual(
      proxy.exchanges.map(({ end }) => end),
      ['complete'],
    )
  })

  it('tunnels through HTTPS_PROXY and trusts the certificates of SSL_CERT_FILE', async () => {
    const server = new ResponsesSocketServer(
      {},
      https.createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }),
    )
    servers.push(server)
    const { port } = new URL(await server.start())
    const tunnels: string[] = []
    const forward = await listen(() => undefined)
    forward.on('connect', (req: http.IncomingMessage, client: net.Socket) => {
      tunnels.push(req.url ?? '')
      const target = net.connect(Number(port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        target.pipe(client).pipe(target)
      })
      for (const socket of [client, target]) socket.on('error', () => undefined)
    })
    servers.push({ stop: () => void forward.close() })
    const folder = temporaryFolder('ca')
    writeFiles(folder.path, { 'ca.pem': TEST_CERTIFICATE })
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${portOf(forward)}`,
      SSL_CERT_FILE: join(folder.path, 'ca.pem'),
    }
    const upstreams = { openai: `https://llm.test:${port}` }
    const proxy = await start(() => undefined, { env, upstreams })
    const socket = socketTo(proxy, '/openai/v1/responses')
    await once(socket, 'open')
    socket.send('{"type":"response.create","model":"m","input":"x"}')
    assert.equal((await messages(socket, 3)).length, 3)
    socket.terminate()
    assert.deepEqual(tunnels, [`llm.test:${port}`])
    const [exchange] = await proxy.settled()
    assert.equal(exchange?.url, `https://llm.test:${port}/v1/responses`)
    folder.remove()
  })
})

/** The HTTP answer to an upgrade. */
async function refusal(socket: WebSocket): Promise<http.IncomingMessage> {
  socket.on('error', () => undefined)
  const [req, answer] = (await once(socket, 'unexpected-response')) as [
    http.ClientRequest,
    http.IncomingMessage,
  ]
  req.destroy()
  return answer
}

/** Resolves with the next so many messages; several may come at once. */
function messages(socket: WebSocket, count: number): Promise<string[]> {
  const seen: string[] = []
  return new Promise((resolve) => {
    const onMessage = (data: unknown) => {
      if (seen.push(String(data)) < count) return
      socket.off('message', onMessage)
      resolve(seen)
    }
    socket.on('message', onMessage)
  })
}

/** A client's text frame of up to 125 bytes. */
function masked(message: string): Buffer {
  const mask = Buffer.from([1, 2, 3, 4])
  const payload = Buffer.from(message).map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, payload])
}

/** What a record shows: the secrets to look for ride beside it and are written nowhere. */
function withoutSecrets({ secrets: _secrets, ...shown }: HttpExchange): HttpExchange {
  return shown
}
