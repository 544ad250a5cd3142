// Answers before the answer (1xx) through a real profiler: passed on as they come, and the 100 that a large upload waits for.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type * as http from 'node:http'
import type * as http2 from 'node:http2'
import * as net from 'node:net'
import {
  http2ReplyTo,
  listening,
  originOf,
  type Rig,
  readSocket,
  replyTo,
  sha256,
  useRig,
  type Version,
} from '../support/profiler-rig'

const VERSIONS: readonly Version[] = ['HTTP/1.1', 'h2c']
const HINTS =
  'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>; rel=preload\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n'
const FINAL = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfinal'

/** An interim answer as a client sees it: status, and what it says to a browser. */
type Interim = readonly [status: number, link: unknown, hop: unknown]

describe('fidelity of interim answers', () => {
  const start = useRig()
  const upstreams: net.Server[] = []
  afterEach(() => {
    for (const upstream of upstreams.splice(0)) upstream.close()
  })

  /** A profiler before an upstream that answers each request, which has no body, by what `answer` does with the socket. */
  async function profilerBefore(answer: (socket: net.Socket) => void): Promise<Rig> {
    const upstream = await listening(
      net.createServer({ noDelay: true }, (socket) => {
        socket.on('error', () => 'the profiler hung up')
        socket.on('data', () => answer(socket))
      }),
    )
    upstreams.push(upstream)
    return start(() => undefined, { upstreams: { openai: originOf(upstream) } })
  }

  async function seenBy(
    version: Version,
    rig: Rig,
  ): Promise<{ interim: readonly Interim[]; final: unknown }> {
    const interim: Interim[] = []
    if (version === 'h2c') {
      const stream = rig.session.request({ ':path': '/openai/x' })
      stream.on('headers', (headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader) =>
        interim.push([headers[':status'] ?? 0, headers.link, headers['x-hop']]),
      )
      const { status, body } = await http2ReplyTo(stream)
      return { interim, final: [status, body.toString()] }
    }
    const call = rig.open('/openai/x')
    call.on('continue', () => interim.push([100, undefined, undefined]))
    call.on('information', ({ statusCode, headers }: http.InformationEvent) => {
      if (statusCode !== 100) interim.push([statusCode, headers.link, headers['x-hop']])
    })
    call.end()
    const { status, body } = await replyTo(call)
    return { interim, final: [status, body.toString()] }
  }

  for (const version of VERSIONS) {
    it(`passes every one on, headers included, before the final one, over ${version}`, async () => {
      const rig = await profilerBefore((socket) =>
        socket.write(
          `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\nX-Note: a\r\n\r\n${HINTS}HTTP/1.1 100 \r\n\r\n${FINAL}`,
        ),
      )
      const expected = {
        interim: [
          [102, undefined, undefined],
          [100, undefined, undefined],
          [103, '</a.css>; rel=preload, </b.js>; rel=preload', undefined],
          [100, undefined, undefined],
        ],
        final: [200, 'final'],
      }
      assert.deepEqual(await seenBy(version, rig), expected)
      // The connection upstream is used again, and what it says is read from the start again.
      assert.deepEqual(await seenBy(version, rig), expected)
      const spans = await rig.storedSpans()
      assert.equal(spans.length, 2)
    })

    it(`passes one on while the final one is not there yet, over ${version}`, async () => {
      let open: net.Socket | undefined
      const rig = await profilerBefore((socket) => {
        open = socket
        socket.write(HINTS)
      })
      const finish = () => open?.write(FINAL)
      if (version === 'h2c') {
        const stream = rig.session.request({ ':path': '/openai/x' })
        await once(stream, 'headers')
        finish()
        assert.equal((await http2ReplyTo(stream)).body.toString(), 'final')
      } else {
        const call = rig.open('/openai/x')
        call.end()
        await once(call, 'information')
        finish()
        assert.equal((await replyTo(call)).body.toString(), 'final')
      }
    })

    it(`lets a large upload begin that expects 100-continue, and asks the upstream for nothing, over ${version}`, async () => {
      const rig = await start((_req, res, body) => res.end(sha256(body)))
      const upload = randomBytes(20 * 1024 * 1024)
      const headers = { expect: '100-continue', 'content-length': upload.length }
      if (version === 'h2c') {
        const stream = rig.session.request({ ':path': '/openai/x', ':method': 'POST', ...headers })
        await once(stream, 'continue')
        stream.end(upload)
        assert.equal((await http2ReplyTo(stream)).body.toString(), sha256(upload))
      } else {
        const call = rig.open('/openai/x', { method: 'POST', headers })
        call.flushHeaders()
        await once(call, 'continue')
        call.end(upload)
        assert.equal((await replyTo(call)).body.toString(), sha256(upload))
      }
      assert.equal(
        rig.arrived[0]?.rawHeaders.some((name) => /expect/i.test(name)),
        false,
      )
    })
  }

  it('reads them however their bytes are split', async () => {
    const said = `HTTP/1.1 100 Continue\r\n\r\n${HINTS}HTTP/1.1 100 Continue\r\n\r\n${FINAL}`
    const rig = await profilerBefore((socket) => {
      const bytes = [...Buffer.from(said)]
      const next = () => {
        const byte = bytes.shift()
        if (byte !== undefined) socket.write(Uint8Array.of(byte), () => setImmediate(next))
      }
      next()
    })
    const { interim, final } = await seenBy('HTTP/1.1', rig)
    assert.deepEqual(
      [interim.map(([status]) => status), final],
      [
        [100, 103, 100],
        [200, 'final'],
      ],
    )
  })

  it('leaves a body alone that looks like one', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\n'
    const rig = await profilerBefore((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 * body.length}\r\n\r\n`)
      socket.write(body, () => setImmediate(() => socket.write(body)))
    })
    for (let count = 0; count < 2; count++)
      assert.deepEqual(await seenBy('HTTP/1.1', rig), { interim: [], final: [200, body + body] })
  })

  it('keeps them from clients that speak HTTP/1.0', async () => {
    const rig = await profilerBefore((socket) => socket.write(HINTS + FINAL))
    const socket = rig.connect()
    socket.write(`GET /openai/x HTTP/1.0\r\nHost: 127.0.0.1:${rig.port}\r\n\r\n`)
    assert.match(await readSocket(socket), /^HTTP\/1\.1 200 OK\r\n(?!.*Link).*final$/s)
  })

  it('gives each of several pipelined requests its own', async () => {
    const waiting: net.Socket[] = []
    const rig = await profilerBefore((socket) => {
      waiting.push(socket)
      // The later one is answered first, and has to wait for its turn.
      if (waiting.length === 2) for (const one of waiting.toReversed()) one.write(HINTS + FINAL)
    })
    const socket = rig.connect()
    const head = `Host: 127.0.0.1:${rig.port}\r\n`
    socket.write(
      `GET /openai/a HTTP/1.1\r\n${head}\r\nGET /openai/b HTTP/1.1\r\n${head}Connection: close\r\n\r\n`,
    )
    const statuses = (await readSocket(socket)).match(/HTTP\/1\.1 \d+/g)
    assert.deepEqual(statuses, ['HTTP/1.1 103', 'HTTP/1.1 200', 'HTTP/1.1 103', 'HTTP/1.1 200'])
  })

  it('passes one on that comes before a WebSocket', async () => {
    const rig = await profilerBefore((socket) =>
      socket.end(
        `${HINTS}HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
      ),
    )
    const socket = rig.connect()
    socket.write(
      `GET /openai/v1/realtime HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    )
    const statuses = (await readSocket(socket)).match(/HTTP\/1\.1 \d+/g)
    assert.deepEqual(statuses, ['HTTP/1.1 103', 'HTTP/1.1 101'])
  })
})
