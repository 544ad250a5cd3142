// The proxy over real sockets: bytes and headers unchanged both ways, errors and aborts passed on.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type * as http from 'node:http'
import * as net from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { REDACTED } from '../../profiler-agent/capture/redact'
import { largeReply } from '../support/large-reply'
import { answerOf, KEY, listen, portOf, text, useHarness } from '../support/proxy-harness'

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('proxy', () => {
  const start = useHarness()

  describe('fidelity', () => {
    const json = Buffer.from('{ "b":1.0, "a":"\\u00e9 é", "b":2e3 }')
    const sse = Buffer.from('event: x\ndata: {"a":1}\n\n: ping\n\ndata: [DONE]\n\n')
    const replies: readonly [name: string, type: string, encoding: string | undefined, body: Buffer][] = [
      ['JSON', 'application/json', undefined, json],
      ['SSE', 'text/event-stream', undefined, sse],
      ['gzip', 'application/json', 'gzip', gzipSync(json)],
      ['gzip SSE', 'text/event-stream', 'gzip', gzipSync(sse)],
      ['deflate', 'application/json', 'deflate', deflateSync(json)],
      ['br', 'application/json', 'br', brotliCompressSync(json)],
      ['zstd', 'application/json', 'zstd', zstdCompressSync(json)],
      ['binary', 'application/octet-stream', undefined, randomBytes(300_000)],
    ]
    for (const [name, type, encoding, reply] of replies)
      for (const isChunked of [true, false])
        it(`passes ${name} ${isChunked ? 'chunked' : 'with a length'} unchanged both ways`, async () => {
          const proxy = await start((_req, res) => {
            res.setHeader('content-type', type)
            if (encoding) res.setHeader('content-encoding', encoding)
            if (!isChunked) res.setHeader('content-length', reply.length)
            res.write(reply.subarray(0, 20))
            res.end(reply.subarray(20))
          })
          const body = Buffer.concat([json, randomBytes(1000)])
          const length = isChunked ? {} : { 'content-length': body.length }
          const answer = await proxy.send('/openai/v1/x', { method: 'POST', headers: length }, body)
          assert.equal(sha(answer.body), sha(reply))
          assert.equal(sha(proxy.received[0]?.body ?? json), sha(body))
          assert.equal(answer.headers['content-encoding'], encoding)
          assert.equal(answer.headers['content-length'], isChunked ? undefined : String(reply.length))
          const [exchange] = await proxy.settled()
          assert.equal(sha(exchange?.requestBody ?? json), sha(body))
          assert.equal(sha(exchange?.responseBody ?? json), sha(reply))
          assert.equal(exchange?.end, 'complete')
        })

    it('keeps order, case and duplicates of end-to-end headers and drops those of one connection', async () => {
      const proxy = await start((_req, res) => {
        res.sendDate = false
        res.writeHead(201, 'Made', [
          ...['X-Request-ID', 'r1', 'Set-Cookie', 'a=1', 'x-RateLimit', 'é', 'Set-Cookie', 'b=2'],
          ...['Connection', 'X-Hop, close', 'X-Hop', 'no', 'Proxy-Authenticate', 'no', 'Content-Length', '0'],
        ])
        res.end()
      })
      const headers = [
        ...['Host', `127.0.0.1:${proxy.port}`, 'X-Stainless-Lang', 'js', 'Authorization', `Bearer ${KEY}`],
        ...['x-dup', '1', 'X-Dup', '2', 'Connection', 'keep-alive, X-Own', 'X-Own', 'no', 'TE', 'trailers'],
        ...['x-costflame-agent', 'a', 'X-Costflame-Run', 'run-7', 'Accept', '*/*', 'Keep-Alive', 'timeout=5'],
      ]
      const answer = await proxy.send('/openai/v1/x?b=2&a=1', { headers })
      const up = proxy.received[0]
      assert.equal(up?.url, '/v1/x?b=2&a=1')
      const ours = new Set(['host', 'connection'])
      const endToEnd = (raw: readonly string[]) =>
        raw.flatMap((name, index) =>
          index % 2 || ours.has(name.toLowerCase()) ? [] : [name, raw[index + 1]],
        )
      assert.deepEqual(endToEnd(up?.rawHeaders ?? []), [
        ...[
          'X-Stainless-Lang',
          'js',
          'Authorization',
          `Bearer ${KEY}`,
          'x-dup',
          '1',
          'X-Dup',
          '2',
          'Accept',
          '*/*',
        ],
      ])
      assert.equal(answer.status, 201)
      assert.deepEqual(answer.rawHeaders.slice(0, 10), [
        ...['X-Request-ID', 'r1', 'Set-Cookie', 'a=1', 'x-RateLimit', 'é', 'Set-Cookie', 'b=2'],
        ...['Content-Length', '0'],
      ])
      assert.equal(answer.headers.date, undefined)
      assert.equal(answer.headers['x-hop'], undefined)
      const [exchange] = await proxy.settled()
      assert.equal(exchange?.runId, 'run-7')
      assert.equal(exchange?.requestHeaders['x-dup'], '1, 2')
      assert.equal(exchange?.requestHeaders.authorization, REDACTED)
      assert.deepEqual(exchange?.attribution, { agent: 'a' })
    })

    it('has each chunk at the client before the upstream sends the next', async () => {
      let sendNext: (() => void) | undefined
      const proxy = await start((_req, res) => {
        let count = 0
        sendNext = () => (count++ < 20 ? res.write(`data: ${count}\n\n`) : res.end())
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.flushHeaders()
      })
      const call = proxy.open('/openai/v1/x')
      call.end()
      // The headers arrive although no byte of the body has been sent.
      const [res] = (await once(call, 'response')) as [http.IncomingMessage]
      const chunks: string[] = []
      res.on('data', (chunk: Buffer) => {
        chunks.push(chunk.toString())
        sendNext?.()
      })
      sendNext?.()
      await once(res, 'end')
      assert.deepEqual(
        chunks,
        Array.from({ length: 20 }, (_, index) => `data: ${index + 1}\n\n`),
      )
    })

    it('takes a request of 20 MB and a reply past the cap of the copy', async () => {
      const big = randomBytes(20 * 1024 * 1024)
      const proxy = await start((_req, res, body) => res.end(body), { maxCopyBytes: 1024 * 1024 })
      const answer = await proxy.send('/openai/v1/x', { method: 'POST' }, big)
      assert.equal(sha(answer.body), sha(big))
      const [exchange] = await proxy.settled()
      assert.equal(exchange?.copyTruncated, true)
      assert.equal(exchange?.responseBody.length, 1024 * 1024)
      assert.equal(sha(exchange?.requestBody ?? big), sha(big.subarray(0, 1024 * 1024)))
    })

    it('does not buffer a reply that the client does not read', async () => {
      const total = 128 * 1024 * 1024
      const reply = largeReply(total)
      const proxy = await start(reply.answer)
      const call = proxy.open('/openai/v1/x')
      call.end()
      const [res] = (await once(call, 'response')) as [http.IncomingMessage]
      res.pause()
      await reply.stalled
      const written = reply.written()
      assert.ok(written < 64 * 1024 * 1024, `${written} bytes were taken for a client that reads nothing`)
      let read = 0
      res.on('data', (chunk: Buffer) => (read += chunk.length))
      res.resume()
      await once(res, 'end')
      assert.equal(read, total)
    }).timeout(120_000)

    it('answers HEAD, 204 and 304 without a body, and Expect: 100-continue', async () => {
      const proxy = await start((req, res) => {
        const status = Number(new URL(req.url ?? '', 'http://x').searchParams.get('s'))
        res.writeHead(status, status === 200 ? { 'content-length': 5 } : {})
        res.end(status === 200 ? 'hello' : undefined)
      })
      const head = await proxy.send('/openai/x?s=200', { method: 'HEAD' })
      assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '5', 0])
      assert.equal((await proxy.send('/openai/x?s=204', { method: 'DELETE' })).status, 204)
      assert.equal((await proxy.send('/openai/x?s=304')).status, 304)
      const call = proxy.open('/openai/x?s=200', { method: 'POST', headers: { expect: '100-continue' } })
      call.flushHeaders()
      await once(call, 'continue')
      call.end('body')
      assert.equal(text((await answerOf(call)).body), 'hello')
      assert.equal(text(proxy.received.at(-1)?.body), 'body')
    })
  })

  describe('broken calls', () => {
    it('aborts the upstream when the client leaves in mid-stream', async () => {
      let upstreamClosed: Promise<unknown> | undefined
      const proxy = await start((_req, res) => {
        upstreamClosed = once(res, 'close')
        res.write('data: 1\n\n')
      })
      const call = proxy.open('/openai/v1/x')
      call.on('error', () => undefined)
      call.end()
      const [res] = (await once(call, 'response')) as [http.IncomingMessage]
      res.on('error', () => undefined)
      await once(res, 'data')
      call.destroy()
      await upstreamClosed
      const [exchange] = await proxy.settled()
      assert.deepEqual(
        [exchange?.end, exchange?.status, text(exchange?.responseBody)],
        ['aborted', 200, 'data: 1\n\n'],
      )
    })

    it('aborts the upstream when the client leaves before the first byte', async () => {
      let arrived: ((res: http.ServerResponse) => void) | undefined
      const arrival = new Promise<http.ServerResponse>((resolve) => (arrived = resolve))
      const proxy = await start((_req, res) => arrived?.(res))
      const call = proxy.open('/openai/v1/x')
      call.on('error', () => undefined)
      call.end()
      const closed = once(await arrival, 'close')
      call.destroy()
      await closed
      const [exchange] = await proxy.settled()
      assert.deepEqual([exchange?.end, exchange?.status], ['aborted', 0])
    })

    it('makes no call for a client that leaves in the middle of its request', async () => {
      const proxy = await start((_req, res) => res.end('ok'))
      const call = proxy.open('/openai/v1/x', {
        method: 'POST',
        headers: { 'content-length': 1000, expect: '100-continue' },
      })
      call.on('error', () => undefined)
      call.flushHeaders()
      await once(call, 'continue')
      call.write('half')
      call.destroy()
      assert.deepEqual([await proxy.settled(), proxy.received.length], [[], 0])
    })

    for (const length of [undefined, 1000])
      it(`passes on a reset in mid-stream, ${length ? 'with a length' : 'chunked'}, after the bytes before it`, async () => {
        const proxy = await start((_req, res) => {
          if (length) res.setHeader('content-length', length)
          res.write('data: 1\n\n', () => res.socket?.resetAndDestroy())
        })
        const call = proxy.open('/openai/v1/x')
        call.end()
        const [res] = (await once(call, 'response')) as [http.IncomingMessage]
        let read = ''
        res.on('data', (chunk: Buffer) => (read += chunk))
        const [error] = await once(res, 'error')
        assert.match(String(error), /aborted|ECONNRESET/)
        assert.equal(read, 'data: 1\n\n')
        const [exchange] = await proxy.settled()
        assert.deepEqual([exchange?.end, text(exchange?.responseBody)], ['truncated', 'data: 1\n\n'])
        assert.notEqual(exchange?.error, undefined)
      })

    it('does not show a clean end to an HTTP/1.0 client either', async () => {
      const proxy = await start((_req, res) => {
        res.write('part', () => res.socket?.resetAndDestroy())
      })
      const socket = net.connect(proxy.port, '127.0.0.1')
      socket.write(`GET /openai/v1/x HTTP/1.0\r\nHost: 127.0.0.1:${proxy.port}\r\n\r\n`)
      socket.resume()
      const [error] = await once(socket, 'error')
      assert.equal(error.code, 'ECONNRESET')
    })

    it('passes on a reset of a body that only the end of the connection would end', async () => {
      const upstream = net.createServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\npart', () => socket.resetAndDestroy()))
      })
      upstream.listen(0, '127.0.0.1')
      await once(upstream, 'listening')
      const { port } = upstream.address() as net.AddressInfo
      const proxy = await start(() => undefined, { upstreams: { openai: `http://127.0.0.1:${port}` } })
      await assert.rejects(proxy.send('/openai/v1/x'))
      const [exchange] = await proxy.settled()
      assert.deepEqual([exchange?.end, text(exchange?.responseBody)], ['truncated', 'part'])
      upstream.close()
    })

    it('says which upstream could not be reached, why, and what to do', async () => {
      const gone = await listen(() => undefined)
      const port = portOf(gone)
      await new Promise((resolve) => gone.close(resolve))
      const proxy = await start(() => undefined, { upstreams: { openai: `http://127.0.0.1:${port}` } })
      const answer = await proxy.send('/openai/v1/x', { method: 'POST' }, '{}')
      assert.equal(answer.status, 502)
      const { error } = JSON.parse(text(answer.body))
      assert.equal(error.code, 'upstream_unreachable')
      assert.equal(
        error.message,
        `costflame: No answer from openai at http://127.0.0.1:${port} (connect ECONNREFUSED 127.0.0.1:${port}). ` +
          'Nothing listens there: start it, or set another upstream with --upstream.',
      )
      const [exchange] = await proxy.settled()
      assert.deepEqual([exchange?.end, exchange?.status], ['unreachable', 502])
      assert.match(exchange?.error ?? '', /ECONNREFUSED/)
    })

    it('says that an upstream hung up before it answered', async () => {
      const proxy = await start((req) => req.socket.destroy())
      const answer = await proxy.send('/openai/v1/x', { method: 'POST' }, '{}')
      assert.equal(answer.status, 502)
      assert.match(text(answer.body), /closed the connection before it answered/)
    })

    it('carries calls through when everything on the capture side throws', async () => {
      const fail = () => {
        throw new Error('broken')
      }
      const proxy = await start((_req, res) => res.end('fine'), {
        onStart: fail,
        onExchange: fail,
        resolveRun: fail,
      })
      for (let count = 0; count < 3; count++)
        assert.equal(text((await proxy.send('/openai/v1/x')).body), 'fine')
      await proxy.settled()
      assert.equal(proxy.logged.length, 3)
      assert.match(
        proxy.logged.join('\n'),
        /finding the run failed.*announcing a call failed.*recording a call failed/s,
      )
    })
  })
})
