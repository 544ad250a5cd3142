// What the environment tells the hook. Reads only; whoever starts the process sets it (`environment.ts`).

import { ENV } from '../../../model/headers'

export type CallSiteMode = 'auto' | 'deep' | 'light' | 'off'

export interface Settings {
  /** Origin of the profiler's proxy, `http://127.0.0.1:PORT`. */
  readonly proxy: string
  readonly token: string | undefined
  /** The profiler's data folder, where it announces itself. */
  readonly data?: string
  readonly callSites: CallSiteMode
  /** Provider id → URL that its calls go to when the profiler is gone: an origin, with a path prefix if the user gave one. */
  readonly upstreams: Readonly<Record<string, string>>
  /** Providers whose upstream stands in a variable of the user's: it holds for clients that read the variable, and for no others. */
  readonly variableUpstreams: readonly string[]
}

/** Undefined when the hook has nothing to do: switched off, or no usable proxy. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings | undefined {
  if (environment[ENV.disable] === '1') return undefined
  const proxy = httpUrl(environment[ENV.proxy])?.origin
  if (proxy === undefined) return undefined
  return {
    proxy,
    token: environment[ENV.token] || undefined,
    ...(environment[ENV.data] ? { data: environment[ENV.data] } : {}),
    callSites: readMode(environment[ENV.callSites]),
    upstreams: readUpstreams(environment[ENV.upstreams]),
    variableUpstreams: readVariableUpstreams(environment[ENV.variableUpstreams]),
  }
}

function readMode(value: string | undefined): CallSiteMode {
  return value === 'deep' || value === 'light' || value === 'off' ? value : 'auto'
}

/** `COSTFLAME_UPSTREAMS` as it means; whatever is no http(s) URL is left out. */
export function readUpstreams(value: string | undefined): Record<string, string> {
  const upstreams: Record<string, string> = {}
  if (!value) return upstreams
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed !== 'object' || parsed === null) return upstreams
    for (const [provider, upstream] of Object.entries(parsed)) {
      const url = httpUrl(upstream)
      if (url !== undefined) upstreams[provider] = url.origin + url.pathname.replace(/\/+$/, '')
    }
  } catch {
    // Not JSON: the providers' own origins serve.
  }
  return upstreams
}

/** `COSTFLAME_VARIABLE_UPSTREAMS`: provider ids with commas between them. */
export function readVariableUpstreams(value: string | undefined): readonly string[] {
  return value?.split(',').filter((provider) => provider !== '') ?? []
}

function httpUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  try {
    const url = new URL(value)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
  } catch {
    // Not a URL: nothing to send calls to.
    return undefined
  }
}
