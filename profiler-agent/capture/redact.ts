// Masks credentials before anything is stored, logged or sent on. Works on text and bytes; keeps nothing on disk itself.

import { REDACTED } from '../model/redacted'
import { formsOf, wireFormsOf } from './secret-forms'
import { type Form, SecretMatcher, WINDOW } from './secret-matcher'
import { SortedForms } from './sorted-forms'

export { REDACTED }

const CREDENTIAL_HEADERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-amz-security-token',
  'ocp-apim-subscription-key',
  'helicone-auth',
  'x-costflame-token',
])
/** Catches vendors' own names (`x-auth-token`, `cf-access-client-secret`) and not `x-ratelimit-limit-tokens`. */
const CREDENTIAL_HEADER =
  /(?:^|[-_])(?:key|token|secret|password|passwd|auth|authorization|authentication|cookie|credentials?|apikey|signature|jwt|assertion)(?:-bin)?$|api[-_]?key/
/** Keys to find something by, which open nothing. */
const LOOKUP_KEY_HEADER = /(?:^|[-_])(?:idempotency|websocket|cache|surrogate)[-_]key$/
/** Who pays, not how one proves it: masked where it stands, not remembered as a secret. */
const ACCOUNT_HEADERS = new Set(['openai-organization', 'openai-project'])
const CREDENTIAL_PARAMETER =
  /^(?:key|[a-z_-]*api[-_]?key|(?:access|account|app|auth|client|function|functions|master|private|secret|service|subscription)[-_]?key|[a-z_-]*token|(?:[a-z]+[-_]?)?secret|sig|sas|code|(?:x-[a-z]+-)?(?:signature|credentials?)|awsaccesskeyid|pass(?:word|wd|phrase)|pwd|(?:j|php|asp)?sess(?:ion)?id|auth|authorization|bearer|jwt)$/i
const CREDENTIAL_FLAG =
  /^--?(?:[\w.-]*[-_.])?(?:token|secret|password|passwd|auth|credentials?|bearer|(?:(?:api|access|secret|private|auth|account)[-_]?)?key)$/i
/** `OTEL_EXPORTER_OTLP_HEADERS` and its like hold whole headers. */
const CREDENTIAL_VARIABLE =
  /^(?:[A-Za-z_]\w*)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|AUTH|_HEADERS)$/i
/** Of programs that take a password right behind `-p`; to others `-p8080` is a port. */
const PASSWORD_PROGRAM = /(?:^|[\\/])(?:mysql\w*|mariadb[\w-]*|sshpass|7z[ar]?)(?:\.exe)?$/i
const PASSWORD_ARGUMENT = /^-p(?=\S)/
/** Of what a user gives names to: tags. */
const CREDENTIAL_LABEL = /^(?:[\w.-]*[-_.])?(?:api[-_]?key|token|secret|password|passwd|credentials?)$/i
const USER_FLAG = /^(?:-u|-U|--user|--proxy-user)$/
/** Keys whose shape alone gives them away, for text that no header announced: command lines, error messages. */
const KEY_SHAPES =
  /\b(?:(?:sk|pk|rk)-[\w-]{16,}|AIza[\w-]{30,}|(?:gsk|hf|r8|ghp|gho|ghs|github_pat|pplx|xai|fw|csk)[-_]\w{16,}|(?:AKIA|ASIA)[A-Z0-9]{16})/g
const BEARER_ARGUMENT = /\b(bearer|basic)\s+[^\s'"]+/gi
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi
const HEADER_IN_TEXT =
  /\b((?:x-|proxy-)?(?:api-key|goog-api-key|authorization|cookie)["']?\s*[:=]\s*["']?)(?!bearer\s|basic\s)[^\s"',;]+/gi
const URL_USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/?#\s@"']+@/gi
const PARAMETER_IN_TEXT = /([?&;])([\w.%-]+)=([^&;#\s"'<>]*)/g

/** The same few dozen names come with every call; names that a caller makes up must not fill the memory. */
const MAX_KNOWN_NAMES = 1000
const isCredentialByName = new Map<string, boolean>()

/** True for headers whose value lets its holder in; `name` in lower case. */
function isCredentialHeader(name: string): boolean {
  const known = isCredentialByName.get(name)
  if (known !== undefined) return known
  const isCredential =
    CREDENTIAL_HEADERS.has(name) || (CREDENTIAL_HEADER.test(name) && !LOOKUP_KEY_HEADER.test(name))
  if (isCredentialByName.size < MAX_KNOWN_NAMES) isCredentialByName.set(name, isCredential)
  return isCredential
}

/** Headers with credentials masked, and remembered secrets masked wherever else they stand. Names in lower case. */
export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  secrets?: SecretMemory,
): Record<string, string> {
  const masked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) masked[name] = redactHeader(name, value, secrets)
  return masked
}

function redactHeader(name: string, value: string, secrets?: SecretMemory): string {
  if (isCredentialHeader(name) || ACCOUNT_HEADERS.has(name)) return REDACTED
  if (name === 'sec-websocket-protocol') return maskSubprotocols(value)
  const url = value.includes('://') || value.includes('?') ? redactUrl(value) : value
  return secrets ? secrets.maskText(url) : url
}

/** Browsers can only send a key as a subprotocol: `openai-insecure-api-key.sk-…`. */
const KEY_SUBPROTOCOL = /^(.*(?:key|token|auth|bearer|authorization)[.-])(.+)$/i

function maskSubprotocols(value: string): string {
  return value
    .split(',')
    .map((item) => item.replace(KEY_SUBPROTOCOL, `$1${REDACTED}`))
    .join(',')
}

/** A URL, or any text that holds some, with user info and credential parameters masked; every other byte stays as it was. */
export function redactUrl(url: string, secrets?: SecretMemory): string {
  if (!/[?@&]/.test(url)) return secrets ? secrets.maskText(url) : url
  const masked = url
    .replace(URL_USER_INFO, `$1${REDACTED}@`)
    .replace(PARAMETER_IN_TEXT, (whole, mark: string, name: string) =>
      isCredentialParameter(name) ? `${mark}${name}=${REDACTED}` : whole,
    )
  return secrets ? secrets.maskText(masked) : masked
}

/** Free text (error messages, a command line) with remembered secrets, URLs and everything shaped like a key masked. */
export function redactText(text: string, secrets?: SecretMemory): string {
  const masked = redactUrl(text, secrets)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(HEADER_IN_TEXT, `$1${REDACTED}`)
    .replace(KEY_SHAPES, REDACTED)
  return masked
}

/** Arguments of a command with the values of `--api-key VALUE`, `--token=VALUE` and `SOME_KEY=VALUE` masked, and what `redactText` masks. */
export function redactCommand(args: readonly string[], secrets?: SecretMemory): string[] {
  const program = args.findIndex((arg) => PASSWORD_PROGRAM.test(arg))
  return args.map((arg, index) => {
    if (program >= 0 && index > program && PASSWORD_ARGUMENT.test(arg)) return `-p${REDACTED}`
    const before = args[index - 1] ?? ''
    if (CREDENTIAL_FLAG.test(before) && !arg.startsWith('-')) return REDACTED
    if (USER_FLAG.test(before) && arg.includes(':')) return arg.replace(/:.*/s, `:${REDACTED}`)
    const [, header] = /^(?:--[\w-]+=)?([\w-]+):\s*\S/.exec(arg) ?? []
    if (header && isCredentialHeader(header.toLowerCase())) return arg.replace(/:.*/s, `: ${REDACTED}`)
    const [, name] = /^([^=\s]+)=/.exec(arg) ?? []
    if (name && (CREDENTIAL_FLAG.test(name) || CREDENTIAL_VARIABLE.test(name))) return `${name}=${REDACTED}`
    // Nobody types prose behind Bearer in a command: whatever stands there is the key, however short.
    return maskedMembers(redactText(arg, secrets)).replace(BEARER_ARGUMENT, `$1 ${REDACTED}`)
  })
}

/** JSON in an argument: `--config={"api_key":"…"}`. There `token` is one, too: nobody hands over a prompt's words so. */
function maskedMembers(text: string): string {
  return text.replace(CREDENTIAL_MEMBER, `$1${REDACTED}`).replace(TOKEN_MEMBER, `$1${REDACTED}`)
}

const TOKEN_MEMBER = /("(?:token|secret|pass(?:wd|phrase)?)\\{0,7}"\s*:\s*\\{0,7}")([^\s"\\]+)(?=\\{0,7}")/gi

/** The value of a tag, masked whole where its name says that it is a credential. */
export function redactTag(name: string, value: string): string {
  return CREDENTIAL_LABEL.test(name) ? REDACTED : redactText(value)
}

/** `AWS4-HMAC-SHA256 Credential=AKIA…/20260101/…, SignedHeaders=…, Signature=…`, and what is made like it. */
const SIGNED = /\bCredential=([^\s,/]+).*\bSignature=([^\s,]+)/
const SIGNATURE_HEADER = /(?:^|-)signature$/
const SIGNING_PARAMETER = /^x-[a-z]+-(?:signature|credential)$/i

/**
 * The values in these headers and this URL that let nobody in but with this one request: signatures over it. To be masked in
 * its own record; remembering each would crowd out the keys.
 */
export function signaturesIn(headers: Readonly<Record<string, string>>, url = ''): string[] {
  const ofHeaders = Object.entries(headers).flatMap(([name, value]) => {
    const [, , signature] = SIGNED.exec(value) ?? []
    if (signature !== undefined && isCredentialHeader(name))
      return [value.slice(value.indexOf(' ') + 1), signature]
    return SIGNATURE_HEADER.test(name) ? [value] : []
  })
  const ofUrl = [...url.matchAll(PARAMETER_IN_TEXT)].flatMap(([, , name = '', value = '']) =>
    SIGNING_PARAMETER.test(name) ? [value, decoded(value)] : [],
  )
  return [...ofHeaders, ...ofUrl]
}

/** The values in these headers and this URL that let their holder in, without scheme or cookie name. */
export function credentialsIn(headers: Readonly<Record<string, string>>, url = ''): string[] {
  return [
    ...Object.entries(headers).flatMap(([name, value]) => credentialsOfHeader(name, value)),
    ...credentialsOfUrl(url),
  ]
}

/** Servers undo the encoding of names, too. */
function isCredentialParameter(name: string): boolean {
  return CREDENTIAL_PARAMETER.test(name.includes('%') ? decoded(name) : name)
}

function credentialsOfUrl(url: string): string[] {
  const found: string[] = []
  if (!/[?@&]/.test(url)) return found
  for (const [, , name = '', value = ''] of url.matchAll(PARAMETER_IN_TEXT))
    if (SIGNING_PARAMETER.test(name)) found.push(...accessKeysIn(decoded(value)))
    else if (isCredentialParameter(name)) found.push(value, decoded(value))
  for (const [, password = ''] of url.matchAll(/:\/\/[^/?#\s:@]*:([^/?#\s@]+)@/g))
    found.push(password, decoded(password))
  return found
}

/** `AKIA…/20260101/us-east-1/…`: the scope is the day's, the key stays. */
function accessKeysIn(credential: string): string[] {
  return credential.includes('/') ? [credential.slice(0, credential.indexOf('/'))] : []
}

function credentialsOfHeader(name: string, value: string): string[] {
  if (name === 'cookie' || name === 'set-cookie') return cookieValues(value)
  if (name === 'sec-websocket-protocol')
    return value.split(',').flatMap((item) => KEY_SUBPROTOCOL.exec(item.trim())?.[2] ?? [])
  // `location` and `referer` are URLs; `x-portkey-config` is JSON.
  if (!isCredentialHeader(name)) {
    const ofUrl = value.includes('://') ? credentialsOfUrl(value) : []
    return value.includes('{') ? [...ofUrl, ...credentialsInText(value)] : ofUrl
  }
  const [, scheme = '', parameters = ''] = /^([\w-]+)\s+(\S.*)$/.exec(value) ?? []
  if (!parameters) return SIGNATURE_HEADER.test(name) ? [] : [value]
  const [, accessKey] = SIGNED.exec(value) ?? []
  if (accessKey !== undefined) return [accessKey]
  return scheme.toLowerCase() === 'basic' ? [parameters, ...basicSecrets(parameters)] : [parameters]
}

function basicSecrets(base64: string): string[] {
  const pair = Buffer.from(base64, 'base64').toString('utf8')
  return [pair, pair.slice(pair.indexOf(':') + 1)]
}

/** `"authorization": "Bearer …"` in JSON, also in JSON inside a string inside a string: MCP servers and tools are handed their keys so. */
const CREDENTIAL_MEMBER =
  /("(?:[\w.-]*[_.-])?(?:authorization(?:[-_]token)?|api[-_]?key|(?:access|auth|bearer|refresh|session)[-_]?token|(?:client|secret|private|access)[-_]?(?:secret|key)|password)\\{0,7}"\s*:\s*\\{0,7}"(?:(?:bearer|basic)\s+)?)([^\s"\\]{8,})(?=\\{0,7}")/gi

/** `"server_url": "https://…?key=…"`: so other MCP servers are handed theirs. */
const URL_MEMBER = /[uU](?:rl|RL)\\{0,7}"\s*:\s*\\{0,7}"(https?:[^"\s]*[?@][^"\s]*)/g

/** The ends of all names above: most bodies have none, and one look is enough. */
const NAMES_A_CREDENTIAL = /(?:key|token|secret|password|authorization|url)\\{0,7}"\s*:\s*\\{0,7}"/i

/** The values that JSON in a text names as credentials, or in URLs that it names. */
export function credentialsInText(text: string): string[] {
  if (!NAMES_A_CREDENTIAL.test(text)) return []
  const members = [...text.matchAll(CREDENTIAL_MEMBER)].map(([, , value = '']) => value)
  const urls = [...text.matchAll(URL_MEMBER)].map(([, url = '']) => url.replaceAll('\\', ''))
  const ofUrls = urls.flatMap(credentialsOfUrl).filter(({ length }) => length >= MIN_SECRET_LENGTH)
  return [...members, ...new Set(ofUrls)]
}

/** Short cookies are settings (`theme=dark`), not credentials, and would mask ordinary words. */
const MIN_COOKIE_LENGTH = 16

function cookieValues(value: string): string[] {
  return value
    .split(/[;,]\s*/)
    .map((cookie) => cookie.slice(cookie.indexOf('=') + 1))
    .filter((cookie) => cookie.length >= MIN_COOKIE_LENGTH && !/\s/.test(cookie))
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value // Not percent-encoded after all: the raw value is remembered anyway.
  }
}

interface Secret {
  readonly forms: readonly Form[]
  /** Of the memory when it came. */
  readonly revision: number
}

/** Rotating cookies and tokens must not fill the memory; the oldest unseen value goes first. */
const MAX_SECRETS = 4096
/** Of all values together: their forms take about fifteen times as much. */
const MAX_CHARACTERS = 1 << 20
const MIN_SECRET_LENGTH = WINDOW
/** Local servers take any key, so people write a word; masking `messages` everywhere would help nobody. */
const PLAIN_WORD = /^(?:[a-z_]{1,15}|\d{1,15})$/i
/** Could stand outside a JSON string, where only digits may be exchanged. */
const JSON_STRUCTURE_ONLY = /^[\s\d.+\-{}[\]:,truefalsnE]+$/

/**
 * Remembers values once seen as a credential and masks them wherever else they turn up.
 * Values under 8 characters and plain words are not remembered: they would mask ordinary text.
 */
export class SecretMemory {
  readonly #secrets = new Map<string, Secret>()
  readonly #matcher = new SecretMatcher()
  readonly #beginnings = new SortedForms()
  #characters = 0
  #revision = 0

  /** `base` is masked, too. */
  constructor(readonly base?: SecretMemory) {}

  /** Grows with every value that was not remembered before. */
  get revision(): number {
    return this.#revision
  }

  /** Remembers these values; seen again, a value counts as fresh. */
  remember(values: readonly string[]): void {
    for (const value of values) {
      if (value.length < MIN_SECRET_LENGTH || PLAIN_WORD.test(value) || value.includes(REDACTED)) continue
      const known = this.#secrets.get(value)
      if (known) this.#secrets.delete(value)
      this.#secrets.set(value, known ?? this.#added(value))
      this.#forgetOldest()
    }
  }

  #added(value: string): Secret {
    this.#revision++
    this.#characters += value.length
    const secret = { forms: formsOf(value), revision: this.#revision }
    for (const form of secret.forms) this.#matcher.add(form)
    for (const form of wireFormsOf(value)) this.#beginnings.add(form)
    return secret
  }

  #forgetOldest(): void {
    for (const [value, { forms }] of this.#secrets) {
      const isFull = this.#secrets.size > MAX_SECRETS || this.#characters > MAX_CHARACTERS
      if (!isFull || this.#secrets.size === 1) return
      this.#secrets.delete(value)
      this.#characters -= value.length
      for (const form of forms) this.#matcher.delete(form)
      for (const form of wireFormsOf(value)) this.#beginnings.delete(form)
    }
  }

  /** This memory and some more values, for one record; this memory itself stays as it is. */
  with(values: readonly string[]): SecretMemory {
    const both = new SecretMemory(this)
    both.remember(values)
    return both
  }

  /** What is remembered here, not in the base, oldest first; never to be written. */
  get values(): readonly string[] {
    return [...this.#secrets.keys()]
  }

  /** Those that came after this revision. */
  since(revision: number): readonly string[] {
    return [...this.#secrets].flatMap(([value, secret]) => (secret.revision > revision ? [value] : []))
  }

  /** What may be delivered in pieces, one character a byte: of this memory and of its base. */
  get beginnings(): readonly SortedForms[] {
    return [...(this.#secrets.size > 0 ? [this.#beginnings] : []), ...(this.base?.beginnings ?? [])]
  }

  get isEmpty(): boolean {
    return this.#secrets.size === 0 && this.base?.isEmpty !== false
  }

  maskText(text: string): string {
    const rest = this.base?.maskText(text) ?? text
    const finds = this.#matcher.findsIn(rest, false)
    if (finds.length === 0) return rest
    let masked = ''
    let from = 0
    for (const { start, end } of finds) {
      masked += rest.slice(from, start) + REDACTED
      from = end
    }
    return masked + rest.slice(from)
  }

  /**
   * The same bytes object when nothing was found, else a copy with each secret masked.
   * With `isJson` (JSON, NDJSON, SSE of JSON) valid JSON stays valid JSON.
   */
  maskBytes(bytes: Uint8Array, isJson: boolean): Uint8Array {
    const rest = this.base?.maskBytes(bytes, isJson) ?? bytes
    const whole = Buffer.from(rest.buffer, rest.byteOffset, rest.byteLength)
    const finds = this.#secrets.size > 0 ? this.#matcher.findsIn(whole.toString('latin1'), isJson) : []
    if (finds.length === 0) return rest
    const parts: Uint8Array[] = []
    let from = 0
    for (const { start, end, forms } of finds) {
      const isLoose = isJson && forms.every(({ text }) => JSON_STRUCTURE_ONLY.test(text))
      const mask = isLoose ? whole.toString('latin1', start, end).replace(/\d/g, '1') : REDACTED
      parts.push(whole.subarray(from, start), Buffer.from(mask))
      from = end
    }
    return Buffer.concat([...parts, whole.subarray(from)])
  }
}
