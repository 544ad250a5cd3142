// Corners of HTTP through a real profiler: what has no body, what comes before or behind one, and connections that carry many calls.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type * as http from 'node:http'
import * as net from 'node:net'
import {
  http2ReplyTo,
  listening,
  originOf,
  type Reply,
  type Rig,
  readSocket,
  type Script,
  useRig,
  type Version,
  withoutNames,
} from '../support/profiler-rig'

const VERSIONS: readonly Version[] = ['HTTP/1.1', 'h2c']
/** What the proxy takes of a request's head. */
const MAX_HEADER_BYTES = 2 * 1024 * 1024
const OF_ONE_CONNECTION = new Set(['connection', 'keep-alive', 'date'])

/** An upstream that answers each connection's first bytes with these, and closes. */
function saying(text: string): Promise<net.Server> {
  return listening(
    net.createServer((socket) => {
      socket.on('error', () => 'the profiler hung up')
      socket.once('data', () => socket.end(Buffer.from(text, 'latin1')))
    }),
  )
}

describe('fidelity of HTTP', () => {
  const start = useRig()
  const head = (rig: Rig) => `Host: 127.0.0.1:${rig.port}\r\n`
  const get = (rig: Rig, version: Version, path: string, method = 'GET') => rig.ask(version, { path, method })

  for (const version of VERSIONS) {
    it(`answers without a body where there is none, and keeps the length of what HEAD did not ask for, over ${version}`, async () => {
      const rig = await start((req, res) => {
        const status = Number(req.url?.split('/').at(-1))
        res.writeHead(status, status === 204 ? {} : { 'content-length': 7, etag: '"e"' })
        res.end(status === 200 && req.method !== 'HEAD' ? 'present' : undefined)
      })
      const facts = ({ status, body, rawHeaders }: Reply) => [
        status,
        body.toString(),
        ...withoutNames(rawHeaders, OF_ONE_CONNECTION).map((part) => part.toLowerCase()),
      ]
      const kept = ['content-length', '7', 'etag', '"e"']
      assert.deepEqual(facts(await get(rig, version, '/openai/200', 'HEAD')), [200, '', ...kept])
      assert.deepEqual(facts(await get(rig, version, '/openai/304')), [304, '', ...kept])
      assert.deepEqual(facts(await get(rig, version, '/openai/204', 'DELETE')), [204, ''])
      assert.deepEqual(facts(await get(rig, version, '/openai/200')), [200, 'present', ...kept])
    })

    it(`hands redirects to the client and follows none, over ${version}`, async () => {
      const rig = await start((req, res) => {
        res.writeHead(Number(req.url?.split('/').at(-1)), {
          location: 'http://169.254.169.254/latest/meta-data/?a=1#b',
        })
        res.end('moved')
      })
      for (const status of [301, 302, 303, 307, 308]) {
        const reply = await rig.ask(version, { path: `/openai/${status}`, body: [Buffer.from('{}')] })
        assert.deepEqual([reply.status, reply.body.toString()], [status, 'moved'])
        assert.ok(reply.rawHeaders.includes('http://169.254.169.254/latest/meta-data/?a=1#b'))
      }
      assert.equal(rig.arrived.length, 5)
    })

    it(`passes trailers on, over ${version}`, async () => {
      const rig = await start((_req, res) => {
        res.writeHead(200, { trailer: 'x-checksum' })
        res.write('body')
        res.addTrailers({ 'x-checksum': 'abc', 'x-late': 'é' })
        res.end()
      })
      const { body, trailers } = await get(rig, version, '/openai/x')
      assert.equal(body.toString(), 'body')
      assert.deepEqual(trailers, ['x-checksum', 'abc', 'x-late', 'é'])
    })

    it(`passes statuses that no list knows, and errors with every byte of theirs, over ${version}`, async () => {
      const rig = await start((req, res) => {
        res.writeHead(Number(req.url?.split('/').at(-1)), { 'retry-after': '7', 'x-should-retry': 'false' })
        res.end('{ "error" : {} }')
      })
      // Node's HTTP/2 sends no status past 599.
      for (const status of [
        203,
        299,
        400,
        402,
        429,
        499,
        500,
        529,
        599,
        ...(version === 'h2c' ? [] : [799]),
      ]) {
        const { status: got, body, rawHeaders } = await get(rig, version, `/openai/${status}`)
        assert.deepEqual([got, body.toString()], [status, '{ "error" : {} }'])
        assert.ok(rawHeaders.includes('7'))
      }
    })

    it(`sends bodies with every method that has one, over ${version}`, async () => {
      const rig = await start((req, res, body) => res.end(`${req.method} ${body}`))
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'OPTIONS', 'QUERY']) {
        const rawHeaders = ['content-length', '4']
        const body = [Buffer.from('some')]
        const reply = await rig.ask(version, { path: '/openai/x', method, rawHeaders, body })
        assert.equal(reply.body.toString(), `${method} some`)
      }
    })

    it(`keeps path and query as they were written, over ${version}`, async () => {
      const rig = await start((_req, res) => res.end())
      const paths = ['/v1//x/../y/./z', '/v1/a%2Fb%00?x=%zz&x=1&y', '/v1/x?', '/v1/x?a?b=//c:d@e', '//v1/x']
      for (const path of paths) await get(rig, version, `/openai${path}`)
      assert.deepEqual(
        rig.arrived.map(({ url }) => url),
        paths,
      )
    })
  }

  it('keeps characters of a path that should have been escaped', async () => {
    const rig = await start((_req, res) => res.end())
    const socket = rig.connect()
    const path = '/v1/\\^`?"q"=<{|}>\'[]'
    socket.write(`GET /openai${path} HTTP/1.1\r\n${head(rig)}Connection: close\r\n\r\n`)
    await readSocket(socket)
    assert.equal(rig.arrived[0]?.url, path)
  })

  it('keeps one connection of the client for many calls, also after errors of the upstream', async () => {
    const rig = await start((req, res) => {
      if (req.url === '/break') return req.socket.destroy()
      res.shouldKeepAlive = false
      res.end('fine')
    })
    let connections = 0
    rig.http.server.on('connection', () => connections++)
    const got: number[] = []
    for (const path of ['x', 'break', 'x', '../unknown', 'x'])
      got.push((await get(rig, 'HTTP/1.1', `/openai/${path}`)).status)
    assert.deepEqual([got, connections], [[200, 502, 200, 200, 200], 1])
  })

  it('uses its connections upstream again', async () => {
    const ports = new Set<number | undefined>()
    const rig = await start((req, res) => {
      ports.add(req.socket.remotePort)
      res.end('fine')
    })
    for (let count = 0; count < 10; count++) await get(rig, 'HTTP/1.1', '/openai/x')
    assert.equal(ports.size, 1)
  })

  it('answers pipelined requests in their order, though the upstream answers in another', async () => {
    const waiting: (() => void)[] = []
    const script: Script = (req, res) => {
      waiting.push(() => res.end(`reply to ${req.url}`))
      if (waiting.length === 3) for (const answer of waiting.toReversed()) answer()
    }
    const rig = await start(script)
    const socket = rig.connect()
    const requests = ['a', 'b', 'c'].map(
      (name) => `POST /openai/${name} HTTP/1.1\r\n${head(rig)}Content-Length: 2\r\n`,
    )
    socket.write(`${requests[0]}\r\n{}${requests[1]}\r\n{}${requests[2]}Connection: close\r\n\r\n{}`)
    const said = await readSocket(socket)
    assert.deepEqual(said.match(/reply to \/\w/g), ['reply to /a', 'reply to /b', 'reply to /c'])
    assert.deepEqual(
      rig.arrived.map(({ body }) => body.toString()),
      ['{}', '{}', '{}'],
    )
  })

  it('takes requests in any splitting of their bytes', async () => {
    const rig = await start((_req, res, body) => res.end(body))
    const socket = rig.connect()
    socket.setNoDelay(true)
    const request = `POST /openai/x HTTP/1.1\r\n${head(rig)}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nx-trailer: 1\r\n\r\n`
    for (const byte of Buffer.from(request)) {
      socket.write(Uint8Array.of(byte))
      await new Promise(setImmediate)
    }
    assert.match(await readSocket(socket), /\r\n\r\nabcde$/)
  })

  it('passes on what comes behind the body of a request, declared or in one packet with it', async () => {
    const behind: (readonly string[])[] = []
    const rig = await start((req, res, body) => {
      behind.push([body.toString(), req.headers.trailer ?? '', ...req.rawTrailers])
      res.end('done')
    })
    const opening = `POST /openai/x HTTP/1.1\r\n${head(rig)}Transfer-Encoding: chunked\r\n`
    const rest = '2\r\nde\r\n0\r\nX-Sum: 1\r\nx-costflame-tag-a: b\r\n\r\n'
    const first = rig.connect()
    first.write(`${opening}Connection: close\r\n\r\n${rest}`)
    assert.match(await readSocket(first), /^HTTP\/1.1 200 OK\r\n.*\r\n\r\n.*done/s)
    const second = rig.connect()
    second.write(`${opening}Connection: close\r\nTrailer: x-sum\r\n\r\n3\r\nabc\r\n`)
    await once(rig.upstreamServer, 'request')
    second.write(rest)
    assert.match(await readSocket(second), /^HTTP\/1.1 200 OK\r\n.*\r\n\r\n.*done/s)
    assert.deepEqual(behind, [
      ['de', '', 'X-Sum', '1'],
      ['abcde', 'x-sum', 'X-Sum', '1'],
    ])
    const spans = await rig.storedSpans()
    assert.deepEqual(
      spans.map(({ status, attributes }) => [status, attributes['http.response.status_code']]),
      [
        ['ok', 200],
        ['ok', 200],
      ],
    )
  })

  it('passes on a fault of the upstream, and that the client left, of a request with trailers, too', async () => {
    const rig = await start((req, res) => {
      if (req.url === '/reset') req.socket.resetAndDestroy()
      else res.write('begun')
    })
    const open = (path: string) => {
      const call = rig.open(path, { method: 'POST', headers: { trailer: 'x-sum' } })
      call.addTrailers({ 'x-sum': '1' })
      return call.end('{}')
    }
    const [reset] = (await once(open('/openai/reset'), 'response')) as [http.IncomingMessage]
    assert.equal(reset.statusCode, 502)
    reset.resume()
    const left = open('/openai/x')
    const [res] = (await once(left, 'response')) as [http.IncomingMessage]
    res.once('data', () => left.destroy())
    await once(res, 'close').catch(() => 'it broke off')
    const spans = await rig.storedSpans()
    assert.deepEqual(spans.map(({ status }) => status).sort(), ['aborted', 'error'])
  })

  it('speaks HTTP/1.0 with clients and upstreams that do', async () => {
    const upstream = await saying('HTTP/1.0 200 OK\r\nX-Old: yes\r\n\r\nold body')
    const rig = await start(() => undefined, { upstreams: { openai: originOf(upstream) } })
    const socket = rig.connect()
    socket.write(`GET /openai/x HTTP/1.0\r\n${head(rig)}\r\n`)
    assert.match(await readSocket(socket), /^HTTP\/1\.1 200 OK\r\nX-Old: yes\r\n.*\r\n\r\nold body$/s)
    upstream.close()
  })

  it('passes a reason phrase that Node would not send without it, and any other as it is', async () => {
    const upstream = await saying('HTTP/1.1 200 Sch\u00f6n\r\ncontent-length: 2\r\n\r\nok')
    const rig = await start((_req, res) => void res.writeHead(200, 'Quite   fine').end(), {})
    const odd = await start(() => undefined, { upstreams: { openai: originOf(upstream) } })
    const phrase = async (of: Rig) => {
      const call = of.open('/openai/x')
      call.end()
      const [res] = (await once(call, 'response')) as [http.IncomingMessage]
      res.resume()
      return [res.statusCode, res.statusMessage]
    }
    assert.deepEqual(await phrase(rig), [200, 'Quite   fine'])
    assert.deepEqual(await phrase(odd), [200, ''])
    upstream.close()
  })

  it('answers a head that is too large, and what is no HTTP, as any server does', async () => {
    const rig = await start((_req, res) => res.end('fine'))
    // A connection that is closed before everything was read is reset, and the reset may overtake the answer: then it is asked again.
    const sayOnce = async (text: string) => {
      const socket = rig.connect().on('error', () => undefined)
      let said = ''
      socket.setEncoding('latin1').on('data', (part) => {
        said += part
      })
      socket.end(text)
      if (!socket.closed) await once(socket, 'close').catch(() => undefined)
      return said.split('\r\n')[0] ?? ''
    }
    const say = async (text: string) => {
      for (let tries = 1; tries < 10; tries++) {
        const said = await sayOnce(text)
        if (said !== '') return said
      }
      return sayOnce(text)
    }
    // Hardly more than the proxy takes: it has read nearly all of it when it answers.
    const large = `GET /openai/x HTTP/1.1\r\n${head(rig)}X-Large: ${'x'.repeat(MAX_HEADER_BYTES)}\r\n\r\n`
    assert.equal(await say(large), 'HTTP/1.1 431 Request Header Fields Too Large')
    assert.equal(await say('nonsense\r\n\r\n'), 'HTTP/1.1 400 Bad Request')
    const smuggled = `POST /openai/x HTTP/1.1\r\n${head(rig)}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
    assert.equal(await say(smuggled), 'HTTP/1.1 400 Bad Request')
    assert.equal((await get(rig, 'HTTP/1.1', '/openai/x')).status, 200)
    assert.equal(rig.arrived.length, 1)
  })

  it('carries calls of both versions on one port at once', async () => {
    const waiting: http.ServerResponse[] = []
    const rig = await start((_req, res) => {
      waiting.push(res)
      if (waiting.length === 2) for (const one of waiting) one.end('both')
    })
    const stream = rig.session.request({ ':path': '/openai/x' })
    const [one, two] = await Promise.all([http2ReplyTo(stream), get(rig, 'HTTP/1.1', '/openai/x')])
    assert.deepEqual([one.body.toString(), two.body.toString()], ['both', 'both'])
  })
})
