// The profiler as one object: the HTTP server with the proxy, the feed and the ingest on one loopback port, and the worker behind it.

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { profiledEnvironment } from './capture/hooks/environment'
import { observedExchange } from './capture/observed-exchange'
import { answerOf, answerUpgrade, type ProxyAnswer, sendAnswer } from './capture/proxy/answers'
import {
  type CallRequest,
  type ClientRequest,
  type ClientResponse,
  callRequestOf,
  sendHead,
} from './capture/proxy/client'
import { createHttpServer, type HttpServer } from './capture/proxy/http-server'
import { type Proxy as CallProxy, createProxy } from './capture/proxy/proxy'
import { refusalFor, type ServicePlace, sameToken } from './capture/proxy/refusal'
import { SecretMemory } from './capture/redact'
import { declaredOutcomeOf, declaredSpanOf, FieldProblem, hookReportOf } from './capture/told-line'
import type { AnswerBody, Question, ReadyLine } from './feed/protocol'
import { FeedServer } from './feed/server'
import { GateReader } from './gate-reader/gate-reader'
import { type IngestResult, type IngestSink, NOTHING_TAKEN, readIngest } from './ingest'
import { LiveBudget } from './live-budget/live-budget'
import { announce } from './live-file'
import { type ContentMode, strictest } from './model/content-mode'
import type { HttpExchange } from './model/exchange'
import { HEADERS } from './model/headers'
import { present } from './model/present'
import type { RunRecord } from './model/record'
import type { Retention } from './model/retention'
import { SharedRun } from './shared-run'
import { type LoadedConfig, watchedConfig } from './watched-config'
import type { WatchedFile } from './watched-file'
import { WorkerHost } from './worker-host'
import { stayYoung } from './worker-memory'

/** Copies of larger bodies are cut; the bytes on the wire never are. */
const MAX_COPY_BYTES = 32 * 1024 * 1024

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
  readonly configFile?: string
  /** The user's own settings, which say what escalations are. */
  readonly settingsFile?: string
  /** Upstream by provider, over the defaults. */
  readonly upstreams: Readonly<Record<string, string>>
  /** What programs of an earlier profiler were promised, whose place this one takes. */
  readonly givenUpstreams?: GivenUpstreams
  /** Token of an earlier profiler whose place this one takes; a fresh one otherwise. */
  readonly token?: string
  /** The run that it is started for: known before the first call. */
  readonly run?: RunRecord
  /** Web origins whose pages may call through the proxy. */
  readonly allowedOrigins?: readonly string[]
  /** False leaves streams without usage as they are; true unless set. */
  readonly spliceUsage?: boolean
  /** True asks hosts of unknown make for usage too. */
  readonly spliceUsageOnCustomHosts?: boolean
  /** `hashes` keeps no text of prompts and replies; `full` unless set here or in `config.jsonc`. */
  readonly content?: ContentMode
  /** What a start of the worker leaves in the store. */
  readonly retention?: Retention
  /** Call-site mode for the environments that are handed out. */
  readonly callSites?: string
  readonly log: (message: string) => void
}

/** Upstreams by provider that environments named: for all programs, and for those of runs that have an environment of their own. */
export interface GivenUpstreams {
  readonly common: Readonly<Record<string, string>>
  readonly runs: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Starts listening. Rejects with Node's error when the port cannot be had. */
export async function startProfiler(options: ProfilerOptions): Promise<Profiler> {
  let profiler: Profiler | undefined
  const http = createHttpServer({
    request: (req, res) => profiler?.serve(req, res),
    upgrade: (req, socket, head) => profiler?.upgrade(req, socket, head),
  })
  await listen(http.server, options)
  profiler = new Profiler(http, options)
  return profiler
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
  /** Those of runs whose programs have an environment of their own: another program's address is not theirs. */
  readonly #upstreamsOfRun: Map<string, Readonly<Record<string, string>>>
  readonly #worker: WorkerHost
  readonly #feed: FeedServer
  readonly #proxy: CallProxy
  readonly #reader: GateReader
  readonly #budget: LiveBudget
  readonly #sharedRun = new SharedRun()
  /** What the proxy or a hook once saw as a credential. */
  readonly #secrets = new SecretMemory()
  readonly #lineTools = {
    secrets: this.#secrets,
    nameRun: (runId: string | undefined) => this.#runOf(runId),
  }
  readonly #openIngests = new Set<Promise<unknown>>()
  readonly #withdraw: () => void
  readonly #token: string
  readonly #place: ServicePlace

  constructor(
    readonly http: HttpServer,
    readonly options: ProfilerOptions,
  ) {
    this.#token = options.token ?? randomBytes(24).toString('base64url')
    this.ready = readyLine(http.server, options, this.#token)
    const { host, allowedOrigins = [] } = options
    this.#place = { port: portOf(http.server), host, allowedOrigins }
    const { common = {}, runs = {} } = options.givenUpstreams ?? {}
    // What the user names counts more than what an environment named.
    this.#upstreams = { ...common, ...options.upstreams }
    this.#upstreamsOfRun = new Map(Object.entries(runs))
    stayYoung()
    const config = watchedConfig(options.configFile, options.root)
    this.#worker = this.#startWorker(config)
    this.#reader = this.#createReader()
    this.#budget = this.#createBudget(config)
    if (options.run) this.#addRun(options.run)
    // One that takes another's place goes on with its run.
    if (options.run && options.token === undefined) this.#budget.began(options.run.id)
    this.#feed = new FeedServer({ ...this.ready, ask: (question) => this.#ask(question) })
    this.#proxy = this.#createProxy()
    this.#withdraw = announce(options.data, this.ready)
  }

  /** Lets open calls finish, stores everything, and lets go of the port. */
  async close(): Promise<void> {
    this.#withdraw()
    this.#feed.close()
    const closed = new Promise<void>((resolve) => this.http.server.close(() => resolve()))
    this.http.closeIdleConnections()
    await this.#proxy.close()
    this.#budget.close()
    await this.#reader.close()
    await Promise.all(this.#openIngests)
    // First of all what was recorded: whoever waits for us may lose patience.
    await this.#worker.close()
    this.http.closeAllConnections()
    this.#feed.terminate()
    await closed
  }

  #addRun(run: RunRecord): void {
    this.#worker.addRun(run)
    this.#budget.describe(run)
  }

  #createReader(): GateReader {
    const { assets, configFile, root, log } = this.options
    return new GateReader({ assets, log, ...present({ configFile, root }) })
  }

  #createBudget(config: WatchedFile<LoadedConfig>): LiveBudget {
    const { budgetFile, root, log } = this.options
    return new LiveBudget({
      ...{ budgetFile, root, config, log, reader: this.#reader, worker: this.#worker },
      settle: async () => {
        await this.#proxy.settled()
        await this.#worker.stored()
      },
    })
  }

  #startWorker(config: WatchedFile<LoadedConfig>): WorkerHost {
    const { data, assets, root, budgetFile, configFile, settingsFile, content, retention, log } = this.options
    return new WorkerHost({
      script: join(assets, 'worker.js'),
      worker: {
        data,
        assets,
        ...present({ root, budgetFile, configFile, settingsFile, content, retention }),
      },
      onState: (revision, runs) => this.#feed.publish(revision, runs),
      gate: {
        told: (spent, ids) => this.#budget.told(spent, ids),
        restarted: () => this.#budget.restarted(),
      },
      secrets: this.#secrets,
      keepsText: () => strictest(content, config.current()?.file.content) === 'full',
      log,
    })
  }

  #createProxy(): CallProxy {
    return createProxy({
      upstreams: this.#upstreams,
      upstreamsOfRun: (runId) => this.#upstreamsOfRun.get(runId),
      token: this.#token,
      host: this.options.host,
      maxCopyBytes: MAX_COPY_BYTES,
      spliceUsage: this.options.spliceUsage ?? true,
      spliceUsageOnCustomHosts: this.options.spliceUsageOnCustomHosts ?? false,
      allowedOrigins: this.options.allowedOrigins ?? [],
      secrets: this.#secrets,
      resolveRun: (named) => this.#runOf(named),
      onStart: ({ runId }) => {
        this.#budget.saw(runId)
        this.#worker.callStarted(runId)
      },
      gate: this.#budget.gate,
      onExchange: (exchange) => this.#record(exchange),
      log: this.options.log,
    })
  }

  /** A run cannot be named like a credential: its id is written as it is. */
  #runOf(named: string | undefined): string {
    const isName = named !== undefined && this.#secrets.maskText(named) === named
    if (isName) return named
    const id = this.#sharedRun.id()
    this.#budget.began(id)
    return id
  }

  #record(exchange: HttpExchange): void {
    this.#sharedRun.touch(exchange.runId)
    this.#worker.addExchange(exchange)
  }

  /** Answers every request. */
  serve(req: ClientRequest, res: ClientResponse): void {
    this.#worker.callCame()
    const request = callRequestOf(req)
    const refusal = refusalFor(request.headers, this.#place)
    if (refusal) {
      sendAnswer(res, refusal)
      return
    }
    const pathname = pathOf(request)
    if (pathname === '/ingest') void this.#ingest(req, request, res)
    else if (pathname === '/otlp' || pathname.startsWith('/otlp/'))
      sendAnswer(res, this.#hasToken(request) ? OTLP_LATER : TOKEN_MISSING)
    else this.#proxy.handle(req, res)
  }

  async #ingest(req: ClientRequest, request: CallRequest, res: ClientResponse): Promise<void> {
    if (!this.#hasToken(request)) {
      sendAnswer(res, TOKEN_MISSING)
      return
    }
    const reading = this.#proxy
      .settled()
      .then(() => readIngest(req, this.#ingestSink()))
      .catch(brokenOff)
    this.#openIngests.add(reading)
    const { accepted, endsRun, problem } = await reading
    this.#openIngests.delete(reading)
    if (problem !== undefined) {
      sendAnswer(res, answerOf(400, 'bad_ingest', problem))
      return
    }
    await (endsRun ? this.#worker.flush() : this.#worker.stored())
    sendHead(res, 200, 'OK', ['content-type', 'application/json'])
    res.end(JSON.stringify({ accepted }))
  }

  #ingestSink(): IngestSink {
    return {
      addRun: (run) => this.#addRun(run),
      endRun: (runId, endedAt) => this.#worker.endRun(runId, endedAt),
      addObserved: async (message) => {
        const exchange = await observedExchange(message, this.#secrets, (named) => this.#runOf(named))
        if (exchange !== undefined) this.#record(exchange)
        return exchange !== undefined
      },
      addSpan: (message) =>
        this.#told(() => {
          const span = declaredSpanOf(message, this.#lineTools)
          this.#sharedRun.touch(span.runId)
          this.#budget.declare(span)
          this.#worker.addSpan(span)
        }),
      addOutcome: (message) =>
        this.#told(() => this.#worker.addOutcome(declaredOutcomeOf(message, this.#lineTools))),
      addHookReport: (message) =>
        this.#told(() => this.#worker.addHookReport(hookReportOf(message, this.#lineTools))),
    }
  }

  /** What is wrong with the line that `take` takes, if anything is. */
  #told(take: () => void): string | undefined {
    try {
      take()
      return undefined
    } catch (error) {
      if (error instanceof FieldProblem) return error.message
      throw error
    }
  }

  /** Answers every upgrade to WebSocket. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const request = callRequestOf(req)
    const refusal = refusalFor(request.headers, this.#place)
    if (refusal) answerUpgrade(socket, refusal)
    else if (pathOf(request) !== '/feed') this.#proxy.upgrade(req, socket, head)
    else if (this.#hasToken(request)) this.#feed.accept(req, socket, head)
    else answerUpgrade(socket, TOKEN_MISSING)
  }

  /** As a header, a bearer or, for readers that can set no headers, in the query. */
  #hasToken(req: CallRequest): boolean {
    const header = req.headers[HEADERS.token]
    const bearer = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1]
    const given = typeof header === 'string' ? header : (bearer ?? queryOf(req).get('token') ?? '')
    return sameToken(given, this.#token)
  }

  async #ask(question: Question): Promise<AnswerBody> {
    if (question.ask === 'environment') return { to: 'environment', ...this.#environment(question) }
    if (question.ask === 'stopRun' && this.#budget.stop(question.runId))
      return { to: 'stopRun', stopped: true }
    // Whoever has its answer from the provider may ask about the call.
    await this.#proxy.settled()
    if (question.ask === 'stopRun') return { to: 'stopRun', stopped: this.#budget.stop(question.runId) }
    return this.#worker.ask(question)
  }

  /** Variables that make a process with this environment a profiled one; its own base URLs become our upstreams. */
  #environment({ environment, runId }: Extract<Question, { ask: 'environment' }>) {
    const { assets, data, callSites, upstreams: named } = this.options
    const known = runId === undefined ? this.#upstreams : named
    const { variables, upstreams } = profiledEnvironment({
      environment,
      proxy: this.ready.proxy,
      token: this.#token,
      hookFile: join(assets, 'hooks', 'node.cjs'),
      data,
      upstreams: known,
      namedUpstreams: named,
      ...present({ runId, callSites }),
    })
    const all = { ...known, ...upstreams }
    if (runId === undefined) Object.assign(this.#upstreams, upstreams)
    else this.#upstreamsOfRun.set(runId, all)
    return { variables, upstreams: all }
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
  const authority = `${host.includes(':') ? `[${host}]` : host}:${portOf(server)}`
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

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** Anything may stand in a request line; `//` alone is already no URL. */
function pathOf({ url }: CallRequest): string {
  return url.split('?', 1)[0] ?? '/'
}

function queryOf({ url }: CallRequest): URLSearchParams {
  const start = url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1))
}

/** The sender left in the middle: nobody is there to be told, and the lines that came were not read. */
function brokenOff(error: Error): IngestResult {
  return { ...NOTHING_TAKEN, problem: `the request broke off: ${error.message}` }
}
