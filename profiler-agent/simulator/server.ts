// The embedded model server over HTTP: real wire formats and prompt-cache rules on loopback, without network and without a key.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Clock } from './clock'
import { type ErrorFacts, errorBody } from './errors'
import { isObject, type JsonObject, objectOr, RequestRefused } from './json'
import { answerHeaders, type Call, ModelServer } from './model-server'
import type { CountTokens } from './prompt'
import { errorStyleOf, type Route, routeOf } from './routes'
import type { Script } from './script'

export interface SimulatorOptions {
  /** 0: any free port. */
  readonly port: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Without one, every call gets a default reply made from the call itself. */
  readonly script?: Script
  /** Tokens of a text; the whole of a prompt is this over its content plus the provider's framing. */
  readonly countTokens: CountTokens
  /** Ms since the epoch, for cache lifetimes and timestamps; the system's clock by default. */
  readonly now?: () => number
}

/** Request header: so many ms pass on the server's clock before the request is looked at. */
export const ADVANCE_HEADER = 'x-simulate-advance-ms'

export interface Simulator {
  /** `http://HOST:PORT`; OpenAI clients add `/v1`, Anthropic clients nothing. */
  readonly url: string
  readonly port: number
  /** Breaks off open answers and frees the port. */
  close(): Promise<void>
}

/**
 * Starts the server and resolves when it listens. Serves Chat Completions, Responses (with stored responses and counting),
 * Anthropic Messages (with counting) and Gemini's generateContent (with counting and cachedContents) under any path prefix, streamed
 * or not; anything else is a 404 in the provider's style.
 * Rejects with the system's error when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1'
  const models = new ModelServer(options.script, options.countTokens, new Clock(options.now))
  let requests = 0
  const server = createServer((request, response) => {
    void serve(models, request, response, String(++requests).padStart(6, '0'))
  })
  await listen(server, options.port, host)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: () => close(server),
  }
}

/**
 * The line that tells a parent process where the server listens, without its newline:
 * `{"event":"ready","version","pid","url","openai":"URL/v1","anthropic":"URL","google":"URL","deepseek":"URL/deepseek"}`.
 */
export function simulatorReadyLine(version: string, pid: number, { url }: Pick<Simulator, 'url'>): string {
  const bases = { openai: `${url}/v1`, anthropic: url, google: url, deepseek: `${url}/deepseek` }
  return JSON.stringify({ event: 'ready', version, pid, url, ...bases })
}

async function serve(
  models: ModelServer,
  request: IncomingMessage,
  response: ServerResponse,
  serial: string,
): Promise<void> {
  const [pathname = '/', query = ''] = (request.url ?? '/').split('?')
  const style = errorStyleOf(pathname, request.headers)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const call: OpenCall = {
    pathname,
    framing: new URLSearchParams(query).get('alt') === 'sse' ? 'events' : 'json-list',
    headers: request.headers,
    response,
    requestId: `req_sim${serial}`,
    serial,
    style,
    signal: gone.signal,
  }
  try {
    refuseForeign(request)
    advanceClock(models.clock, request.headers[ADVANCE_HEADER])
    await dispatch(models, routeOf(request.method ?? 'GET', pathname), request, call)
  } catch (error) {
    // A client that left ends its own exchange, and hears nothing more.
    if (gone.signal.aborted) return
    if (response.headersSent) response.destroy()
    else send(models, call, statusOf(error), errorBody(style, factsOf(error), call.requestId))
  }
}

function advanceClock(clock: Clock, header: string | string[] | undefined): void {
  if (header === undefined) return
  const ms = Number(header)
  if (!Number.isInteger(ms) || ms < 0)
    throw new RequestRefused(400, `${ADVANCE_HEADER}: expected whole milliseconds, got ${String(header)}`)
  clock.advance(ms)
}

function statusOf(error: unknown): number {
  return error instanceof RequestRefused ? error.status : 500
}

// Anything but a refusal is a bug of ours: the caller sees it, and the server goes on.
function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof RequestRefused))
    return { status: 500, message: `The embedded model server failed: ${String(error)}` }
  const { status, message, parameter, code } = error
  return {
    status,
    message,
    ...(parameter === undefined ? {} : { parameter }),
    ...(code === undefined ? {} : { code }),
  }
}

type OpenCall = Omit<Call, 'body'>

async function dispatch(
  models: ModelServer,
  route: Route,
  request: IncomingMessage,
  call: OpenCall,
): Promise<void> {
  const reply = (body: object) => send(models, call, 200, body)
  switch (route.kind) {
    case 'chat':
    case 'responses':
    case 'messages':
      return models.answer(route.kind, { ...call, framing: 'events', body: await readBody(request) })
    case 'generate':
    case 'converse':
      return models.answer(route.kind, { ...call, path: route, body: await readBody(request) })
    case 'count-tokens':
    case 'input-tokens':
    case 'gemini-count':
      return reply(counted(models, route, { ...call, body: await readBody(request) }))
    case 'stored-response':
      return reply(models.storedResponse(route.id))
    case 'make-cache':
      return reply(models.held.create(await readBody(request)))
    case 'cache':
      return reply(await cacheCall(models, route, request))
    case 'wrong-method':
      throw new RequestRefused(405, `Not allowed to ${request.method} on ${call.pathname}.`)
    case 'unknown':
      throw new RequestRefused(404, `Invalid URL (${request.method} ${call.pathname})`)
    default:
      return route satisfies never
  }
}

type Counting = Extract<Route, { readonly kind: 'count-tokens' | 'input-tokens' | 'gemini-count' }>

function counted(models: ModelServer, route: Counting, call: Call): JsonObject {
  switch (route.kind) {
    case 'count-tokens':
      return { input_tokens: models.countInput('messages', call) }
    case 'input-tokens':
      return { object: 'response.input_tokens', input_tokens: models.countInput('responses', call) }
    case 'gemini-count': {
      const body = objectOr(call.body.generateContentRequest ?? call.body)
      const path = { model: route.model, stream: false }
      return { totalTokens: models.countInput('generate', { ...call, body, path }) }
    }
    default:
      return route satisfies never
  }
}

async function cacheCall(
  models: ModelServer,
  { name, verb }: Route & { kind: 'cache' },
  request: IncomingMessage,
): Promise<JsonObject> {
  if (verb === 'PATCH') return models.held.prolong(name, await readBody(request))
  if (verb === 'GET') return models.held.show(name)
  models.held.remove(name)
  return {}
}

// A page in a browser must not be able to talk to services on the user's machine, not even to this one.
function refuseForeign({ headers }: IncomingMessage): void {
  if (headers.origin !== undefined || headers['sec-fetch-site'] === 'cross-site')
    throw new RequestRefused(403, 'Requests from web pages are not served.')
  const name = (headers.host ?? '').replace(/:\d+$/, '')
  if (!/^(localhost|127(\.\d+){3}|\[::1\])$/.test(name))
    throw new RequestRefused(403, `This server is only reachable as 127.0.0.1 or localhost, not as ${name}.`)
}

async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    if (isObject(value)) return value
  } catch {
    // Answered below, as the providers do.
  }
  throw new RequestRefused(
    400,
    'We could not parse the JSON body of your request. The API expects a JSON object.',
  )
}

function send(models: ModelServer, call: OpenCall, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body))
  call.response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...answerHeaders(call, 1, models.clock.now()),
  })
  call.response.end(bytes)
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
