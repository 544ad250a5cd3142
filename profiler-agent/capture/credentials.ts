// Finds the values that let their holder in: in headers, in URLs, in JSON. Masks nothing.

import { HEADER_PREFIX } from '../model/headers'
import {
  isCredentialHeader,
  isCredentialParameter,
  isSignatureHeader,
  percentDecoded,
} from './credential-names'
import { partsWith } from './latin1'
import { WINDOW } from './secret-matcher'
import type { Steps } from './steps'

export const PARAMETER_IN_TEXT = /([?&;])([\w.%-]+)=([^&;#\s"'<>]*)/g
const HAS_PARAMETER = /[?&;]/

/** `AWS4-HMAC-SHA256 Credential=AKIA…/20260101/…, SignedHeaders=…, Signature=…`, and what is made like it. */
const SIGNED = /\bCredential=([^\s,/]+).*\bSignature=([^\s,]+)/
const SIGNING_PARAMETER = /^x-[a-z]+-(?:signature|credential)$/i

/**
 * The values in these headers and this URL that let nobody in but with this one request: signatures over it. To be masked in
 * its own record; remembering each would crowd out the keys.
 */
export function signaturesIn(headers: Readonly<Record<string, string>>, url = ''): string[] {
  const found: string[] = []
  for (const name of Object.keys(headers)) found.push(...signaturesOfHeader(name, headers[name] ?? ''))
  if (!HAS_PARAMETER.test(url)) return found
  for (const [, , name = '', value = ''] of url.matchAll(PARAMETER_IN_TEXT))
    if (SIGNING_PARAMETER.test(name)) found.push(value, percentDecoded(value))
  return found
}

const NONE: readonly string[] = []

function signaturesOfHeader(name: string, value: string): readonly string[] {
  if (!isCredentialHeader(name)) return isSignatureHeader(name) ? [value] : NONE
  const signature = value.includes('Signature=') ? SIGNED.exec(value)?.[2] : undefined
  if (signature !== undefined) return [value.slice(value.indexOf(' ') + 1), signature]
  return isSignatureHeader(name) ? [value] : NONE
}

/** The values in these headers and this URL that let their holder in, without scheme or cookie name. */
export function credentialsIn(headers: Readonly<Record<string, string>>, url = ''): string[] {
  const found: string[] = []
  for (const name of Object.keys(headers)) found.push(...credentialsOfHeader(name, headers[name] ?? ''))
  found.push(...credentialsOfUrl(url))
  return found
}

/** The same in headers as on the wire: name, value, name, value, …; the profiler's own are left out. */
export function credentialsInRaw(raw: readonly string[], url = ''): string[] {
  const found: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    if (!name.startsWith(HEADER_PREFIX)) found.push(...credentialsOfHeader(name, raw[index + 1] ?? ''))
  }
  found.push(...credentialsOfUrl(url))
  return found
}

function credentialsOfUrl(url: string): string[] {
  const found: string[] = []
  if (!/[?@&]/.test(url)) return found
  for (const [, , name = '', value = ''] of url.matchAll(PARAMETER_IN_TEXT))
    if (SIGNING_PARAMETER.test(name)) found.push(...accessKeysIn(percentDecoded(value)))
    else if (isCredentialParameter(name)) found.push(value, percentDecoded(value))
  for (const [, password = ''] of url.matchAll(/:\/\/[^/?#\s:@]*:([^/?#\s@]+)@/g))
    found.push(password, percentDecoded(password))
  return found
}

/** `AKIA…/20260101/us-east-1/…`: the scope is the day's, the key stays. */
function accessKeysIn(credential: string): string[] {
  return credential.includes('/') ? [credential.slice(0, credential.indexOf('/'))] : []
}

/** Browsers can only send a key as a subprotocol: `openai-insecure-api-key.sk-…`. */
export const KEY_SUBPROTOCOL = /^(.*(?:key|token|auth|bearer|authorization)[.-])(.+)$/i

function credentialsOfHeader(name: string, value: string): readonly string[] {
  if (name === 'cookie' || name === 'set-cookie') return cookieValues(value)
  if (name === 'sec-websocket-protocol')
    return value.split(',').flatMap((item) => KEY_SUBPROTOCOL.exec(item.trim())?.[2] ?? [])
  // `location` and `referer` are URLs; `x-portkey-config` is JSON.
  if (!isCredentialHeader(name)) {
    if (!value.includes('://') && !value.includes('{')) return NONE
    const ofUrl = value.includes('://') ? credentialsOfUrl(value) : []
    return value.includes('{') ? [...ofUrl, ...credentialsInText(value)] : ofUrl
  }
  const [, scheme = '', parameters = ''] = /^([\w-]+)\s+(\S.*)$/.exec(value) ?? []
  if (!parameters) return isSignatureHeader(name) ? [] : [value]
  const [, accessKey] = SIGNED.exec(value) ?? []
  if (accessKey !== undefined) return [accessKey]
  return scheme.toLowerCase() === 'basic' ? [parameters, ...basicSecrets(parameters)] : [parameters]
}

function basicSecrets(base64: string): string[] {
  const pair = Buffer.from(base64, 'base64').toString('utf8')
  return [pair, pair.slice(pair.indexOf(':') + 1)]
}

/** `"authorization": "Bearer …"` in JSON, also in JSON inside a string inside a string: MCP servers and tools are handed their keys so. */
export const CREDENTIAL_MEMBER =
  /("(?:[\w.-]*[_.-])?(?:authorization(?:[-_]token)?|api[-_]?key|(?:access|auth|bearer|refresh|session)[-_]?token|(?:client|secret|private|access)[-_]?(?:secret|key)|password)\\{0,7}"\s*:\s*\\{0,7}"(?:(?:bearer|basic)\s+)?)([^\s"\\]{8,})(?=\\{0,7}")/gi

/**
 * `"token": "…"`: other things have these names as well, such as the words of a reply with their probabilities. Masked is what no word is:
 * 20 characters or more with letters and digits, and not the path of a secret.
 */
const NAMED_LIKE_ONE =
  /"(?:[tT]oken|TOKEN|[sS]ecret|SECRET|passwd|passphrase)\\{0,7}"\s*:\s*\\{0,7}"(?=[^\s"\\]*\d)(?=[^\s"\\]*[a-zA-Z])(?=[^\s"\\/]*\\{0,7}"|[^\s"\\]*[A-Z])([\w.~+/=-]{20,})(?=\\{0,7}")/g

/** `"server_url": "https://…?key=…"`: so other MCP servers are handed theirs. */
const URL_MEMBER = /[uU](?:rl|RL)\\{0,7}"\s*:\s*\\{0,7}"(https?:[^"\s]*[?@][^"\s]*)/g

/** The values that JSON in a text names as credentials, or in URLs that it names. */
export function credentialsInText(text: string): readonly string[] {
  if (!namesCredential(text)) return NONE
  const members = [...text.matchAll(CREDENTIAL_MEMBER)].map(([, , value = '']) => value)
  for (const [, value = ''] of text.matchAll(NAMED_LIKE_ONE)) members.push(value)
  const urls = [...text.matchAll(URL_MEMBER)].map(([, url = '']) => url.replaceAll('\\', ''))
  const ofUrls = urls.flatMap(credentialsOfUrl).filter(({ length }) => length >= WINDOW)
  return [...members, ...new Set(ofUrls)]
}

/** Longer than any credential with its name. */
const LONGEST_MEMBER = 64 * 1024

/** The same in what `latin1` makes of these bytes, in steps, for long ones. */
export function* credentialsInBytes(bytes: Uint8Array): Steps<readonly string[]> {
  const found = new Set<string>()
  for (const { text } of partsWith(LONGEST_MEMBER, bytes)) {
    for (const value of credentialsInText(text)) found.add(value)
    yield
  }
  return [...found]
}

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
/** The ends of all names above: most bodies have none, and one look is enough. */
const CREDENTIAL_NAME = /(?:key|token|secret|password|authorization|url)$/i
const LONGEST_NAME = 'authorization'.length

/** Whether a string of JSON follows a colon and a name that may be a credential's. As a regular expression this takes five times as long. */
function namesCredential(text: string): boolean {
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    const colon = afterSpace(text, quote + 1)
    if (text.charCodeAt(colon) !== COLON) continue
    let value = afterSpace(text, colon + 1)
    while (text.charCodeAt(value) === BACKSLASH) value++
    if (text.charCodeAt(value) !== QUOTE) continue
    let end = quote
    while (text.charCodeAt(end - 1) === BACKSLASH) end--
    if (CREDENTIAL_NAME.test(text.slice(Math.max(0, end - LONGEST_NAME), end))) return true
  }
  return false
}

/** Where the white space ends that may begin there; what is beyond ASCII counts as such. */
function afterSpace(text: string, from: number): number {
  let at = from
  for (let code = text.charCodeAt(at); code <= 0x20 || code >= 0x80; code = text.charCodeAt(at)) at++
  return at
}

/** Short cookies are settings (`theme=dark`), not credentials, and would mask ordinary words. */
const MIN_COOKIE_LENGTH = 16

function cookieValues(value: string): string[] {
  return value
    .split(/[;,]\s*/)
    .map((cookie) => cookie.slice(cookie.indexOf('=') + 1))
    .filter((cookie) => cookie.length >= MIN_COOKIE_LENGTH && !/\s/.test(cookie))
}
