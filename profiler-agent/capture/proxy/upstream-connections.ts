// Connections to upstreams: kept alive, without timeouts of ours, by the user's proxy and certificate settings.

import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { buildConnector, Dispatcher } from 'undici'
import openTunnel from 'undici/lib/api/api-connect.js'
import connectorOf from 'undici/lib/core/connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatching from 'undici/lib/dispatcher/dispatcher.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import { guardedLookup } from './forbidden-address'
import { readContinue } from './interim-answers'

// undici's index does this, for all ways to call: its agent for HTTP proxies opens tunnels with it.
Dispatching.prototype.connect = openTunnel

/** The environment variables that upstream connections honour. NODE_EXTRA_CA_CERTS is Node's own doing. */
export type ConnectionEnvironment = Readonly<Record<string, string | undefined>>

/** Sends requests upstream. `isProxied` tells that requests may go through the user's HTTP proxy. */
export interface UpstreamConnections {
  readonly dispatcher: Dispatcher
  readonly isProxied: boolean
  readonly resets: ResetWatch
  /** To be trusted, where it is more than Node trusts by itself. */
  readonly certificates?: readonly string[]
}

/**
 * The network error that is being handled in this very turn, if any. undici takes a reset for the end of a body that has
 * neither length nor chunks; who asks here while it says so knows better. Not known for connections through an HTTP proxy.
 */
export class ResetWatch {
  #current: Error | undefined

  get current(): Error | undefined {
    return this.#current
  }

  watch(socket: Socket): void {
    socket.prependListener('error', (error) => {
      this.#current = error
      queueMicrotask(() => {
        this.#current = undefined
      })
    })
  }
}

const LOOPBACK = 'localhost,127.0.0.1,::1'
/** Providers send more headers than Node's own limit expects of one. */
export const MAX_HEADER_BYTES = 256 * 1024
const LIMITS = {
  allowH2: false,
  connectTimeout: 0,
  headersTimeout: 0,
  bodyTimeout: 0,
  maxHeaderSize: MAX_HEADER_BYTES,
}

/**
 * Opens nothing yet. `warn` hears of a certificate file that cannot be read; connections then use the usual certificates.
 * HTTP/1.1 only: it is what the SDKs speak when nobody stands between, and it keeps the case of header names.
 */
export function openUpstreams(
  env: ConnectionEnvironment,
  warn: (message: string) => void,
): UpstreamConnections {
  readContinue()
  const certificates = extraCertificates(env, warn)
  const resets = new ResetWatch()
  const options = { ...LIMITS, connect: connectorWith(certificates, resets) }
  if (!proxyVariable(env))
    return {
      dispatcher: new Agent(options),
      isProxied: false,
      resets,
      ...(certificates ? { certificates } : {}),
    }
  const trust = certificates ? { ca: certificates } : {}
  const dispatcher = new EnvHttpProxyAgent({
    ...options,
    factory: patientPool,
    clientFactory: patientPool,
    httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? '',
    httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? env.http_proxy ?? env.HTTP_PROXY ?? '',
    noProxy: [env.no_proxy ?? env.NO_PROXY, LOOPBACK].filter(Boolean).join(','),
    proxyTls: { ...trust, allowH2: false },
    ...(certificates ? { requestTls: trust } : {}),
  })
  return { dispatcher, isProxied: true, resets }
}

/** undici does not hand its options on to the connections that it makes to an HTTP proxy. */
function patientPool(origin: string | URL, options: object): Pool {
  return new Pool(origin, { ...LIMITS, ...options })
}

function proxyVariable(env: ConnectionEnvironment): string | undefined {
  return env.https_proxy || env.HTTPS_PROXY || env.http_proxy || env.HTTP_PROXY
}

/** Loaded when it is needed: it takes its part of the profiler's start. */
function tls() {
  return process.getBuiltinModule('node:tls')
}

/** Every certificate that a Node process trusts by default, and those of SSL_CERT_FILE; `undefined` where there are none to add. */
function extraCertificates(
  env: ConnectionEnvironment,
  warn: (message: string) => void,
): string[] | undefined {
  const file = env.SSL_CERT_FILE
  if (!file || file === env.NODE_EXTRA_CA_CERTS) return undefined
  try {
    return [...tls().getCACertificates('default'), readFileSync(file, 'utf8')]
  } catch (error) {
    warn(`SSL_CERT_FILE cannot be read and is left out: ${String(error)}`)
    return undefined
  }
}

/** Reading a few hundred certificates takes tens of milliseconds, so it is done once, at the first TLS connection. */
function connectorWith(
  certificates: readonly string[] | undefined,
  resets: ResetWatch,
): buildConnector.connector {
  const common = { timeout: 0, allowH2: false, lookup: guardedLookup }
  const plain = connectorOf(common)
  let secureContext: SecureContext | undefined
  let secure: buildConnector.connector | undefined
  return (options, done) => {
    const callback: buildConnector.Callback = (...result) => {
      if (result[1]) resets.watch(result[1])
      done(...result)
    }
    if (options.protocol !== 'https:') return plain(options, callback)
    if (certificates) secureContext ??= tls().createSecureContext({ ca: [...certificates] })
    secure ??= connectorOf({ ...common, ...(secureContext ? { secureContext } : {}) })
    return secure(options, callback)
  }
}
