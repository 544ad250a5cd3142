// Where a call through the proxy would have gone without it. Pure.

import { providerPath, upstreamFor } from '../../../model/provider'

const PROXY_PATH = /^(?:\/r\/[^/]+)?\/([^/]+)(\/.*)?$/
const FOREIGN_HOST = /^\/@([^/]+)(\/.*)?$/

/**
 * URL at the provider for a URL at the proxy, `/[r/ID/]<provider>/rest`; undefined where nobody knows it.
 * `upstreams` (provider → URL without a slash at its end) wins over the providers' own origins. `foreign` is the value of `x-costflame-upstream`.
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
  const upstream = upstreamFor(provider, upstreams, rest)
  return upstream && upstream + providerPath(provider, rest) + url.search
}
