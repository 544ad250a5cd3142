// Which calls are looked at in the process instead of being sent through the proxy: Bedrock's, whose signature holds for one host,
// and those to hosts that nobody told us of. Pure.

import { providerOfHost } from '../../../model/provider'

/** What is known of a request when it is made; header names in lower case. */
export interface RequestFacts {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** A request that is known to ask a model. */
export interface ModelRequestFacts extends RequestFacts {
  /** A provider's id, or `custom:<host>`. */
  readonly provider: string
}

/** `AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/bedrock/aws4_request, …`; the form for several regions has no region in it. */
const SIGNED_FOR_BEDROCK =
  /^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256) Credential=[^,\s]+\/bedrock\/aws4_request\b/
const MODEL_PATH = /^(?:\/[^/]+)*\/model\/[^/]+\/(?:converse|invoke|count-tokens)[\w-]*$/

/**
 * Provider of a call to Bedrock's model hosts, of one that is signed for Bedrock at any host (a gateway, a private endpoint), and of
 * one that speaks a well-known format to a host of its own; undefined for anything else.
 */
export function observedProvider({ method, url, headers }: RequestFacts): string | undefined {
  if (method === 'CONNECT') return undefined
  const provider = providerOfHost(url.host)
  if (provider === 'bedrock') return provider
  const isSigned = SIGNED_FOR_BEDROCK.test(headers.authorization ?? '')
  if (isSigned && MODEL_PATH.test(url.pathname)) return 'bedrock'
  return method === 'POST' && asksModel(url.pathname, headers) ? provider : undefined
}

/** Paths that mean nothing else, and such that do only with what their SDKs send along. */
function asksModel(path: string, headers: RequestFacts['headers']): boolean {
  if (/\/chat\/completions$|:(?:stream)?generateContent$/i.test(path)) return true
  if (path.endsWith('/v1/messages')) return headers['anthropic-version'] !== undefined
  const hasKey = headers.authorization !== undefined || headers['api-key'] !== undefined
  return hasKey && /\/v1\/(?:responses|embeddings|completions)$/.test(path)
}

/** Credentials never leave the process by our hand; the signature itself is of no use to anybody else either. */
const SECRET_HEADER =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-amz-security-token|(?:[\w-]+-)?(?:api-?key|access-token|subscription-key))$/

/** Headers without those that hold credentials, our own, and those that only HTTP/2 writes with a colon. */
export function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !SECRET_HEADER.test(name) && !name.startsWith(':'))
  return Object.fromEntries(kept)
}

/** The values that let their holder in, in the forms in which a reply may echo them. */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  const { authorization, ...others } = headers
  const [, bearer = ''] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? []
  const keys = Object.keys(others).filter((name) => SECRET_HEADER.test(name) && !name.endsWith('cookie'))
  return [...keys.map((name) => others[name] ?? ''), bearer].flatMap((value) =>
    value.length < MIN_SECRET_LENGTH ? [] : [value, value.replace(/\//g, '\\/'), encodeURIComponent(value)],
  )
}

/** What is shorter is no secret, and would mask ordinary text. */
const MIN_SECRET_LENGTH = 8
