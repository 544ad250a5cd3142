// Streams through a real profiler: each chunk as it comes, aborts and breaks passed on both ways, and what the store keeps of them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type * as http from 'node:http'
import * as http2 from 'node:http2'
import * as net from 'node:net'
import type { Span } from '../../profiler-agent/model/span'
import { listening, originOf, type Rig, read, useRig, type Version } from '../support/profiler-rig'

const VERSIONS: readonly Version[] = ['HTTP/1.1', 'h2c']
const QUESTION = JSON.stringify({
  model: 'claude-haiku-4-5',
  max_tokens: 99,
  stream: true,
  messages: [{ role: 'user', content: 'count' }],
})
const MESSAGES = '/anthropic/v1/messages'

/** Beginning of a reply that says how many tokens went in, and nothing yet of those that come out. */
const BEGUN =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant",' +
  '"model":"claude-haiku-4-5","content":[],"stop_reason":null,"usage":{"input_tokens":120,"output_tokens":1}}}\n\n'

/** A call under way in one of the versions: its bytes as they come, how it ended, and how to leave it. */
interface Call {
  /** Resolves with the text so far when it has grown to this length. */
  until(length: number): Promise<string>
  /** The text when the reply ended cleanly; rejects when it broke off. */
  readonly whole: Promise<string>
  leave(): void
}

function ask(rig: Rig, version: Version, path: string, body = QUESTION): Call {
  return version === 'h2c' ? askHttp2(rig, path, body) : askHttp1(rig, path, body)
}

function askHttp1(rig: Rig, path: string, body: string): Call {
  const call = rig.open(path, { method: 'POST' })
  call.end(body)
  const response = once(call, 'response').then(([res]) => res as http.IncomingMessage)
  const text = new GrowingText(response)
  call.on('error', (error) => text.fail(error))
  return { until: (length) => text.until(length), whole: text.whole, leave: () => call.destroy() }
}

function askHttp2(rig: Rig, path: string, body: string): Call {
  const stream = rig.session.request({ ':method': 'POST', ':path': path })
  stream.end(body)
  const text = new GrowingText(once(stream, 'response').then(() => stream))
  stream.on('error', (error) => text.fail(error))
  const leave = () => stream.close(http2.constants.NGHTTP2_CANCEL)
  return { until: (length) => text.until(length), whole: text.whole, leave }
}

class GrowingText {
  #text = ''
  readonly #waiting: (() => void)[] = []
  readonly whole: Promise<string>
  readonly #failed: Promise<never>
  fail: (error: Error) => void = () => undefined

  constructor(response: Promise<NodeJS.ReadableStream>) {
    this.#failed = new Promise((_, reject) => {
      this.fail = reject
    })
    this.whole = Promise.race([this.#read(response), this.#failed])
    this.whole.catch(() => 'a test that leaves does not ask how it ended')
  }

  async until(length: number): Promise<string> {
    while (this.#text.length < length)
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), this.#failed])
    return this.#text
  }

  async #read(response: Promise<NodeJS.ReadableStream>): Promise<string> {
    for await (const chunk of await response) {
      this.#text += chunk
      for (const resolve of this.#waiting.splice(0)) resolve()
    }
    return this.#text
  }
}

describe('fidelity of streams', () => {
  const start = useRig()

  for (const version of VERSIONS)
    for (const path of [MESSAGES, '/openai/v1/chat/completions'])
      it(`has each chunk of ${path} at the client before the upstream sends the next, over ${version}`, async () => {
        let reply: http.ServerResponse | undefined
        let asked: (() => void) | undefined
        const hasAsked = new Promise<void>((resolve) => (asked = resolve))
        const rig = await start((_req, res) => {
          reply = res
          res.writeHead(200, { 'content-type': 'text/event-stream' })
          res.flushHeaders()
          asked?.()
        })
        const call = ask(rig, version, path)
        await hasAsked
        let sent = ''
        for (let count = 1; count <= 30; count++) {
          // Of every other event only a part, as networks do it; a whole one is out before the next begins.
          const event = `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${count}"}}]}\n\n`
          for (const piece of count % 2 ? [event] : [event.slice(0, 40), event.slice(40)]) {
            reply?.write(piece)
            sent += piece
            assert.equal(await call.until(sent.length), sent)
          }
        }
        reply?.end()
        assert.equal(await call.whole, sent)
      })

  for (const version of VERSIONS) {
    it(`aborts the upstream when the client leaves before the head, over ${version}`, async () => {
      const upstreamCall = new Arrival()
      const rig = await start((_req, res) => upstreamCall.came(res))
      const call = ask(rig, version, MESSAGES)
      const closed = once(await upstreamCall.response, 'close')
      call.leave()
      await closed
      const [span] = await rig.storedSpans()
      assert.equal(span?.status, 'aborted')
    })

    it(`aborts the upstream when the client leaves in mid-body, over ${version}, and keeps what is known`, async () => {
      const upstreamCall = new Arrival()
      const rig = await start((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write(BEGUN)
        upstreamCall.came(res)
      })
      const call = ask(rig, version, MESSAGES)
      const closed = once(await upstreamCall.response, 'close')
      await call.until(BEGUN.length)
      call.leave()
      await closed
      assert.deepEqual(known(await rig.storedSpans()), ['aborted', 120, 'partial', true])
    })

    it(`aborts the upstream when the client leaves in mid-body and reads no more, over ${version}`, async () => {
      const upstreamCall = new Arrival()
      const rig = await start((_req, res) => {
        upstreamCall.came(res)
        const block = Buffer.alloc(64 * 1024, 'x')
        const fill = () => {
          while (!res.destroyed && res.write(block));
        }
        res.on('drain', fill)
        fill()
      })
      const call = ask(rig, version, MESSAGES)
      const closed = once(await upstreamCall.response, 'close')
      await call.until(1)
      call.leave()
      await closed
      assert.equal((await rig.storedSpans())[0]?.status, 'aborted')
    })
  }

  it('makes no call upstream for a client that leaves in mid-upload', async () => {
    const rig = await start((_req, res) => res.end('ok'))
    let connections = 0
    rig.upstreamServer.on('connection', () => connections++)
    const call = rig.open(MESSAGES, {
      method: 'POST',
      headers: { 'content-length': 1000, expect: '100-continue' },
    })
    call.on('error', () => 'we left')
    call.flushHeaders()
    await once(call, 'continue')
    call.write('half')
    call.destroy()
    const stream = rig.session.request({ ':method': 'POST', ':path': MESSAGES, 'content-length': 1000 })
    stream.on('error', () => 'we left')
    await once(stream, 'ready')
    stream.write('half')
    stream.close(http2.constants.NGHTTP2_CANCEL)
    await once(stream, 'close')
    assert.deepEqual([await rig.storedSpans(), connections], [[], 0])
  })

  const breaks: readonly [how: string, deed: (socket: net.Socket) => void][] = [
    ['resets', (socket) => socket.resetAndDestroy()],
    ['closes', (socket) => socket.end()],
  ]
  for (const version of VERSIONS)
    for (const [how, deed] of breaks) {
      it(`says so when the upstream ${how} before the head, over ${version}`, async () => {
        const rig = await start((req) => deed(req.socket))
        const answer = await ask(rig, version, MESSAGES).whole
        assert.equal(JSON.parse(answer).error.code, 'upstream_unreachable')
        const [span] = await rig.storedSpans()
        assert.deepEqual([span?.status, span?.modelCall?.billed], ['error', false])
      })

      for (const framing of ['chunked', 'with a length'])
        it(`breaks off when the upstream ${how} in mid-stream (${framing}), over ${version}, after every byte before it`, async () => {
          const rig = await start((_req, res) => {
            const length = framing === 'chunked' ? {} : { 'content-length': 100_000 }
            res.writeHead(200, { 'content-type': 'text/event-stream', ...length })
            res.write(BEGUN, () => res.socket && deed(res.socket))
          })
          const call = ask(rig, version, MESSAGES)
          assert.equal(await call.until(BEGUN.length), BEGUN)
          await assert.rejects(call.whole)
          assert.deepEqual(known(await rig.storedSpans()), ['truncated', 120, 'partial', true])
        })
    }

  for (const version of VERSIONS)
    it(`waits for an upstream that stalls in mid-stream for as long as the client does, over ${version}`, async () => {
      const upstreamCall = new Arrival()
      const rig = await start((req, res) => {
        if (req.method === 'HEAD') return void res.end()
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write(BEGUN, () => upstreamCall.came(res))
      })
      const stalled = ask(rig, version, MESSAGES)
      const reply = await upstreamCall.response
      await stalled.until(BEGUN.length)
      // Other calls are none the worse for it.
      const other = await rig.ask('HTTP/1.1', { path: '/openai/nowhere', method: 'HEAD' })
      assert.equal(other.status, 200)
      reply.end('event: ping\ndata: {"type":"ping"}\n\n')
      assert.match(await stalled.whole, /ping"}\n\n$/)
      // It ended cleanly and without what a whole reply ends with.
      assert.equal((await rig.storedSpans()).find((span) => span.modelCall)?.status, 'truncated')
    })

  it('breaks off when the upstream sends what is no HTTP in mid-stream', async () => {
    const upstream = await listening(
      net.createServer((socket) => {
        socket.on('error', () => 'the profiler hung up')
        socket.once('data', () =>
          socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense\r\n`),
        )
      }),
    )
    const rig = await start(() => undefined, { upstreams: { anthropic: originOf(upstream) } })
    const call = ask(rig, 'HTTP/1.1', MESSAGES)
    assert.equal(await call.until(3), 'abc')
    await assert.rejects(call.whole)
    const [span] = await rig.storedSpans()
    assert.equal(span?.status, 'truncated')
    upstream.close()
  })

  it('gives the client a clean end only where the upstream did, without length or chunks too', async () => {
    const upstream = await listening(
      net.createServer((socket) => {
        socket.on('error', () => 'the profiler hung up')
        socket.once('data', (request) => {
          const isReset = request.includes('/reset')
          socket.write('HTTP/1.1 200 OK\r\n\r\npart', () =>
            isReset ? socket.resetAndDestroy() : socket.end(),
          )
        })
      }),
    )
    const rig = await start(() => undefined, { upstreams: { anthropic: originOf(upstream) } })
    assert.equal(await ask(rig, 'HTTP/1.1', '/anthropic/v1/end').whole, 'part')
    await assert.rejects(ask(rig, 'HTTP/1.1', '/anthropic/v1/reset').whole)
    upstream.close()
  })

  describe('a client that leaves while the connection to the upstream is being made', () => {
    const dns = process.getBuiltinModule('node:dns')
    const { lookup } = dns
    afterEach(() => {
      dns.lookup = lookup
    })

    it('does not hold up the end of the profiler: the name never resolves', async () => {
      const rig = await start(() => undefined, { upstreams: { anthropic: 'http://never.test' } })
      // The edge of the system: a name server that does not answer.
      const asked = new Promise<void>((resolve) => {
        const silent = (name: string, ...rest: unknown[]) =>
          name === 'never.test' ? resolve() : Reflect.apply(lookup, dns, [name, ...rest])
        dns.lookup = silent as unknown as typeof lookup
      })
      const call = ask(rig, 'HTTP/1.1', MESSAGES)
      await asked
      call.leave()
      assert.equal((await rig.storedSpans())[0]?.status, 'aborted')
    })

    it('does not hold up the end of the profiler: the upstream never says hello', async () => {
      const mute = await listening(
        net.createServer((socket) => socket.on('error', () => 'the profiler hung up')),
      )
      const connected = once(mute, 'connection')
      const secure = originOf(mute).replace('http:', 'https:')
      const rig = await start(() => undefined, { upstreams: { anthropic: secure } })
      const call = ask(rig, 'HTTP/1.1', MESSAGES)
      const [socket] = (await connected) as [net.Socket]
      call.leave()
      assert.equal((await rig.storedSpans())[0]?.status, 'aborted')
      socket.destroy()
      mute.close()
    })
  })

  it('reads a reply that begins before the request has gone up whole', async () => {
    const early = await listening(
      net.createServer((socket) => {
        socket.on('error', () => 'the profiler hung up')
        socket.once('data', () =>
          socket.end('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nbig'),
        )
      }),
    )
    const rig = await start(() => undefined, { upstreams: { openai: originOf(early) } })
    const call = rig.open('/openai/v1/x', { method: 'POST' })
    call.end(Buffer.alloc(5 * 1024 * 1024))
    const [res] = (await once(call, 'response')) as [http.IncomingMessage]
    assert.deepEqual([res.statusCode, (await read(res)).toString()], [413, 'big'])
    early.close()
  })
})

/** A request that the upstream has got and not answered. */
class Arrival {
  came: (res: http.ServerResponse) => void = () => undefined
  readonly response = new Promise<http.ServerResponse>((resolve) => {
    this.came = resolve
  })
}

function known([span]: readonly Span[]): readonly unknown[] {
  const { usage, cost } = span?.modelCall ?? {}
  return [span?.status, usage?.inputTokens, usage?.origin, cost?.atLeast]
}
