// Where one request goes: through the proxy, and straight to the provider when there is no proxy any more. Pure.

import { HEADERS } from '../../../model/headers'
import type { ModelHost, ModelHosts } from './model-hosts'
import { headerOf, type RequestHead, withoutOurs, withTarget } from './request-head'
import type { Settings } from './settings'
import { upstreamUrl } from './upstream'
import { urlOf } from './url-of'

/** A request, and the origin that it is for. */
export interface Sending {
  readonly origin: string
  readonly head: RequestHead
}

export interface Route {
  /** The request as the proxy takes it; undefined for what is no model call. */
  readonly proxied: RequestHead | undefined
  /** The same request without us; undefined where only the proxy knows its place. */
  readonly direct: Sending | undefined
  /** True where the program spoke to the provider and not to the proxy: then even its failure must look like the provider's. */
  readonly isRedirected: boolean
}

/** The route of a request on a connection to the proxy itself, as base URLs name it. */
export function routeToProxy(head: RequestHead, { proxy, upstreams }: Settings): Route {
  const url = urlOf(proxy + head.target)
  const target = url && upstreamUrl(url, upstreams, headerOf(head, HEADERS.upstream) ?? null)
  const direct = target === undefined ? undefined : sendingTo(new URL(target), head)
  return { proxied: head, direct, isRedirected: false }
}

/** The route of a request on a connection to a host of models. */
export function routeToProvider(
  head: RequestHead,
  host: ModelHost,
  hosts: ModelHosts,
  settings: Settings,
): Route {
  const itself: Sending = { origin: host.origin, head: withoutOurs(head) }
  if (!hosts.isModelCall(host, head.target)) return { proxied: undefined, direct: itself, isRedirected: true }
  const proxyHost = new URL(settings.proxy).host
  const proxied = withTarget(head, `/${host.provider}${head.target}`, proxyHost)
  if (!host.isNamed) {
    // What the user named in place of the provider is called without us, too.
    const { direct } = routeToProxy(proxied, settings)
    const isItself = direct === undefined || direct.origin === host.origin
    return { proxied, direct: isItself ? itself : direct, isRedirected: true }
  }
  const named = [`${HEADERS.upstream}: ${host.origin}`]
  if (settings.token !== undefined) named.push(`${HEADERS.token}: ${settings.token}`)
  return {
    proxied: { ...proxied, lines: [...proxied.lines, ...named] },
    direct: itself,
    isRedirected: true,
  }
}

function sendingTo(url: URL, head: RequestHead): Sending {
  return {
    origin: url.origin,
    head: withoutOurs(withTarget(head, url.pathname + url.search, url.host)),
  }
}
