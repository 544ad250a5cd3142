// Looking at a request must not change it: the same events, the same flow, the same bytes as without us, and a whole copy beside them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import * as http from 'node:http'
import * as http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex, Readable, Writable } from 'node:stream'
import fc from 'fast-check'
import { observeHttp1 } from '../../profiler-agent/capture/hooks/node/observe-http1'
import { observeHttp2 } from '../../profiler-agent/capture/hooks/node/observe-http2'
import {
  CopyMemory,
  ObservedCall,
  type ObservedExchange,
} from '../../profiler-agent/capture/hooks/node/observed-call'

const CHUNKS = ['one ', 'two ', 'three'].map((text) => Buffer.from(text))
/** More than a socket and a stream hold unread. */
const LARGE = Buffer.alloc(8 * 1024 * 1024, 'x')
const FACTS = {
  provider: 'bedrock',
  method: 'POST',
  url: new URL('https://bedrock-runtime.us-east-1.amazonaws.com/'),
  headers: {},
}

/** One request of either protocol: what is written to, and what is read from, which for HTTP/2 are the same. */
interface Client {
  readonly request: Writable
  readonly response: Promise<Readable>
}

interface Protocol {
  readonly name: string
  readonly start: (answer: Answer) => Promise<Server>
}

interface Server {
  readonly open: (call: ObservedCall | undefined) => Client
  readonly stop: () => void
}

type Answer = (request: Readable, response: Writable) => void

const PROTOCOLS: readonly Protocol[] = [
  {
    name: 'HTTP/1.1',
    async start(answer) {
      const server = http
        .createServer((request, response) => answer(request, response))
        .listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      return {
        open(call) {
          const request = http.request({ port, host: '127.0.0.1', method: 'POST' })
          if (call) observeHttp1(request, call)
          return { request, response: once(request, 'response').then(([response]) => response as Readable) }
        },
        stop() {
          server.closeAllConnections()
          server.close()
        },
      }
    },
  },
  {
    name: 'HTTP/2',
    async start(answer) {
      const server = http2.createServer().listen(0, '127.0.0.1')
      server.on('stream', (stream) => {
        stream.respond({ ':status': 200 })
        answer(stream, stream)
      })
      await once(server, 'listening')
      const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      return {
        open(call) {
          const stream = session.request({ ':method': 'POST', ':path': '/' })
          if (call) observeHttp2(stream, call)
          return { request: stream, response: once(stream, 'response').then(() => stream as Duplex) }
        },
        stop() {
          session.destroy()
          server.close()
        },
      }
    },
  },
]

const echo: Answer = (request, response) => request.pipe(response)

for (const { name, start } of PROTOCOLS)
  describe(`an observed request of ${name}`, () => {
    let server: Server
    afterEach(() => server.stop())

    /** What `use` makes of a request, without us and with us, and the copy. */
    async function compare(
      answer: Answer,
      use: (client: Client) => Promise<unknown>,
    ): Promise<ObservedExchange> {
      server = await start(answer)
      const alone = await use(server.open(undefined))
      const copies: ObservedExchange[] = []
      const memory = new CopyMemory()
      const call = new ObservedCall(FACTS, [], memory, (exchange) => copies.push(exchange))
      const observed = await use(server.open(call))
      assert.deepEqual(observed, alone)
      assert.equal(copies.length, 1)
      return copies[0] ?? assert.fail()
    }

    it('has the same listeners, and flows only when the program lets it', async () => {
      const copy = await compare(echo, async ({ request, response }) => {
        const before = listenersOf(request)
        request.end(Buffer.concat(CHUNKS))
        const reply = await response
        const seen = [before, listenersOf(reply), reply.readableFlowing]
        const text = await textOf(reply)
        return [...seen, text]
      })
      assert.deepEqual(
        [copy.end, copy.requestBody.toString(), copy.responseBody.toString()],
        ['complete', 'one two three', 'one two three'],
      )
    })

    it('tells its events in the same order', async () => {
      await compare(echo, async ({ request, response }) => {
        const log: string[] = []
        for (const event of ['finish', 'error', 'aborted'])
          request.on(event, () => log.push(`request ${event}`))
        for (const chunk of CHUNKS) request.write(chunk)
        request.end()
        const reply = await response
        for (const event of ['end', 'close', 'error']) reply.on(event, () => log.push(`reply ${event}`))
        reply.on('data', () => undefined)
        await once(reply, 'close')
        return log
      })
    })

    it('holds the sender back while nobody reads', async () => {
      let sent: Writable | undefined
      const copy = await compare(
        (request, response) => {
          sent = response
          request.resume()
          response.end(LARGE)
        },
        async ({ request, response }) => {
          request.end()
          const reply = await response
          // Everything that fits has arrived when the loop has gone round often enough; the rest waits at the sender.
          for (let round = 0; round < 50; round++) await new Promise(setImmediate)
          const isHeldBack = sent?.writableFinished === false
          let length = 0
          for await (const chunk of reply) length += (chunk as Buffer).length
          return [isHeldBack, length]
        },
      )
      assert.deepEqual(
        [copy.end, copy.responseBody.length, copy.copyTruncated],
        ['complete', LARGE.length, false],
      )
    })

    it('ends as the program ends it', async () => {
      const copy = await compare(
        (_request, response) => void response.write('first'),
        async ({ request, response }) => {
          const errors: string[] = []
          request.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message))
          request.end()
          const reply = await response
          reply.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message))
          await once(reply, 'data')
          request.destroy()
          if (!request.closed) await once(request, 'close')
          return errors
        },
      )
      assert.deepEqual([copy.end, copy.responseBody.toString()], ['aborted', 'first'])
    })

    it('is copied whole, however it is cut', async () => {
      const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 5000 }), { maxLength: 8 })
      await fc.assert(
        fc.asyncProperty(pieces, async (chunks) => {
          const whole = Buffer.concat(chunks)
          const copy = await compare(echo, async ({ request, response }) => {
            for (const chunk of chunks) request.write(chunk)
            request.end()
            return (await bytesOf(await response)).toString('hex')
          })
          server.stop()
          assert.equal(copy.requestBody.toString('hex'), whole.toString('hex'))
          assert.equal(copy.responseBody.toString('hex'), whole.toString('hex'))
        }),
        { numRuns: 20 },
      )
    })

    it('is copied up to a cap, and passes whole', async () => {
      const huge = Buffer.alloc(13 * 1024 * 1024, 'y')
      const copy = await compare(
        (request, response) => {
          request.resume()
          response.end(huge)
        },
        async ({ request, response }) => {
          request.end('question')
          return (await bytesOf(await response)).length
        },
      )
      assert.equal(copy.copyTruncated, true)
      assert.equal(copy.requestBody.toString(), 'question')
      assert.ok(copy.responseBody.length <= 12 * 1024 * 1024)
    })
  })

function listenersOf(stream: Readable | Writable): Record<string, number> {
  return Object.fromEntries(stream.eventNames().map((event) => [String(event), stream.listenerCount(event)]))
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function textOf(stream: Readable): Promise<string> {
  return (await bytesOf(stream)).toString()
}
