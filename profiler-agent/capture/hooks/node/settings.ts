// What the environment tells the hook. Reads only; whoever starts the process sets it (`environment.ts`).

import { ENV } from '../../../model/headers'

export type CallSiteMode = 'auto' | 'deep' | 'light' | 'off'

export interface Settings {
  /** Origin of the profiler's proxy, `http://127.0.0.1:PORT`. */
  readonly proxy: string
  readonly token: string | undefined
  readonly callSites: CallSiteMode
  /** Provider id → origin that its calls go to when the profiler is gone. */
  readonly upstreams: Readonly<Record<string, string>>
}

/** Undefined when the hook has nothing to do: switched off, or no usable proxy. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings | undefined {
  if (environment[ENV.disable] === '1') return undefined
  const proxy = originOf(environment[ENV.proxy])
  if (proxy === undefined) return undefined
  return {
    proxy,
    token: environment[ENV.token] || undefined,
    callSites: readMode(environment[ENV.callSites]),
    upstreams: readUpstreams(environment[ENV.upstreams]),
  }
}

function readMode(value: string | undefined): CallSiteMode {
  return value === 'deep' || value === 'light' || value === 'off' ? value : 'auto'
}

function readUpstreams(value: string | undefined): Record<string, string> {
  const upstreams: Record<string, string> = {}
  if (!value) return upstreams
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed !== 'object' || parsed === null) return upstreams
    for (const [provider, upstream] of Object.entries(parsed)) {
      const origin = originOf(upstream)
      if (origin !== undefined) upstreams[provider] = origin
    }
  } catch {
    // Not JSON: the providers' own origins serve.
  }
  return upstreams
}

function originOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  try {
    const url = new URL(value)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.origin : undefined
  } catch {
    // Not a URL: nothing to send calls to.
    return undefined
  }
}
