// The profiler as one object: the HTTP server with the proxy, the feed and the ingest on one loopback port, and the worker behind it.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { profiledEnvironment } from './capture/hooks/environment'
import { answerOf, type ProxyAnswer, sendAnswer } from './capture/proxy/answers'
import { type Proxy as CallProxy, createProxy, disableServerTimeouts } from './capture/proxy/proxy'
import { refusalFor, sameToken } from './capture/proxy/refusal'
import type { AnswerBody, Question, ReadyLine } from './feed/protocol'
import { FeedServer } from './feed/server'
import { type IngestResult, readIngest } from './ingest'
import { announce } from './live-file'
import { HEADERS } from './model/headers'
import { SharedRun } from './shared-run'
import { WorkerHost } from './worker-host'

/** Copies of larger bodies are cut; the bytes on the wire never are. */
const MAX_COPY_BYTES = 32 * 1024 * 1024

/** A call site of 8 KB, long keys and whatever else SDKs send. */
const MAX_HEADER_BYTES = 64 * 1024

export interface ProfilerOptions {
  readonly version: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Absolute data folder. */
  readonly data: string
  /** Folder of the bundles and their assets. */
  readonly assets: string
  readonly root?: string
  readonly budgetFile?: string
  /** Upstream by provider, over the defaults. */
  readonly upstreams: Readonly<Record<string, string>>
  /** Token of an earlier profiler whose place this one takes; a fresh one otherwise. */
  readonly token?: string
  /** Call-site mode for the environments that are handed out. */
  readonly callSites?: string
  readonly log: (message: string) => void
}

/** Starts listening. Rejects with Node's error when the port cannot be had. */
export async function startProfiler(options: ProfilerOptions): Promise<Profiler> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES })
  disableServerTimeouts(server)
  await listen(server, options)
  return new Profiler(server, options)
}

function listen(server: Server, { port, host }: ProfilerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

export class Profiler {
  readonly ready: ReadyLine
  readonly #upstreams: Record<string, string>
  readonly #worker: WorkerHost
  readonly #feed: FeedServer
  readonly #proxy: CallProxy
  readonly #sharedRun = new SharedRun()
  readonly #withdraw: () => void
  readonly #token: string

  constructor(
    readonly server: Server,
    readonly options: ProfilerOptions,
  ) {
    this.#token = options.token ?? randomBytes(24).toString('base64url')
    this.ready = readyLine(server, options, this.#token)
    this.#upstreams = { ...options.upstreams }
    this.#worker = this.#startWorker()
    this.#feed = new FeedServer({ ...this.ready, ask: (question) => this.#ask(question) })
    this.#proxy = this.#createProxy()
    server.on('request', (req, res) => void this.#serve(req, res))
    server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket, head))
    this.#withdraw = announce(options.data, this.ready)
  }

  /** Lets open calls finish, stores everything, and lets go of the port. */
  async close(): Promise<void> {
    this.#withdraw()
    this.#feed.close()
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    this.server.closeIdleConnections()
    await this.#proxy.close()
    // First of all what was recorded: whoever waits for us may lose patience.
    await this.#worker.close()
    this.server.closeAllConnections()
    this.#feed.terminate()
    await closed
  }

  #startWorker(): WorkerHost {
    const { data, assets, root, budgetFile, log } = this.options
    return new WorkerHost({
      script: join(assets, 'worker.js'),
      worker: {
        data,
        assets,
        ...(root === undefined ? {} : { root }),
        ...(budgetFile === undefined ? {} : { budgetFile }),
      },
      onState: (revision, runs) => this.#feed.publish(revision, runs),
      log,
    })
  }

  #createProxy(): CallProxy {
    return createProxy({
      upstreams: this.#upstreams,
      token: this.#token,
      host: this.options.host,
      maxCopyBytes: MAX_COPY_BYTES,
      spliceUsage: true,
      resolveRun: (named) => named ?? this.#sharedRun.id(),
      onStart: ({ runId }) => this.#worker.callStarted(runId),
      onExchange: (exchange) => {
        this.#sharedRun.touch(exchange.runId)
        this.#worker.addExchange(exchange)
      },
      log: this.options.log,
    })
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const refusal = refusalFor(req.headers, this.#place())
    if (refusal) {
      sendAnswer(res, refusal)
      return
    }
    const pathname = pathOf(req)
    if (pathname === '/ingest') return this.#ingest(req, res)
    if (pathname === '/otlp' || pathname.startsWith('/otlp/')) sendAnswer(res, OTLP_LATER)
    else this.#proxy.handle(req, res)
  }

  async #ingest(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!this.#hasToken(req)) {
      sendAnswer(res, TOKEN_MISSING)
      return
    }
    const { accepted, problem } = await readIngest(req, this.#worker).catch(brokenOff)
    if (problem !== undefined) {
      sendAnswer(res, answerOf(400, 'bad_ingest', problem))
      return
    }
    await this.#worker.flush()
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ accepted }))
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const pathname = pathOf(req)
    // Nobody else listens on a socket that was taken out of HTTP; a reader that left is no trouble of ours.
    socket.on('error', () => socket.destroy())
    if (refusalFor(req.headers, this.#place())) refuseUpgrade(socket, '403 Forbidden')
    else if (pathname !== '/feed') refuseUpgrade(socket, '426 Upgrade Required')
    else if (!this.#hasToken(req)) refuseUpgrade(socket, '401 Unauthorized')
    else this.#feed.accept(req, socket, head)
  }

  #place() {
    return { port: (this.server.address() as AddressInfo).port, host: this.options.host }
  }

  /** As a header, a bearer or, for readers that can set no headers, in the query. */
  #hasToken(req: IncomingMessage): boolean {
    const header = req.headers[HEADERS.token]
    const bearer = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1]
    const given = typeof header === 'string' ? header : (bearer ?? queryOf(req).get('token') ?? '')
    return sameToken(given, this.#token)
  }

  #ask(question: Question): Promise<AnswerBody> {
    return question.ask === 'environment'
      ? Promise.resolve({ to: 'environment', variables: this.#environment(question.environment) })
      : this.#worker.ask(question)
  }

  /** Variables that make a process with this environment a profiled one; its own base URLs become our upstreams. */
  #environment(environment: Readonly<Record<string, string>>): Record<string, string> {
    const { variables, upstreams } = profiledEnvironment({
      environment,
      proxy: this.ready.proxy,
      token: this.#token,
      hookFile: join(this.options.assets, 'hooks', 'node.cjs'),
      data: this.options.data,
      upstreams: this.#upstreams,
      ...(this.options.callSites === undefined ? {} : { callSites: this.options.callSites }),
    })
    Object.assign(this.#upstreams, upstreams)
    return variables
  }
}

const TOKEN_MISSING: ProxyAnswer = answerOf(
  401,
  'token',
  `This address needs the profiler's token: send it as ${HEADERS.token}. It stands in the ready line of costflame serve and in data/live.`,
)
const OTLP_LATER: ProxyAnswer = answerOf(
  501,
  'otlp',
  'Receiving OpenTelemetry traces is not built yet; point SDKs at the proxy.',
)

function readyLine(server: Server, { version, host, data }: ProfilerOptions, token: string): ReadyLine {
  const { port } = server.address() as AddressInfo
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    event: 'ready',
    version,
    pid: process.pid,
    proxy: `http://${authority}`,
    feed: `ws://${authority}/feed`,
    token,
    otlp: `http://${authority}/otlp`,
    data,
  }
}

/** Anything may stand in a request line; `//` alone is already no URL. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/'
}

function queryOf({ url = '/' }: IncomingMessage): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1))
}

/** The sender left in the middle: nobody is there to be told, and the lines that came were not read. */
function brokenOff(error: Error): IngestResult {
  return { accepted: 0, problem: `the request broke off: ${error.message}` }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
