// The proxy for clients that speak HTTP/2 without TLS: the same routes, guards and promises as over HTTP/1.1, on the same port.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as http2 from 'node:http2'
import * as net from 'node:net'
import { REDACTED } from '../../profiler-agent/capture/redact'
import { largeReply } from '../support/large-reply'
import { bodyOf, type Harness, KEY, TOKEN, text, useHarness } from '../support/proxy-harness'

interface Reply {
  readonly headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader
  readonly trailers: http2.IncomingHttpHeaders
  readonly body: Buffer
}

describe('proxy over HTTP/2', () => {
  const start = useHarness()
  const sessions: http2.ClientHttp2Session[] = []
  afterEach(() => {
    for (const session of sessions.splice(0)) session.destroy()
  })

  function connect(proxy: Harness): http2.ClientHttp2Session {
    const session = http2.connect(proxy.base)
    sessions.push(session)
    return session
  }

  async function send(
    session: http2.ClientHttp2Session,
    headers: http2.OutgoingHttpHeaders,
    body?: Uint8Array,
  ): Promise<Reply> {
    const stream = session.request(headers, { endStream: body === undefined })
    if (body) stream.end(body)
    let trailers: http2.IncomingHttpHeaders = {}
    stream.on('trailers', (given) => {
      trailers = given
    })
    const [answer] = await once(stream, 'response')
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk)
    return { headers: answer, trailers, body: Buffer.concat(chunks) }
  }

  it('carries a call unchanged, both bodies of many megabytes, and records it', async () => {
    const [question, reply] = [randomBytes(20 * 1024 * 1024), randomBytes(8 * 1024 * 1024)]
    const proxy = await start((_req, res) => {
      res.writeHead(201, 'Made', [
        'X-Request-ID',
        'r1',
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'X-Dup',
        '1',
        'X-Dup',
        '2',
      ])
      res.end(reply)
    })
    const answer = await send(
      connect(proxy),
      {
        ':method': 'POST',
        ':path': '/r/run-h2/openai/v1/x?b=2&a=1',
        ...{
          authorization: `Bearer ${KEY}`,
          'x-costflame-agent': 'planner',
          te: 'trailers',
          cookie: 'a=1; b=2',
        },
      },
      question,
    )
    assert.equal(answer.headers[':status'], 201)
    assert.ok(answer.body.equals(reply))
    assert.deepEqual(
      [answer.headers['x-request-id'], answer.headers['set-cookie'], answer.headers['x-dup']],
      ['r1', ['a=1', 'b=2'], '1, 2'],
    )
    const [up] = proxy.received
    assert.deepEqual([up?.method, up?.url, up?.body.equals(question)], ['POST', '/v1/x?b=2&a=1', true])
    const names = up?.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
    assert.deepEqual(names?.sort(), ['authorization', 'connection', 'content-length', 'cookie', 'host'])
    assert.equal(up?.rawHeaders[(up?.rawHeaders.indexOf('cookie') ?? 0) + 1], 'a=1; b=2')
    const [exchange] = await proxy.settled()
    assert.deepEqual(
      [exchange?.runId, exchange?.attribution.agent, exchange?.end, exchange?.requestHeaders.authorization],
      ['run-h2', 'planner', 'complete', REDACTED],
    )
    assert.equal(
      Object.keys(exchange?.requestHeaders ?? {}).some((name) => name.startsWith(':')),
      false,
    )
  })

  it('serves both versions on one port, also a preface that comes byte by byte', async () => {
    const proxy = await start((_req, res) => res.end('fine'))
    assert.equal(text((await proxy.send('/openai/x')).body), 'fine')
    assert.equal(text((await send(connect(proxy), { ':path': '/openai/x' })).body), 'fine')
    const socket = net.connect(proxy.port, '127.0.0.1')
    socket.setNoDelay(true)
    for (const byte of Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')) {
      socket.write(Uint8Array.of(byte))
      await new Promise(setImmediate)
    }
    // Type 4, SETTINGS: the server's first frame.
    const [frame] = (await once(socket, 'data')) as [Buffer]
    assert.equal(frame[3], 4)
    socket.destroy()
  })

  it('takes a request line that begins like the preface, whole or not', async () => {
    const proxy = await start((req, res) => void bodyOf(req).then(() => res.end(req.method)))
    assert.equal(text((await proxy.send('/openai/x', { method: 'PROPFIND' })).body), 'PROPFIND')
    const socket = net.connect(proxy.port, '127.0.0.1')
    socket.write('P')
    await once(socket, 'connect')
    socket.write(
      `UT /openai/x HTTP/1.1\r\nhost: 127.0.0.1:${proxy.port}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    )
    assert.match(text(await all(socket)), /^HTTP\/1\.1 200 .*PUT$/s)
  })

  it('serves a client that offers an upgrade to HTTP/2 as if it had not', async () => {
    const proxy = await start((_req, res, body) => res.end(`got ${body}`))
    const socket = net.connect(proxy.port, '127.0.0.1')
    const offer =
      'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n'
    const head = `POST /openai/v1/x HTTP/1.1\r\nhost: 127.0.0.1:${proxy.port}\r\n${offer}content-length: 5\r\n\r\n`
    socket.write(head)
    socket.write('hello')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    assert.match(text(answer), /^HTTP\/1\.1 200 .*got hello$/s)
    socket.destroy()
  })

  it('has each chunk at the client before the upstream sends the next, and passes on trailers', async () => {
    let sendNext: (() => void) | undefined
    const proxy = await start((_req, res) => {
      let count = 0
      sendNext = () => {
        if (count++ < 5) res.write(`data: ${count}\n\n`)
        else {
          res.addTrailers({ 'x-checksum': 'c' })
          res.end()
        }
      }
      res.writeHead(200, { 'content-type': 'text/event-stream', trailer: 'x-checksum' })
      res.flushHeaders()
    })
    const stream = connect(proxy).request({ ':path': '/openai/v1/x' })
    let trailers: http2.IncomingHttpHeaders = {}
    stream.on('trailers', (given) => {
      trailers = given
    })
    await once(stream, 'response')
    const chunks: string[] = []
    stream.on('data', (chunk: Buffer) => {
      chunks.push(String(chunk))
      sendNext?.()
    })
    sendNext?.()
    await once(stream, 'end')
    assert.deepEqual(
      chunks,
      [1, 2, 3, 4, 5].map((count) => `data: ${count}\n\n`),
    )
    assert.equal(trailers['x-checksum'], 'c')
  })

  it('answers HEAD, 204 and 304 without a body', async () => {
    const proxy = await start((req, res) => {
      const status = Number(new URL(req.url ?? '', 'http://x').searchParams.get('s'))
      res.writeHead(status, status === 200 ? { 'content-length': 5 } : {})
      res.end(status === 200 ? 'hello' : undefined)
    })
    const session = connect(proxy)
    const head = await send(session, { ':method': 'HEAD', ':path': '/openai/x?s=200' })
    assert.deepEqual(
      [head.headers[':status'], head.headers['content-length'], head.body.length],
      [200, '5', 0],
    )
    for (const status of [204, 304])
      assert.equal((await send(session, { ':path': `/openai/x?s=${status}` })).headers[':status'], status)
  })

  it('guards :authority, origins and the token as it does over HTTP/1.1', async () => {
    const proxy = await start((_req, res) => res.end('ok'))
    const session = connect(proxy)
    const status = async (headers: http2.OutgoingHttpHeaders) =>
      (await send(session, { ':path': '/openai/x', ...headers })).headers[':status']
    assert.equal(await status({}), 200)
    assert.equal(await status({ ':authority': `evil.example:${proxy.port}` }), 403)
    assert.equal(await status({ origin: 'https://evil.example' }), 403)
    assert.equal(await status({ ':path': '/openai/@llm.example/x' }), 401)
    const metadata = { 'x-costflame-upstream': 'http://169.254.169.254', 'x-costflame-token': TOKEN }
    assert.equal(await status(metadata), 403)
    assert.equal(proxy.received.length, 1)
  })

  it('aborts the upstream when the client resets its stream', async () => {
    let upstreamClosed: Promise<unknown> | undefined
    const proxy = await start((_req, res) => {
      upstreamClosed = once(res, 'close')
      res.write('data: 1\n\n')
    })
    const stream = connect(proxy).request({ ':path': '/openai/v1/x' })
    await once(stream, 'data')
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await upstreamClosed
    const [exchange] = await proxy.settled()
    assert.deepEqual(
      [exchange?.end, exchange?.status, text(exchange?.responseBody)],
      ['aborted', 200, 'data: 1\n\n'],
    )
  })

  it('passes on a reset in mid-stream after the bytes before it, and the session lives on', async () => {
    const proxy = await start((req, res) => {
      if (req.url === '/ok') res.end('ok')
      else res.write('data: 1\n\n', () => res.socket?.resetAndDestroy())
    })
    const session = connect(proxy)
    const stream = session.request({ ':path': '/openai/v1/x' })
    let read = ''
    stream.on('data', (chunk: Buffer) => {
      read += chunk
    })
    const [error] = await once(stream, 'error')
    assert.match(String(error), /NGHTTP2_INTERNAL_ERROR/)
    assert.equal(read, 'data: 1\n\n')
    assert.equal(text((await send(session, { ':path': '/openai/ok' })).body), 'ok')
    const [exchange] = await proxy.settled()
    assert.equal(exchange?.end, 'truncated')
  })

  it('does not buffer a reply that the client does not read', async () => {
    const total = 64 * 1024 * 1024
    const reply = largeReply(total)
    const proxy = await start(reply.answer)
    const stream = connect(proxy).request({ ':path': '/openai/v1/x' })
    await once(stream, 'response')
    await reply.stalled
    const written = reply.written()
    assert.ok(written < 32 * 1024 * 1024, `${written} bytes were taken for a client that reads nothing`)
    let read = 0
    stream.on('data', (chunk: Buffer) => {
      read += chunk.length
    })
    await once(stream, 'end')
    assert.equal(read, total)
  }).timeout(120_000)

  it('carries 200 streams of one connection at once', async () => {
    let arrived = 0
    const waiting: (() => void)[] = []
    const proxy = await start((_req, res, body) => {
      res.write('a')
      waiting.push(() => res.end(body))
      if (++arrived === 200) for (const finish of waiting) finish()
    })
    const session = connect(proxy)
    const calls = Array.from({ length: 200 }, (_, index) =>
      send(session, { ':method': 'POST', ':path': '/openai/v1/x' }, Buffer.from(String(index))),
    )
    const answers = await Promise.all(calls)
    assert.deepEqual(
      answers.map(({ body }) => String(body)),
      Array.from({ length: 200 }, (_, index) => `a${index}`),
    )
  })
})

async function all(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks)
}
