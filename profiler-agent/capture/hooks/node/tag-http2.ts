// Calls of node:http2 to the proxy: the AWS SDK with a bearer key, which speaks HTTP/2 to whatever address it is given.
// Tags them, and leads the SDK's next attempt straight to the provider when the profiler is gone.

import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2'
import * as nodeModule from 'node:module'
import { connectPlainly } from './connections'
import { intercept } from './intercept'
import { isProfilerGone } from './profiler-gone'
import { ProfilerLife } from './profiler-life'
import { quietly } from './quietly'
import type { Settings } from './settings'
import type { RequestTags } from './tags'
import { upstreamUrl } from './upstream'

interface Http2Module {
  connect: (authority: string | URL, ...rest: unknown[]) => ClientHttp2Session
}

/** What a request is sent with instead of these headers. */
type Change = (headers: Readonly<OutgoingHttpHeaders>) => OutgoingHttpHeaders

/** After a refusal sessions go straight to the provider for this long before the proxy is tried again. */
const RETRY_PROXY_AFTER_MS = 1000

/** Loading node:http2 takes its time, so only where the environment sends such calls to the proxy. */
export function tagHttp2Requests(
  environment: NodeJS.ProcessEnv,
  settings: Settings,
  tags: RequestTags,
): void {
  const base = environment.AWS_ENDPOINT_URL_BEDROCK_RUNTIME
  if (!base?.startsWith(`${settings.proxy}/`)) return
  const http2 = require('node:http2') as Http2Module
  const upstream = upstreamUrl(new URL(base), settings.upstreams, null)
  const provider = upstream && new URL(upstream).origin
  let directUntil = 0
  const life = new ProfilerLife(settings)
  http2.connect = new Proxy(http2.connect, {
    apply(connect, self, args: Parameters<Http2Module['connect']>) {
      if (!isProxy(args[0], settings)) return Reflect.apply(connect, self, args)
      if (provider !== undefined && (Date.now() < directUntil || life.isDead)) {
        const direct: ClientHttp2Session = Reflect.apply(connect, self, [provider, ...args.slice(1)])
        return changeRequests(direct, (headers) => toProvider(headers, settings))
      }
      const session: ClientHttp2Session = connectPlainly(() => Reflect.apply(connect, self, args))
      quietly(() =>
        onGone(session, settings, () => {
          directUntil = Date.now() + RETRY_PROXY_AFTER_MS
        }),
      )
      return changeRequests(session, (headers) => ({
        ...Object.fromEntries(tags.forCurrentCall(String(headers[':path']))),
        ...headers,
      }))
    },
  })
  nodeModule.syncBuiltinESMExports()
}

function isProxy(authority: unknown, { proxy }: Settings): boolean {
  try {
    return new URL(String(authority)).origin === proxy
  } catch {
    // Node says what is wrong with the address.
    return false
  }
}

/** A listener for errors would hide one that nobody else listens for, so the events are looked at as they are told. */
function onGone(session: ClientHttp2Session, { proxy }: Settings, act: () => void): void {
  intercept(session, 'emit', ([event, error]) => {
    if (event !== 'error') return
    void isProfilerGone(error, new URL(proxy)).then((isGone) => {
      if (isGone) act()
    })
  })
}

/** Lists of names and values, which newer Nodes take too, stay as they are. */
function changeRequests(session: ClientHttp2Session, change: Change): ClientHttp2Session {
  if (typeof session?.request !== 'function') return session
  const value = new Proxy(session.request, {
    apply(request, self, [headers, ...rest]: [unknown, ...unknown[]]) {
      return Reflect.apply(request, self, [changed(headers, change), ...rest])
    },
  })
  Object.defineProperty(session, 'request', { value, writable: true, configurable: true, enumerable: false })
  return session
}

function changed(headers: unknown, change: Change): unknown {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return headers
  try {
    return change(headers as OutgoingHttpHeaders)
  } catch {
    // The call goes on as it was asked for.
    return headers
  }
}

/** The path at the provider, and the host that it is, where the caller named the proxy's. */
function toProvider(
  headers: Readonly<OutgoingHttpHeaders>,
  { proxy, upstreams }: Settings,
): OutgoingHttpHeaders {
  const target = upstreamUrl(new URL(String(headers[':path']), proxy), upstreams, null)
  if (target === undefined) return headers
  const { pathname, search } = new URL(target)
  const { host: _host, ':authority': _authority, ...rest } = headers
  return { ...rest, ':path': pathname + search }
}
