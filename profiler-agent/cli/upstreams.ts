// `--upstream provider=URL`, as `run` and `serve` take it.

import { isForbiddenHost } from '../capture/proxy/forbidden-address'
import { isKnownProvider, PROVIDER_ORIGINS } from '../model/provider'
import { UsageError } from './io'

/** `openai=http://127.0.0.1:8080` as a map. */
export function parseUpstreams(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map(parseUpstream))
}

function parseUpstream(text: string): [string, string] {
  const [provider = '', url = ''] = text.split(/=(.*)/s)
  if (/\/\/[^/?#]*@/.test(url))
    throw new UsageError(
      `--upstream ${provider}=…: a password in the URL is not used. Leave it out; your program sends its own credentials.`,
    )
  if (!isKnownProvider(provider))
    throw new UsageError(
      `--upstream ${text}: unknown provider "${provider}". Known: ${Object.keys(PROVIDER_ORIGINS).join(', ')}, vertex, azure, bedrock.`,
    )
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(
      `--upstream ${text}: "${url}" is not an http or https URL. Write --upstream ${provider}=https://host`,
    )
  if (isForbiddenHost(new URL(url).hostname))
    throw new UsageError(
      `--upstream ${text}: a link-local or cloud-metadata address is never an upstream, because it hands out this machine's credentials`,
    )
  return [provider, url.replace(/\/$/, '')]
}
