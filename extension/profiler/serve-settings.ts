// What the user's VS Code settings say to `costflame serve`, as its flags. Knows no VS Code.

import { BASE_URL_VARIABLES } from '../../profiler-agent/model/base-urls'
import type { Environment } from './program-environment'

/** The value of `costflame.<key>` where the user set it; `undefined` leaves it to the user's settings file. */
export type ReadSetting = (key: string) => unknown

/** Values of a wrong type are left out; `serve` judges the rest. */
export function serveFlags(setting: ReadSetting): string[] {
  const upstreams = Object.entries(Object(setting('upstreams')))
  return [
    ...upstreams.flatMap(([provider, url]) => ['--upstream', `${provider}=${url}`]),
    ...flag('--content', textOf(setting('content'))),
    ...flag('--splice-usage', spliceUsageOf(setting)),
    ...listOf(setting('allowedOrigins')).flatMap((origin) => ['--allow-origin', origin]),
    ...flag('--retention-days', numberOf(setting('retention.days'))),
    ...flag('--retention-size', numberOf(setting('retention.maxBytes'))),
  ]
}

/** The settings for one program: where its own variables name an address, that is where its calls go. */
export function withoutOwnUpstreams(setting: ReadSetting, environment: Environment): ReadSetting {
  const own = new Set<string>(
    BASE_URL_VARIABLES.filter(({ name }) => environment[name]).map(({ provider }) => provider),
  )
  return (key) => {
    if (key !== 'upstreams') return setting(key)
    return Object.fromEntries(Object.entries(Object(setting(key))).filter(([provider]) => !own.has(provider)))
  }
}

function spliceUsageOf(setting: ReadSetting): string | undefined {
  if (setting('spliceUsage') === false) return 'off'
  if (setting('spliceUsageOnCustomHosts') === true) return 'everywhere'
  return setting('spliceUsage') === true ? 'on' : undefined
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value]
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : undefined
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
