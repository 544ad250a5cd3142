// Where a call through the proxy would have gone without it. Pure.

import { PROVIDER_ORIGINS } from '../../../model/provider'

const PROXY_PATH = /^(?:\/r\/[^/]+)?\/([^/]+)(\/.*)?$/
const FOREIGN_HOST = /^\/@([^/]+)(\/.*)?$/

/**
 * URL at the provider for a URL at the proxy, `/[r/ID/]<provider>/rest`; undefined where nobody knows it.
 * `upstreams` (provider → origin) wins over the providers' own origins. `foreign` is the value of `x-costflame-upstream`.
 */
export function upstreamUrl(
  url: URL,
  upstreams: Readonly<Record<string, string>>,
  foreign: string | null,
): string | undefined {
  const [, provider = '', rest = '/'] = PROXY_PATH.exec(url.pathname) ?? []
  if (foreign) return foreign.replace(/\/+$/, '') + rest + url.search
  const [, host, hostRest = '/'] = FOREIGN_HOST.exec(rest) ?? []
  if (host !== undefined) return `https://${host}${hostRest}${url.search}`
  if (Object.hasOwn(upstreams, provider)) return upstreams[provider] + rest + url.search
  if (!Object.hasOwn(PROVIDER_ORIGINS, provider)) return undefined
  return PROVIDER_ORIGINS[provider] + providerPath(provider, rest) + url.search
}

/** One base URL serves clients that add `/v1` themselves and clients that expect it in the base. */
function providerPath(provider: string, rest: string): string {
  return provider === 'anthropic' && /^\/(?:messages|models|files|complete)\b/.test(rest)
    ? `/v1${rest}`
    : rest
}
