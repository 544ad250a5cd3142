// No timeout of ours: hours may go by before the first byte, within a body or on an idle connection, directly and through the user's own proxy.

import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import * as net from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent } from 'undici'
import { tick } from 'undici/lib/util/timers.js'
import { Playground } from '../support/costflame'
import { listening, originOf, portOf, type Rig, useRig, type Version } from '../support/profiler-rig'
import { skip } from '../support/skip'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/test-certificate'
import { temporaryFolder, writeFiles } from '../support/test-folders'

const HOURS_MS = 10 * 3_600_000

/** undici measures its timeouts on a clock of its own, which may be put forward. */
function hoursPass(): void {
  for (let count = 0; count < 3; count++) tick(HOURS_MS)
}

/** Delays in ms of the timers that Node or a program arms while `action` goes on, and that are armed when it is over. */
async function armedDuring(action: () => Promise<unknown>): Promise<number[]> {
  const armed = new Map<number, { readonly _idleTimeout?: number }>()
  const hook = createHook({
    init: (id, type, _trigger, resource) => type === 'Timeout' && armed.set(id, resource),
    destroy: (id) => armed.delete(id),
  }).enable()
  await action()
  hook.disable()
  return [...armed.values()].map(({ _idleTimeout = 0 }) => _idleTimeout).filter((ms) => ms > 0)
}

/** How the connection to the upstream may be made. */
const WAYS = ['directly', 'through HTTP_PROXY', 'through a tunnel of HTTPS_PROXY'] as const

describe('patience', () => {
  const start = useRig()
  const folder = temporaryFolder('patience')
  const closing: (() => void)[] = []
  const environment = { ...process.env }
  before(() => writeFiles(folder.path, { 'ca.pem': TEST_CERTIFICATE }))
  after(() => folder.remove())
  afterEach(() => {
    for (const close of closing.splice(0)) close()
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'SSL_CERT_FILE']) delete process.env[name]
    Object.assign(process.env, environment)
  })

  /** The requests that the upstream got and leaves to the test. */
  class Arrivals {
    readonly #waiting: http.ServerResponse[] = []
    readonly #takers: ((res: http.ServerResponse) => void)[] = []
    readonly listener = (req: http.IncomingMessage, res: http.ServerResponse) => {
      req.resume()
      const taker = this.#takers.shift()
      if (taker) taker(res)
      else this.#waiting.push(res)
    }

    next(): Promise<http.ServerResponse> {
      const res = this.#waiting.shift()
      return res ? Promise.resolve(res) : new Promise((resolve) => this.#takers.push(resolve))
    }
  }

  async function rigOf(way: (typeof WAYS)[number], arrivals: Arrivals): Promise<Rig> {
    if (way === 'directly') return start((req, res) => arrivals.listener(req, res))
    if (way === 'through HTTP_PROXY') {
      const forward = await listening(http.createServer(arrivals.listener))
      process.env.HTTP_PROXY = originOf(forward)
      closing.push(() => stop(forward))
      return start(() => undefined, { upstreams: { openai: 'http://llm.invalid' } })
    }
    const secure = await listening(
      https.createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, arrivals.listener),
    )
    const forward = await listening(http.createServer())
    forward.on('connect', (_req: http.IncomingMessage, client: net.Socket) => {
      const target = net.connect(portOf(secure), '127.0.0.1', () => {
        // The proxy takes its time as well.
        hoursPass()
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        target.pipe(client).pipe(target)
      })
      for (const socket of [client, target]) socket.on('error', () => 'one of the ends has gone')
    })
    process.env.HTTPS_PROXY = originOf(forward)
    process.env.SSL_CERT_FILE = join(folder.path, 'ca.pem')
    closing.push(
      () => stop(forward),
      () => stop(secure),
    )
    return start(() => undefined, { upstreams: { openai: `https://llm.test:${portOf(secure)}` } })
  }

  for (const way of WAYS)
    for (const version of ['HTTP/1.1', 'h2c'] as const satisfies readonly Version[])
      it(`waits hours for the head and hours within the body, ${way}, over ${version}`, async () => {
        const arrivals = new Arrivals()
        const rig = await rigOf(way, arrivals)
        const answer = rig.ask(version, { path: '/openai/v1/x', body: [Buffer.from('{}')] })
        const res = await arrivals.next()
        hoursPass()
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write('data: 1\n\n')
        await new Promise(setImmediate)
        hoursPass()
        res.end('data: 2\n\n')
        const { status, body } = await answer
        assert.deepEqual([status, body.toString()], [200, 'data: 1\n\ndata: 2\n\n'])
      })

  it('would notice a timeout: an agent with the usual ones gives up in the same time', async () => {
    const arrivals = new Arrivals()
    const rig = await start((req, res) => arrivals.listener(req, res))
    const agent = new Agent()
    const answer = agent.request({ origin: rig.upstream, path: '/', method: 'GET' })
    answer.catch(() => 'awaited below')
    await arrivals.next()
    hoursPass()
    await assert.rejects(answer, /Headers Timeout/)
    await agent.close()
  })

  it('arms no timer of Node for a call: only undici’s clock ticks', async () => {
    const arrivals = new Arrivals()
    const rig = await start((req, res) => arrivals.listener(req, res))
    for (const version of ['HTTP/1.1', 'h2c'] as const) {
      let answer: Promise<unknown> = Promise.resolve()
      const armed = await armedDuring(async () => {
        answer = rig.ask(version, { path: '/openai/v1/x', body: [Buffer.from('{}')] })
        const res = await arrivals.next()
        res.write('data: 1\n\n')
        closing.push(() => res.end())
      })
      assert.deepEqual(
        armed.filter((ms) => ms > 1000),
        [],
        version,
      )
      for (const close of closing.splice(0)) close()
      await answer
    }
  })

  it('has no limit on how long a request, its head or an idle connection takes', async () => {
    const rig = await start((_req, res) => res.end())
    const { requestTimeout, headersTimeout, timeout, keepAliveTimeout, maxRequestsPerSocket } =
      rig.http.server
    assert.deepEqual(
      { requestTimeout, headersTimeout, timeout, keepAliveTimeout, maxRequestsPerSocket },
      { requestTimeout: 0, headersTimeout: 0, timeout: 0, keepAliveTimeout: 0, maxRequestsPerSocket: 0 },
    )
    const accepted = once(rig.http.server, 'connection').then(([socket]) => socket as net.Socket)
    await rig.ask('HTTP/1.1', { path: '/openai/x', method: 'GET' })
    assert.equal((await accepted).timeout ?? 0, 0)
  })

  it('waits more than 6 minutes by the clock on the wall', async function () {
    if (process.env.COSTFLAME_SLOW_TESTS !== '1') skip(this, 'takes 6 minutes: set COSTFLAME_SLOW_TESTS=1')
    this.timeout(15 * 60_000)
    const upstream = await listening(
      http.createServer((_req, res) => void delay(6 * 60_000 + 5000).then(() => res.end('at last'))),
    )
    const playground = new Playground()
    const { ready } = await playground.serve('--upstream', `openai=${originOf(upstream)}`)
    const call = http.get(`${ready.proxy}/openai/v1/x`)
    const [res] = (await once(call, 'response')) as [http.IncomingMessage]
    const [chunk] = await once(res, 'data')
    assert.equal(String(chunk), 'at last')
    await playground.remove()
    stop(upstream)
  })
})

function stop(server: http.Server | https.Server): void {
  server.closeAllConnections()
  server.close()
}
