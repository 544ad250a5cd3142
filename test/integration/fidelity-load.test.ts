// Large bodies, many streams and slow readers through `costflame serve`: every byte arrives, and the process stays small.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as http2 from 'node:http2'
import { Playground, type Started } from '../support/costflame'
import { listening, originOf, read, sha256 } from '../support/profiler-rig'
import { until } from '../support/until'

const MB = 1024 * 1024

describe('fidelity under load', () => {
  let playground: Playground
  let upstream: http.Server
  let serve: Started
  let proxy: string
  let session: http2.ClientHttp2Session
  const agent = new http.Agent({ keepAlive: true })

  async function begin(script: http.RequestListener): Promise<void> {
    upstream = await listening(http.createServer(script))
    const started = await playground.serve('--upstream', `openai=${originOf(upstream)}`)
    serve = started
    proxy = started.ready.proxy
    // Node's client counts what it has not sent yet.
    session = http2.connect(proxy, { maxSessionMemory: 1000 })
  }

  beforeEach(() => {
    playground = new Playground()
  })
  afterEach(async () => {
    agent.destroy()
    session.destroy()
    upstream.closeAllConnections()
    upstream.close()
    await playground.remove()
  })

  /** Memory of the profiler in bytes, now; undefined where the system does not say. */
  function memory(): number | undefined {
    const file = `/proc/${serve.child.pid}/status`
    const kilobytes = existsSync(file) && /^VmRSS:\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1]
    return kilobytes ? Number(kilobytes) * 1024 : undefined
  }

  function openHttp1(path: string): http.ClientRequest {
    return http.request(`${proxy}${path}`, { method: 'POST', agent })
  }

  it('carries requests of 20 MB, several at once in both versions, and replies as large', async () => {
    await begin((req, res) => {
      const hash = createHash('sha256')
      void read(req).then((body) => {
        res.writeHead(200, { 'x-sha256': hash.update(body).digest('hex') })
        res.end(body)
      })
    })
    const bodies = Array.from({ length: 4 }, () => randomBytes(20 * MB))
    await Promise.all(
      bodies.map(async (body, index) => {
        if (index % 2) {
          const call = openHttp1('/openai/v1/files')
          call.end(body)
          const [res] = (await once(call, 'response')) as [http.IncomingMessage]
          assert.equal(res.headers['x-sha256'], sha256(body))
          assert.equal(sha256(await read(res)), sha256(body))
          return
        }
        const stream = session.request({ ':method': 'POST', ':path': '/openai/v1/files' })
        stream.end(body)
        const [headers] = await once(stream, 'response')
        assert.equal(headers['x-sha256'], sha256(body))
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk)
        assert.equal(sha256(Buffer.concat(chunks)), sha256(body))
      }),
    )
  })

  it('carries 200 streams at once, each event of all of them at the clients before the next is sent', async () => {
    const COUNT = 200
    const EVENTS = 5
    const replies: http.ServerResponse[] = []
    await begin((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      replies.push(res)
      if (replies.length === COUNT) sendNext()
    })
    let sent = 0
    let received = 0
    const sendNext = () => {
      sent++
      for (const reply of replies)
        if (sent > EVENTS) reply.end()
        else reply.write(`data: ${sent}\n\n`)
    }
    const onText = (text: string) => {
      received += text.length
      // Every client has this event: `data: 1\n\n` has 9 characters.
      if (received === sent * 9 * COUNT) sendNext()
    }
    const texts = await Promise.all(
      Array.from({ length: COUNT }, async (_, index) => {
        let text = ''
        const body =
          index % 2
            ? openHttp1('/openai/v1/x')
            : session.request({ ':method': 'POST', ':path': '/openai/v1/x' })
        body.end('{}')
        const reply =
          body instanceof http.ClientRequest
            ? ((await once(body, 'response')) as [http.IncomingMessage])[0]
            : body
        reply.on('data', (chunk: Buffer) => {
          text += chunk
          onText(chunk.toString())
        })
        await once(reply, 'end')
        return text
      }),
    )
    assert.deepEqual([...new Set(texts)], ['data: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\ndata: 5\n\n'])
  })

  it('pauses the upstream for readers that do not read, and stays small', async () => {
    const READERS = 8
    let taken = 0
    await begin((_req, res) => {
      const block = Buffer.alloc(256 * 1024, 'x')
      let left = 256 * MB
      const fill = () => {
        while (left > 0 && !res.destroyed) {
          left -= block.length
          taken += block.length
          if (!res.write(block)) return
        }
        res.end()
      }
      res.on('drain', fill)
      fill()
    })
    const calls = Array.from({ length: READERS }, (_, index) => {
      if (index % 2 === 0) return session.request({ ':method': 'POST', ':path': '/openai/v1/x' })
      const call = openHttp1('/openai/v1/x')
      call.on('response', (res: http.IncomingMessage) => {
        res.on('error', () => 'we left')
        res.pause()
      })
      return call
    })
    for (const call of calls) call.on('error', () => 'we left').end('{}')
    let before = -1
    // Nobody says that nothing happens any more: the buffers on the way are full when the count stands still.
    await until('the upstream to stand still', () => {
      const isStill = taken === before && taken > 0
      before = taken
      return isStill
    })
    assert.ok(taken < READERS * 48 * MB, `${taken / MB} MB were taken for readers that read nothing`)
    const resident = memory()
    if (resident !== undefined) assert.ok(resident < 500 * MB, `the profiler holds ${resident / MB} MB`)
    for (const call of calls) call.destroy()
  })
})
