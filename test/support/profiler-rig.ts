// A real profiler (its HTTP server, proxy, worker and store) before a scripted upstream, all over real sockets. For tests of what callers are promised.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import * as http from 'node:http'
import * as http2 from 'node:http2'
import * as net from 'node:net'
import type { HttpServer } from '../../profiler-agent/capture/proxy/http-server'
import type { Span } from '../../profiler-agent/model/span'
import { type Profiler, type ProfilerOptions, startProfiler } from '../../profiler-agent/profiler'
import { readRuns, readSpans } from '../../profiler-agent/store/reader'
import { openStore } from '../../profiler-agent/store/store'
import { inRepository } from './repository'
import { temporaryFolder } from './test-folders'

/** A request as its bytes arrived at the upstream. */
export interface Arrived {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

export interface Reply {
  readonly status: number
  /** Name, value, name, value, …; of HTTP/2 without the pseudo-headers. */
  readonly rawHeaders: readonly string[]
  readonly trailers: readonly string[]
  readonly body: Buffer
}

/** What a client may send; the version decides how. */
export interface Asked {
  readonly path: string
  readonly method?: string
  /** Name, value, name, value, …; `host` is added. */
  readonly rawHeaders?: readonly string[]
  /** Several pieces go out as several writes. */
  readonly body?: readonly Uint8Array[]
}

/** Answers a request whose body has arrived whole. */
export type Script = (req: http.IncomingMessage, res: http.ServerResponse, body: Buffer) => void

export type Version = 'HTTP/1.1' | 'h2c'

export interface Rig {
  readonly profiler: Profiler
  readonly http: HttpServer
  readonly port: number
  readonly base: string
  readonly data: string
  /** Origin of the scripted upstream, and its server. */
  readonly upstream: string
  readonly upstreamServer: http.Server
  readonly arrived: readonly Arrived[]
  readonly logged: readonly string[]
  /** One whole call. */
  ask(version: Version, asked: Asked): Promise<Reply>
  /** A call over HTTP/1.1 that the test carries on with itself. */
  open(path: string, options?: http.RequestOptions): http.ClientRequest
  /** One session of HTTP/2, the same for every call. */
  readonly session: http2.ClientHttp2Session
  /** A bare connection to the profiler. */
  connect(): net.Socket
  /** Model calls and other exchanges in the store, after the profiler has been closed. */
  storedSpans(): Promise<readonly Span[]>
  stop(): Promise<void>
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function startRig(script: Script, options: Partial<ProfilerOptions> = {}): Promise<Rig> {
  const folder = temporaryFolder('rig')
  const arrived: Arrived[] = []
  const logged: string[] = []
  const upstreamServer = http.createServer({ maxHeaderSize: 256 * 1024 }, (req, res) => {
    void read(req).then((body) => {
      arrived.push({ method: req.method ?? '', url: req.url ?? '', rawHeaders: req.rawHeaders, body })
      script(req, res, body)
    }, ignoreAbort)
  })
  await listening(upstreamServer)
  const upstream = originOf(upstreamServer)
  const profiler = await startProfiler({
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    data: folder.path,
    assets: inRepository('dist'),
    upstreams: { openai: upstream, anthropic: upstream },
    log: (message) => logged.push(message),
    ...options,
  })
  const port = portOf(profiler.http.server)
  const agent = new http.Agent({ keepAlive: true })
  let session: http2.ClientHttp2Session | undefined
  const sockets = new Set<net.Socket>()
  let closing: Promise<void> | undefined
  const close = () => {
    agent.destroy()
    session?.destroy()
    for (const socket of sockets) socket.destroy()
    closing ??= profiler.close()
    return closing
  }
  const sessionOf = () => {
    session ??= http2.connect(`http://127.0.0.1:${port}`)
    return session
  }
  const open = (path: string, request: http.RequestOptions = {}) =>
    http.request({ host: '127.0.0.1', port, path, agent, maxHeaderSize: 256 * 1024, ...request })
  return {
    profiler,
    http: profiler.http,
    port,
    base: `http://127.0.0.1:${port}`,
    data: folder.path,
    upstream,
    upstreamServer,
    arrived,
    logged,
    open,
    ask: (version, asked) => (version === 'h2c' ? askHttp2(sessionOf(), asked) : askHttp1(open, port, asked)),
    get session() {
      return sessionOf()
    },
    connect: () => {
      const socket = net.connect(port, '127.0.0.1')
      sockets.add(socket)
      return socket
    },
    storedSpans: async () => {
      await close()
      const store = openStore(folder.path, { readOnly: true })
      const spans = readRuns(store).flatMap(({ id }) => readSpans(store, id))
      store.close()
      return spans.filter((span) => span.modelCall !== undefined || span.kind === 'other')
    },
    stop: async () => {
      upstreamServer.closeAllConnections()
      upstreamServer.close()
      await close()
      folder.remove()
    },
  }
}

/** For a `describe`: starts rigs for a test, and stops them after it. */
export function useRig(): typeof startRig {
  const rigs: Rig[] = []
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.stop()
  })
  return async (script, options) => {
    const rig = await startRig(script, options)
    rigs.push(rig)
    return rig
  }
}

type Open = (path: string, options?: http.RequestOptions) => http.ClientRequest

async function askHttp1(open: Open, port: number, asked: Asked): Promise<Reply> {
  const headers = ['Host', `127.0.0.1:${port}`, ...(asked.rawHeaders ?? [])]
  const call = open(asked.path, { method: asked.method ?? 'POST', headers })
  for (const piece of asked.body ?? []) call.write(piece)
  call.end()
  return replyTo(call)
}

/** The whole answer to a request that has been sent; rejects when it breaks off. */
export async function replyTo(call: http.ClientRequest): Promise<Reply> {
  const [res] = (await once(call, 'response')) as [http.IncomingMessage]
  const body = await read(res)
  return { status: res.statusCode ?? 0, rawHeaders: res.rawHeaders, trailers: res.rawTrailers, body }
}

async function askHttp2(session: http2.ClientHttp2Session, asked: Asked): Promise<Reply> {
  const stream = session.request(
    { ':method': asked.method ?? 'POST', ':path': asked.path, ...http2Headers(asked.rawHeaders ?? []) },
    { endStream: asked.body === undefined },
  )
  for (const piece of asked.body ?? []) stream.write(piece)
  if (asked.body) stream.end()
  return http2ReplyTo(stream)
}

export async function http2ReplyTo(stream: http2.ClientHttp2Stream): Promise<Reply> {
  let trailers: readonly string[] = []
  stream.on('trailers', (_headers, _flags, raw?: readonly string[]) => {
    trailers = raw ?? []
  })
  const [headers, , raw] = (await once(stream, 'response')) as [
    http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader,
    number,
    readonly string[],
  ]
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  const rawHeaders = withoutNames(raw, new Set([':status']))
  return { status: headers[':status'] ?? 0, rawHeaders, trailers, body: Buffer.concat(chunks) }
}

/** Node takes an object, where a name that comes several times has a list. */
function http2Headers(raw: readonly string[]): http2.OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    const before = headers[name]
    const value = raw[index + 1] ?? ''
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return headers
}

/** A flat list without these names, which stand in lower case. */
export function withoutNames(raw: readonly string[], names: ReadonlySet<string>): string[] {
  return raw.filter((_, index) => !names.has((raw[index - (index % 2)] ?? '').toLowerCase()))
}

/** The whole body; rejects when it breaks off. */
export async function read(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Everything that a bare connection says until it ends. */
export async function readSocket(socket: net.Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return Buffer.concat(chunks).toString('latin1')
}

/** The server, when it listens on a free port of 127.0.0.1. */
export async function listening<S extends net.Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export function portOf(server: net.Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port')
  return address.port
}

export function originOf(server: net.Server): string {
  return `http://127.0.0.1:${portOf(server)}`
}

function ignoreAbort(): void {
  // The profiler went away in the middle of its request; a test that cares watches that by itself.
}
