// Which calls are looked at in the process instead of being sent through the proxy: Bedrock's, whose signature holds for one host. Pure.

import { providerOfHost } from '../../../model/provider'

/** What is known of a request when it is made; header names in lower case. */
export interface RequestFacts {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** `AWS4-HMAC-SHA256 Credential=<key>/<day>/<region>/bedrock/aws4_request, …`; the form for several regions has no region in it. */
const SIGNED_FOR_BEDROCK =
  /^AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256) Credential=[^,\s]+\/bedrock\/aws4_request\b/
const MODEL_PATH = /^(?:\/[^/]+)*\/model\/[^/]+\/(?:converse|invoke|count-tokens)[\w-]*$/

/** True for a call to Bedrock's model hosts, and for one that is signed for Bedrock at any host (a gateway, a private endpoint). */
export function isObserved({ method, url, headers }: RequestFacts): boolean {
  if (method === 'CONNECT') return false
  if (providerOfHost(url.host) === 'bedrock') return true
  return SIGNED_FOR_BEDROCK.test(headers.authorization ?? '') && MODEL_PATH.test(url.pathname)
}

/** Credentials never leave the process by our hand; the signature itself is of no use to anybody else either. */
const SECRET_HEADER = /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-amz-security-token|(?:x-)?api-key)$/

/** Headers without those that hold credentials, our own, and those that only HTTP/2 writes with a colon. */
export function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !SECRET_HEADER.test(name) && !name.startsWith(':'))
  return Object.fromEntries(kept)
}

/** The values that let their holder in, in the forms in which a reply may echo them. */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  const token = headers['x-amz-security-token']
  const [, bearer] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
  return [token, bearer].flatMap((value = '') =>
    value.length < MIN_SECRET_LENGTH ? [] : [value, value.replace(/\//g, '\\/'), encodeURIComponent(value)],
  )
}

/** What is shorter is no secret, and would mask ordinary text. */
const MIN_SECRET_LENGTH = 8
