// Whether a request may come in at all, and where it goes. Sends nothing.

import { answerOf, type ProxyAnswer } from './answers'
import type { CallRequest } from './client'
import { hasToken, isLoopbackHost, refusalFor } from './refusal'
import { type Route, type Routing, routeOf, type Upstreams, type UpstreamsOfRun } from './routing'

/** Whom the proxy lets in, and its upstreams. */
export interface Doors {
  /** Provider id → upstream URL, over the defaults of `model/provider`. Read at each request, so it may be changed. */
  readonly upstreams: Upstreams
  /** Those of runs that have others. */
  readonly upstreamsOfRun?: UpstreamsOfRun
  readonly token: string
  /** What the server listens on; other than loopback, every call needs the token. */
  readonly host: string
  /** Web origins that the user's own settings allow. */
  readonly allowedOrigins?: readonly string[]
}

export function routeFor(
  req: CallRequest,
  { host, token, upstreams, upstreamsOfRun, allowedOrigins }: Doors,
): Routing {
  const { port } = req
  const refusal = refusalFor(req.headers, { port, host, ...(allowedOrigins ? { allowedOrigins } : {}) })
  if (refusal) return { problem: refusal }
  const isTrusted = hasToken(req.headers, token)
  if (!isTrusted && !isLoopbackHost(host))
    return { problem: tokenNeeded(`a profiler that listens on ${host}`) }
  const routing = routeOf(req.url, req.headers, upstreams, upstreamsOfRun)
  if ('problem' in routing) return routing
  if (routing.route.isForeign && !isTrusted)
    return { problem: tokenNeeded('an upstream named in the request') }
  return isOwnAddress(routing.route.host, port) ? { problem: loop(routing.route) } : routing
}

function tokenNeeded(what: string): ProxyAnswer {
  return answerOf(
    401,
    'token_required',
    `The token is needed for ${what}. Send it as x-costflame-token; \`costflame serve\` prints it in its ready line.`,
  )
}

function isOwnAddress(host: string, port: number): boolean {
  const suffix = `:${port}`
  return host.endsWith(suffix) && isLoopbackHost(host.slice(0, -suffix.length))
}

function loop(route: Route): ProxyAnswer {
  return answerOf(
    508,
    'upstream_is_self',
    `The upstream of ${route.provider} is this profiler itself (${route.origin}). Set the provider's own address with --upstream ${route.provider}=URL.`,
  )
}
