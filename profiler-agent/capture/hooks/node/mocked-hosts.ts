// Programs that load a library of mocks answer for the providers' own hosts: for their SDKs to call those, the base-URL variables
// become what they were before `costflame run` set them.

import { BASE_URL_VARIABLES } from '../../../model/base-urls'
import { PROVIDER_ORIGINS } from '../../../model/provider'
import { watchModules } from './module-watch'
import type { Settings } from './settings'

const MOCKS =
  /^(?:nock|msw|@mswjs\/interceptors|@pollyjs\/core|(?:jest-|vitest-)?fetch-mock|axios-mock-adapter)$/

/** Before the library is loaded, and so before a client that it is to answer is made. */
export function giveVariablesBackToMocks(environment: NodeJS.ProcessEnv, settings: Settings): void {
  watchModules({
    found(_url, installed) {
      if (installed !== undefined && MOCKS.test(installed)) giveBack(environment, settings)
    },
  })
}

function giveBack(environment: NodeJS.ProcessEnv, settings: Settings): void {
  for (const { name, provider } of BASE_URL_VARIABLES) {
    const path = pathBehind(environment[name], provider, settings.proxy)
    if (path === undefined) continue
    if (settings.variableUpstreams.includes(provider)) environment[name] = originOf(provider, settings) + path
    else delete environment[name]
  }
}

/** What follows the provider in a value of ours, `PROXY[/r/RUN]/PROVIDER…`; undefined for any other value. */
function pathBehind(value: string | undefined, provider: string, proxy: string): string | undefined {
  if (!value?.startsWith(`${proxy}/`)) return undefined
  const [, named, path = ''] = /^(?:\/r\/[^/]+)?\/([^/]+)(\/.*)?$/.exec(value.slice(proxy.length)) ?? []
  return named === provider ? path : undefined
}

function originOf(provider: string, { upstreams }: Settings): string {
  return upstreams[provider] ?? PROVIDER_ORIGINS[provider] ?? ''
}
