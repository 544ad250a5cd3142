// A proxy between a scripted upstream and a raw client, all over real sockets on loopback. For tests of the proxy.

import { once } from 'node:events'
import * as http from 'node:http'
import type * as net from 'node:net'
import type { AddressInfo } from 'node:net'
import { createHttpServer } from '../../profiler-agent/capture/proxy/http-server'
import { createProxy, type ProxyOptions } from '../../profiler-agent/capture/proxy/proxy'
import type { HttpExchange } from '../../profiler-agent/model/exchange'

export const TOKEN = 'test-token-0123456789'
/** Looks like a key, so that a test can look for it where it should not be. */
export const KEY = 'sk-canary-0123456789abcdef'

/** A request as it arrived at the upstream. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly rawHeaders: readonly string[]
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

export interface Harness {
  readonly base: string
  /** Origin of the scripted upstream. */
  readonly upstream: string
  readonly port: number
  readonly received: readonly Received[]
  readonly exchanges: readonly HttpExchange[]
  readonly logged: readonly string[]
  /** Starts a request and leaves the rest to the test. */
  open(path: string, options?: http.RequestOptions): http.ClientRequest
  /** One whole call. */
  send(path: string, options?: http.RequestOptions, body?: string | Uint8Array): Promise<Answer>
  /** The records so far and to come, when no call is open any more. */
  settled(): Promise<readonly HttpExchange[]>
  stop(): Promise<void>
}

export type Script = (req: http.IncomingMessage, res: http.ServerResponse, body: Buffer) => void

/** Starts upstream and proxy; `openai` and `anthropic` lead to the upstream unless `options` say otherwise. */
async function startHarness(script: Script, options: Partial<ProxyOptions> = {}): Promise<Harness> {
  const received: Received[] = []
  const exchanges: HttpExchange[] = []
  const logged: string[] = []
  const upstream = await listen((req, res) => {
    void bodyOf(req).then((body) => {
      received.push({ method: req.method ?? '', url: req.url ?? '', rawHeaders: req.rawHeaders, body })
      script(req, res, body)
    }, ignoreAbort)
  })
  const origin = `http://127.0.0.1:${portOf(upstream)}`
  const proxy = createProxy({
    upstreams: { openai: origin, anthropic: origin },
    token: TOKEN,
    host: '127.0.0.1',
    spliceUsage: true,
    env: {},
    resolveRun: (id) => id ?? 'unnamed',
    onExchange: (exchange) => exchanges.push(exchange),
    log: (message) => logged.push(message),
    ...options,
  })
  const front = createHttpServer({
    request: (req, res) => proxy.handle(req, res),
    upgrade: (req, socket, head) => proxy.upgrade(req, socket, head),
  })
  await listening(front.server)
  const port = portOf(front.server)
  const agent = new http.Agent({ keepAlive: true })
  const open = (path: string, request: http.RequestOptions = {}) =>
    http.request({ host: '127.0.0.1', port, path, agent, ...request })
  let closing: Promise<void> | undefined
  const settled = async () => {
    closing ??= proxy.close()
    await closing
    return exchanges
  }
  return {
    base: `http://127.0.0.1:${port}`,
    upstream: origin,
    port,
    received,
    exchanges,
    logged,
    open,
    send: async (path, request, body) => {
      const call = open(path, request)
      call.end(body)
      return answerOf(call)
    },
    settled,
    stop: async () => {
      agent.destroy()
      for (const one of [front, upstream]) one.closeAllConnections()
      await Promise.all([settled(), closed(front.server), closed(upstream)])
    },
  }
}

/** For a `describe`: starts a harness for a test, and stops it after it. */
export function useHarness(): typeof startHarness {
  let harness: Harness | undefined
  afterEach(async () => {
    await harness?.stop()
    harness = undefined
  })
  return async (script, options) => {
    harness = await startHarness(script, options)
    return harness
  }
}

/** The whole answer to a request that has been sent; rejects when it breaks off. */
export async function answerOf(call: http.ClientRequest): Promise<Answer> {
  const [res] = (await once(call, 'response')) as [http.IncomingMessage]
  const body = await bodyOf(res)
  return { status: res.statusCode ?? 0, rawHeaders: res.rawHeaders, headers: res.headers, body }
}

/** Bytes as text; empty where there are none. */
export function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8')
}

export async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export async function listen(handler: http.RequestListener): Promise<http.Server> {
  return listening(http.createServer({ maxHeaderSize: 64 * 1024 }, handler))
}

async function listening(server: http.Server): Promise<http.Server> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port
}

async function closed(server: http.Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve))
}

function ignoreAbort(): void {
  // The client of the upstream (our proxy) went away in the middle; the test watches that by itself.
}
