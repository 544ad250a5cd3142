// The environment that makes a process profiled: reckons which variables to set on a child, and sets nothing itself.

import { delimiter, dirname, join } from 'node:path'
import { BASE_URL_VARIABLES, type BaseUrlVariable, toolSearchFor } from '../../model/base-urls'
import { ENV } from '../../model/headers'
import { PROVIDER_ORIGINS } from '../../model/provider'
import { readUpstreams, readVariableUpstreams } from './node/settings'

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
  /** Those of `upstreams` that flags and settings name, the others being known from variables of earlier processes. All unless given. */
  readonly namedUpstreams?: Readonly<Record<string, string>>
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
    [ENV.variableUpstreams]: variableUpstreams(request, upstreams).join(','),
    ...baseUrls,
    ...withoutProxy(request.environment),
  }
  const toolSearch = toolSearchFor(request.environment, upstreams.anthropic === undefined)
  if (toolSearch !== undefined) variables.ENABLE_TOOL_SEARCH = toolSearch
  if (request.runId !== undefined) variables[ENV.run] = request.runId
  if (request.callSites !== undefined) variables[ENV.callSites] = request.callSites
  if (request.data !== undefined) variables[ENV.data] = request.data
  if (request.hookFile !== undefined) {
    variables.NODE_OPTIONS = withHook(request.environment.NODE_OPTIONS, request.hookFile)
    Object.assign(variables, pythonPath(request.environment.PYTHONPATH, request.hookFile))
  }
  return { variables, upstreams }
}

/** Upstreams that are named for the profiler are no variable's. */
function variableUpstreams(
  { environment, upstreams = {}, namedUpstreams: named = upstreams }: ProfileRequest,
  own: Readonly<Record<string, string>>,
): string[] {
  const outer = readVariableUpstreams(environment[ENV.variableUpstreams])
  return [...new Set([...outer, ...Object.keys(own)])].filter((provider) => named[provider] === undefined)
}

interface Redirection {
  readonly baseUrls: Record<string, string>
  readonly upstreams: Record<string, string>
}

function redirect(request: ProfileRequest): Redirection {
  const { environment } = request
  const found: Redirection = { baseUrls: {}, upstreams: {} }
  const variables = BASE_URL_VARIABLES.filter(({ mayChange }) => mayChange?.(environment) ?? true)
  const isOwn = new Set(variables.filter((variable) => hasOwnValue(variable, request)))
  // The user's own values first: they decide where a provider's calls go.
  const seen = new Map<string, string>()
  for (const variable of isOwn) keepOwn(variable, request, found, seen)
  for (const variable of variables) if (!isOwn.has(variable)) add(variable, request, found)
  return found
}

/** A value of ours without a known upstream is as good as none. */
function hasOwnValue({ name, provider }: BaseUrlVariable, request: ProfileRequest): boolean {
  const value = request.environment[name]
  if (!value) return false
  const target = targetOf(value)
  return (
    target === undefined || !isOurs(target.origin, request) || originBehind(provider, request) !== undefined
  )
}

function keepOwn(
  { name, provider }: BaseUrlVariable,
  request: ProfileRequest,
  { baseUrls, upstreams }: Redirection,
  seen: Map<string, string>,
): void {
  const target = originalTarget(request.environment[name] ?? '', provider, request)
  if (target === undefined || (seen.get(provider) ?? target.origin) !== target.origin) return
  seen.set(provider, target.origin)
  if (target.origin !== PROVIDER_ORIGINS[provider]) upstreams[provider] = target.origin
  baseUrls[name] = baseUrl(request, provider) + target.path
}

/** A variable that is not set would have meant the provider itself; it cannot mean that beside another upstream. */
function add(variable: BaseUrlVariable, request: ProfileRequest, { baseUrls, upstreams }: Redirection): void {
  const { name, provider, suffix, mayAdd, upstream } = variable
  const isNamed = request.upstreams?.[provider] !== undefined
  if (mayAdd && !mayAdd(request.environment, isNamed)) return
  const base = baseUrl(request, provider)
  if (!upstream || isNamed) {
    if (upstreams[provider] === undefined) baseUrls[name] = base + suffix
    return
  }
  const target = targetOf(upstream(request.environment) ?? '')
  if (target === undefined || (upstreams[provider] ?? target.origin) !== target.origin) return
  upstreams[provider] = target.origin
  baseUrls[name] = base + target.path + suffix
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
  const target = targetOf(value)
  if (target === undefined || !isOurs(target.origin, request)) return target
  const [, named, rest = ''] = /^(?:\/r\/[^/]+)?\/([^/]+)(\/.*)?$/.exec(target.path) ?? []
  const origin = originBehind(provider, request)
  return named !== provider || origin === undefined ? undefined : { origin, path: rest }
}

function isOurs(origin: string, { proxy, environment }: ProfileRequest): boolean {
  return origin === proxy || origin === environment[ENV.proxy]
}

function originBehind(provider: string, { environment }: ProfileRequest): string | undefined {
  return readUpstreams(environment[ENV.upstreams])[provider] ?? PROVIDER_ORIGINS[provider]
}

function targetOf(value: string): Target | undefined {
  const url = parse(value)
  return url && { origin: url.origin, path: url.pathname === '/' ? '' : url.pathname }
}

function parse(value: string): URL | undefined {
  if (!URL.canParse(value)) return undefined
  const url = new URL(value)
  const isPlain = /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === ''
  return isPlain ? url : undefined
}

/** `NODE_OPTIONS` with our hook at its end, once; in front where Node would not read to the end. */
function withHook(own: string | undefined, hookFile: string): string {
  const option = `--require ${quoted(hookFile)}`
  if (!own?.trim()) return option
  if (own.includes(option)) return own
  return hasStrayWord(own) ? `${option} ${own}` : `${own} ${option}`
}

/** Whether a word stands there that is neither option nor value, such as the second half of `--title='a b'`: Node ignores what follows. */
function hasStrayWord(options: string): boolean {
  const words = options.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? []
  const mayTakeValue = (word = '') => /^-(?!-no-)[^=]*$/.test(word)
  return words.some((word, index) => !word.startsWith('-') && !mayTakeValue(words[index - 1]))
}

/** `PYTHONPATH` with the folder of the Python hook in front, once; nothing where a path cannot say that folder. */
function pythonPath(own: string | undefined, hookFile: string): Record<string, string> {
  const folder = join(dirname(hookFile), 'python')
  if (folder.includes(delimiter)) return {}
  const others = (own ?? '').split(delimiter).filter((entry) => entry !== folder)
  return { PYTHONPATH: own ? [folder, ...others].join(delimiter) : folder }
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
