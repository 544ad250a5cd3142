// The environment that makes a process profiled: reckons which variables to set on a child, and sets nothing itself.

import { ENV } from '../../model/headers'
import { BASE_URL_VARIABLES, PROVIDER_ORIGINS } from '../../model/provider'
import { readUpstreams } from './node/settings'

export interface ProfileRequest {
  /** The environment that the process would have had. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `http://127.0.0.1:PORT` */
  readonly proxy: string
  readonly token: string
  /** Names the run; without it the first hooked process of each command makes one. */
  readonly runId?: string
  /** Absolute path of the built Node hook; undefined for no hook. */
  readonly hookFile: string | undefined
  readonly callSites?: string
  readonly data?: string
  /** Provider → URL where the profiler itself sends that provider's calls, if it is not the provider's own. */
  readonly upstreams?: Readonly<Record<string, string>>
}

export interface ProfiledEnvironment {
  /** To set on top of `environment`. */
  readonly variables: Record<string, string>
  /** Provider → origin that the user's own variables named: where the proxy has to send that provider's calls. */
  readonly upstreams: Record<string, string>
}

/**
 * Variables for a profiled process. A base URL that the user had set keeps its path, and its origin becomes the upstream of its
 * provider; one that is no plain http(s) URL, or that names a second origin for one provider, is left alone and not profiled.
 */
export function profiledEnvironment(request: ProfileRequest): ProfiledEnvironment {
  const { baseUrls, upstreams } = redirect(request)
  const all = { ...request.upstreams, ...upstreams }
  const variables: Record<string, string> = {
    [ENV.proxy]: request.proxy,
    [ENV.token]: request.token,
    [ENV.upstreams]: JSON.stringify(all),
    ...baseUrls,
    ...withoutProxy(request.environment),
  }
  if (request.runId !== undefined) variables[ENV.run] = request.runId
  if (request.callSites !== undefined) variables[ENV.callSites] = request.callSites
  if (request.data !== undefined) variables[ENV.data] = request.data
  if (request.hookFile !== undefined)
    variables.NODE_OPTIONS = withHook(request.environment.NODE_OPTIONS, request.hookFile)
  return { variables, upstreams }
}

interface Redirection {
  readonly baseUrls: Record<string, string>
  readonly upstreams: Record<string, string>
}

function redirect(request: ProfileRequest): Redirection {
  const baseUrls: Record<string, string> = {}
  const upstreams: Record<string, string> = {}
  const seen = new Map<string, string>()
  // The user's own values first: they decide where a provider's calls go.
  for (const { name, provider } of BASE_URL_VARIABLES) {
    const own = request.environment[name]
    if (!own) continue
    const target = originalTarget(own, provider, request)
    if (target === undefined || (seen.get(provider) ?? target.origin) !== target.origin) continue
    seen.set(provider, target.origin)
    if (target.origin !== PROVIDER_ORIGINS[provider]) upstreams[provider] = target.origin
    baseUrls[name] = baseUrl(request, provider) + target.path
  }
  // A variable that is not set would have meant the provider itself; it cannot mean that beside another upstream.
  for (const { name, provider, suffix } of BASE_URL_VARIABLES)
    if (!request.environment[name] && upstreams[provider] === undefined)
      baseUrls[name] = baseUrl(request, provider) + suffix
  return { baseUrls, upstreams }
}

function baseUrl(request: ProfileRequest, provider: string): string {
  return `${request.proxy + (request.runId === undefined ? '' : `/r/${request.runId}`)}/${provider}`
}

interface Target {
  readonly origin: string
  readonly path: string
}

/** Where the user's value leads in the end: a value that points at a proxy of ours already is taken apart again. */
function originalTarget(value: string, provider: string, request: ProfileRequest): Target | undefined {
  const url = parse(value)
  if (url === undefined) return undefined
  const path = url.pathname === '/' ? '' : url.pathname
  if (url.origin !== request.proxy && url.origin !== request.environment[ENV.proxy])
    return { origin: url.origin, path }
  const [, named, rest = ''] = /^(?:\/r\/[^/]+)?\/([^/]+)(\/.*)?$/.exec(path) ?? []
  if (named !== provider) return undefined
  const origin = readUpstreams(request.environment[ENV.upstreams])[provider] ?? PROVIDER_ORIGINS[provider]
  return origin === undefined ? undefined : { origin, path: rest }
}

function parse(value: string): URL | undefined {
  if (!URL.canParse(value)) return undefined
  const url = new URL(value)
  const isPlain = /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
  return isPlain ? url : undefined
}

/** `NODE_OPTIONS` with our hook at its end, once. */
function withHook(own: string | undefined, hookFile: string): string {
  const option = `--require ${quoted(hookFile)}`
  if (!own?.trim()) return option
  return own.includes(option) ? own : `${own} ${option}`
}

/** As Node reads NODE_OPTIONS: blanks split, double quotes hold together, a backslash escapes inside quotes only. */
function quoted(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path
}

/** Both spellings, because programs differ in which one they read first. */
function withoutProxy(environment: ProfileRequest['environment']): Record<string, string> {
  const upper = environment.NO_PROXY || environment.no_proxy || ''
  const lower = environment.no_proxy || environment.NO_PROXY || ''
  return { NO_PROXY: withLoopback(upper), no_proxy: withLoopback(lower) }
}

function withLoopback(list: string): string {
  const hosts = list.split(/[\s,]+/).filter((host) => host !== '')
  return hosts.includes('127.0.0.1') || hosts.includes('*') ? list : [...hosts, '127.0.0.1'].join(',')
}
