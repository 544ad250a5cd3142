// Turns the path and headers of a request into a provider, an upstream URL and a run id. Sends nothing.

import type { IncomingHttpHeaders } from 'node:http'
import { HEADERS, RUN_ID } from '../../model/headers'
import {
  isKnownProvider,
  PROVIDER_ORIGINS,
  PROVIDERS_WITHOUT_DEFAULT,
  providerOfHost,
  providerPath,
  upstreamFor,
} from '../../model/provider'
import { answerOf, type ProxyAnswer } from './answers'
import { isForbiddenHost } from './forbidden-address'
import { isLoopbackHost } from './refusal'

/** Where a request goes. `origin` has no path, `host` has the port; `path` is sent as it is, query included. */
export interface Route {
  readonly provider: string
  readonly origin: string
  readonly host: string
  readonly path: string
  /** From `x-costflame-run`, else from `/r/<run>/`. */
  readonly runId?: string
  /** True when the caller named the upstream, for which it needs the token. */
  readonly isForeign: boolean
}

export type Routing = { readonly route: Route } | { readonly problem: ProxyAnswer }

/** Provider id → upstream URL (an origin, with a path prefix if the user gave one). Read at each request. */
export type Upstreams = Readonly<Record<string, string>>

/** The upstreams of a run that has some of its own. */
export type UpstreamsOfRun = (runId: string) => Upstreams | undefined

/**
 * Reads `/r/<run>/<provider>/…`, `/<provider>/…`, `/<provider>/@host/…` and `x-costflame-upstream`.
 * Everything after the provider goes on byte by byte. A path that names no provider is a `problem` that says what to do.
 */
export function routeOf(
  url: string,
  headers: IncomingHttpHeaders,
  common: Upstreams,
  ofRun?: UpstreamsOfRun,
): Routing {
  const target = splitRun(url)
  if ('problem' in target) return target
  const runId = runIdOf(headers) ?? target.runId
  const upstreams = (runId === undefined ? undefined : ofRun?.(runId)) ?? common
  const [, segment = '', rest = ''] = /^\/([^/?#]*)(.*)$/s.exec(target.path) ?? []
  const named = namedUpstream(rest, headers)
  const routing = named ? foreignRoute(named, upstreams) : listedRoute(segment, rest, upstreams)
  if ('problem' in routing || runId === undefined) return routing
  return { route: { ...routing.route, runId } }
}

type RunAndPath = { readonly runId?: string; readonly path: string } | { readonly problem: ProxyAnswer }

function splitRun(url: string): RunAndPath {
  if (!url.startsWith('/'))
    return problem(
      400,
      'not_a_base_url',
      'This is a base URL for model SDKs, not an HTTP proxy. Unset HTTP_PROXY for it and use http://127.0.0.1:PORT/<provider>.',
    )
  if (!url.startsWith('/r/')) return { path: url }
  const [, run, path] = /^\/r\/([^/?#]*)(.*)$/s.exec(url) ?? []
  if (run === undefined || path === undefined) return { path: url }
  if (!RUN_ID.test(run))
    return problem(
      400,
      'bad_run_id',
      `"${run.slice(0, 80)}" is not a run id. Use 1 to 64 letters, digits, dots, dashes and underscores in /r/<run>/.`,
    )
  return { runId: run, path }
}

/** The header wins over the path: a hooked program in a profiled terminal knows its own run, the terminal's URL only the terminal's. */
function runIdOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[HEADERS.run]
  return typeof given === 'string' && RUN_ID.test(given) ? given : undefined
}

interface NamedUpstream {
  readonly upstream: string
  readonly path: string
}

function namedUpstream(rest: string, headers: IncomingHttpHeaders): NamedUpstream | undefined {
  const header = headers[HEADERS.upstream]
  if (typeof header === 'string') return { upstream: header, path: rest }
  if (!rest.startsWith('/@')) return undefined
  const [, host, path] = /^\/@([^/?#]*)(.*)$/s.exec(rest) ?? []
  if (host === undefined || path === undefined) return undefined
  const scheme = isLoopbackHost(host.replace(/:\d+$/, '')) ? 'http' : 'https'
  return { upstream: `${scheme}://${host}`, path }
}

function foreignRoute(named: NamedUpstream, upstreams: Upstreams): Routing {
  const upstream = upstreamOf(named.upstream)
  if (!upstream)
    return problem(
      400,
      'bad_upstream',
      `"${named.upstream.slice(0, 120).replace(/\/\/[^/@]*@/, '//')}" is not an upstream. Give an origin such as https://host, without a password.`,
    )
  const provider = providerAt(upstream.host, upstreams)
  return checked(upstream, {
    provider,
    path: upstream.prefix + rooted(named.path),
    isForeign: true,
  })
}

function listedRoute(segment: string, rest: string, upstreams: Upstreams): Routing {
  const given = upstreamFor(segment, upstreams, rest)
  if (given === undefined) return { problem: noUpstream(segment) }
  const upstream = upstreamOf(given)
  if (!upstream)
    return problem(
      502,
      'bad_upstream',
      `The upstream set for ${segment} is not an http or https URL. Correct it in --upstream ${segment}=https://host or in the user settings.`,
    )
  return checked(upstream, {
    provider: segment,
    path: upstream.prefix + rooted(providerPath(segment, rest)),
    isForeign: false,
  })
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}

const UPSTREAM_HELP: Readonly<Record<string, string>> = {
  azure:
    'Set AZURE_OPENAI_ENDPOINT before the profiler starts, or start it with --upstream azure=https://RESOURCE.openai.azure.com.',
  bedrock:
    'Set AWS_REGION and AWS_BEARER_TOKEN_BEDROCK before the profiler starts, or start it with --upstream bedrock=https://bedrock-runtime.REGION.amazonaws.com.',
  vertex:
    'Name the location in the path (/v1/projects/PROJECT/locations/LOCATION/…), or start the profiler with --upstream vertex=https://LOCATION-aiplatform.googleapis.com.',
}

function noUpstream(segment: string): ProxyAnswer {
  if (isKnownProvider(segment))
    return answerOf(
      404,
      'no_upstream',
      `${segment} has no default upstream, because it depends on your account. ${UPSTREAM_HELP[segment] ?? ''}`,
    )
  const known = [...Object.keys(PROVIDER_ORIGINS), ...PROVIDERS_WITHOUT_DEFAULT].join(', ')
  return answerOf(
    404,
    'unknown_provider',
    `"${segment.slice(0, 80)}" is not a provider. The base URL is http://127.0.0.1:PORT/<provider> with one of: ${known}. ` +
      'For another host use /<provider>/@host/path with the x-costflame-token header.',
  )
}

function checked(upstream: UpstreamPlace, route: Omit<Route, 'origin' | 'host'>): Routing {
  const { origin, host } = upstream
  if (!upstream.isForbidden) return { route: { ...route, origin, host } }
  return problem(
    403,
    'forbidden_upstream',
    `${host} is a link-local or cloud metadata address and never an upstream.`,
  )
}

interface UpstreamPlace {
  readonly origin: string
  readonly host: string
  readonly prefix: string
  readonly isForbidden: boolean
}

/** Parsed once: the same few upstreams come with every call. */
const MAX_PARSED = 100
const parsedUpstreams = new Map<string, UpstreamPlace>()

function upstreamOf(text: string): UpstreamPlace | undefined {
  const known = parsedUpstreams.get(text)
  if (known) return known
  const place = parsedUpstream(text)
  if (place && parsedUpstreams.size < MAX_PARSED) parsedUpstreams.set(text, place)
  return place
}

function parsedUpstream(text: string): UpstreamPlace | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    return undefined
  const isForbidden = isForbiddenHost(url.hostname)
  return { origin: url.origin, host: url.host, prefix: url.pathname.replace(/\/+$/, ''), isForbidden }
}

/** Provider of an upstream host: whose `--upstream` it is, else the one that it belongs to. */
function providerAt(host: string, upstreams: Upstreams): string {
  const given = Object.entries(upstreams).find(([, url]) => URL.canParse(url) && new URL(url).host === host)
  return given?.[0] ?? providerOfHost(host)
}

function problem(status: number, code: string, message: string): { readonly problem: ProxyAnswer } {
  return { problem: answerOf(status, code, message) }
}
