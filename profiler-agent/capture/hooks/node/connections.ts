// The connections that a program makes to hosts of models, and to the proxy: each becomes a model socket. By node:tls and node:net,
// which every HTTP client comes down to (fetch, undici of any copy, node:http, node:https, WebSockets), so that the clients stay as they are.

import * as nodeModule from 'node:module'
import type { Around } from './around'
import type { ModelHost, ModelHosts } from './model-hosts'
import type { ModelConnection } from './model-link'
import { ModelSocket } from './model-socket'
import { withoutOurFrames } from './own-frames'
import { isMocked, keepMakers, keepSocketConnect } from './plain-connections'
import { ProfilerLife } from './profiler-life'
import { routeToProvider, routeToProxy } from './route'
import type { Settings } from './settings'
import { beforeTls, isLoaded } from './tls-use'

interface ConnectOptions {
  readonly [name: string]: unknown
}

interface Connecting {
  readonly options: ConnectOptions
  readonly listener: unknown
}

type Module = Record<string, unknown> & { Agent?: { prototype: Record<string, unknown> } }

/** For `connect` of http2, which has no use for a model socket. */
let isPlain = false

/** Connections that `work` makes are left as they are. */
export function connectPlainly<Result>(work: () => Result): Result {
  const before = isPlain
  isPlain = true
  try {
    return work()
  } finally {
    isPlain = before
  }
}

/** What Node itself would use, which some clients (got) name all the same. */
const nodesOwn: Record<string, unknown> = {}

export function leadConnections(settings: Settings, hosts: ModelHosts, around: Around): void {
  const connections = new Connections(settings, hosts, around)
  const original = keepMakers()
  keepSocketConnect()
  const net = require('node:net') as Module
  const plain = wrapped(original.net, (args) => connections.overTcp(args))
  net.connect = plain
  net.createConnection = plain
  // The agents of older Nodes keep the function that they find when they are loaded.
  const agent = isLoaded('_http_agent') ? (require('node:http') as Module).Agent?.prototype : undefined
  if (agent?.createConnection === original.net) agent.createConnection = plain
  nodeModule.syncBuiltinESMExports()
  beforeTls(() => {
    const tls = require('node:tls') as Module
    nodesOwn.checkServerIdentity = tls.checkServerIdentity
    tls.connect = wrapped(original.tls, (args) => connections.overTls(args))
    nodeModule.syncBuiltinESMExports()
  })
}

/** A Proxy keeps name, length and source text of the function that the program knows. */
function wrapped(original: unknown, instead: (args: readonly unknown[]) => ModelSocket | undefined): unknown {
  return new Proxy(original as (...args: unknown[]) => unknown, {
    apply(target, self, args: unknown[]) {
      const socket = isPlain ? undefined : attempt(instead, args)
      return socket ?? withoutOurFrames(() => Reflect.apply(target, self, args))
    },
  })
}

function attempt(
  instead: (args: readonly unknown[]) => ModelSocket | undefined,
  args: readonly unknown[],
): ModelSocket | undefined {
  try {
    return instead(args)
  } catch {
    // Arguments that we cannot read are Node's to judge.
    return undefined
  }
}

class Connections {
  private readonly life: ProfilerLife

  constructor(
    private readonly settings: Settings,
    private readonly hosts: ModelHosts,
    private readonly around: Around,
  ) {
    this.life = new ProfilerLife(settings)
  }

  overTcp(args: readonly unknown[]): ModelSocket | undefined {
    const connecting = connectingOf(args)
    const origin = connecting && originOf('http:', connecting.options)
    if (connecting === undefined || origin === undefined) return undefined
    if (origin === this.settings.proxy)
      return opened(connecting, false, {
        proxy: origin,
        isProxyDead: () => this.life.isDead,
        routeOf: (head) => routeToProxy(head, this.settings),
        onDirect: () => this.around.add(origin, 'profiler gone'),
      })
    return this.toHost(connecting, this.hosts.of(origin), false)
  }

  overTls(args: readonly unknown[]): ModelSocket | undefined {
    const connecting = connectingOf(args)
    const origin = connecting && originOf('https:', connecting.options)
    return origin === undefined ? undefined : this.toHost(connecting, this.hosts.of(origin), true)
  }

  private toHost(
    connecting: Connecting | undefined,
    host: ModelHost | undefined,
    isTls: boolean,
  ): ModelSocket | undefined {
    if (connecting === undefined || host === undefined || isMocked() || mustStay(connecting.options))
      return undefined
    return opened(connecting, isTls, {
      proxy: this.settings.proxy,
      isProxyDead: () => this.life.isDead,
      routeOf: (head) => routeToProvider(head, host, this.hosts, this.settings),
      onDirect: () => this.around.add(host.origin, 'profiler gone'),
    })
  }
}

function opened({ options, listener }: Connecting, isTls: boolean, connection: ModelConnection): ModelSocket {
  const servername = typeof options.servername === 'string' ? options.servername : undefined
  const socket = new ModelSocket({ isTls, servername }, connection)
  if (typeof listener === 'function') socket.once(isTls ? 'secureConnect' : 'connect', listener as () => void)
  if (typeof options.timeout === 'number' && options.timeout > 0) socket.setTimeout(options.timeout)
  if (options.signal instanceof AbortSignal) destroyOn(options.signal, socket)
  return socket
}

function destroyOn(signal: AbortSignal, socket: ModelSocket): void {
  const { addAbortSignal } = require('node:stream') as typeof import('node:stream')
  addAbortSignal(signal, socket)
}

/** `connect(options, listener?)`, `connect(port, host?, options?, listener?)`; undefined for a pipe. */
function connectingOf(args: readonly unknown[]): Connecting | undefined {
  const [first, ...rest] = args
  // Node's own form of arguments that it has looked at.
  if (Array.isArray(first)) return connectingOf(first)
  const listener = args.find((each) => typeof each === 'function')
  if (typeof first === 'object' && first !== null) return { options: { ...first }, listener }
  if (typeof first !== 'number' && !/^\d+$/.test(String(first))) return undefined
  const host = typeof rest[0] === 'string' ? { host: rest[0] } : {}
  const more = rest.find((each) => typeof each === 'object' && each !== null) ?? {}
  return { options: { ...more, port: first, ...host }, listener }
}

function originOf(
  protocol: 'http:' | 'https:',
  { host, port, path, fd, socket }: ConnectOptions,
): string | undefined {
  if (typeof path === 'string' || typeof fd === 'number') return undefined
  // Over a connection that the program has made itself: nobody but the certificate says where it leads.
  if (socket !== undefined && socket !== null && typeof host !== 'string') return undefined
  const name = typeof host === 'string' ? host.toLowerCase() : 'localhost'
  const isDefault = Number(port) === (protocol === 'https:' ? 443 : 80)
  return `${protocol}//${name.includes(':') ? `[${name}]` : name}${isDefault ? '' : `:${port}`}`
}

/** Certificates of the program's own, its own proxies, its own way to an address. */
const OWN_WAYS = [
  ...['ca', 'cert', 'key', 'pfx', 'secureContext', 'checkServerIdentity', 'pskCallback'],
  ...['socket', 'lookup', 'localAddress', 'onread'],
]

/** True where a connection cannot go through the proxy without losing what the program asked for: its calls are observed instead. */
function mustStay(options: ConnectOptions): boolean {
  const { servername, host, ALPNProtocols, rejectUnauthorized } = options
  return (
    OWN_WAYS.some((name) => options[name] && options[name] !== nodesOwn[name]) ||
    rejectUnauthorized === false ||
    (Boolean(servername) && servername !== (host ?? servername)) ||
    (Boolean(ALPNProtocols) && !speaksHttp1(ALPNProtocols))
  )
}

function speaksHttp1(protocols: unknown): boolean {
  const text = Array.isArray(protocols)
    ? protocols.join(',')
    : Buffer.from(protocols as Uint8Array).toString('latin1')
  return text.includes('http/1.1')
}
