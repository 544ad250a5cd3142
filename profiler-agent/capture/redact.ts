// Masks credentials before anything is stored, logged or sent on. Works on text and bytes; keeps nothing on disk itself.

/** What stands where a credential stood. */
export const REDACTED = '‹redacted›'

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
  /^(?:key|[a-z_-]*api[-_]?key|(?:access|account|app|auth|client|function|functions|master|private|secret|service|subscription)[-_]?key|[a-z_-]*token|(?:[a-z]+[-_]?)?secret|sig|sas|code|(?:x-[a-z]+-)?(?:signature|credentials?)|awsaccesskeyid|pass(?:word|wd|phrase)|pwd|auth|authorization|bearer|jwt)$/i
const CREDENTIAL_FLAG =
  /^--?(?:[\w.-]*[-_.])?(?:token|secret|password|passwd|auth|credentials?|bearer|(?:(?:api|access|secret|private|auth|account)[-_]?)?key)$/i
/** `OTEL_EXPORTER_OTLP_HEADERS` and its like hold whole headers. */
const CREDENTIAL_VARIABLE =
  /^(?:[A-Za-z_]\w*)?(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|AUTH|_HEADERS)$/i
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
  return args.map((arg, index) => {
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

/** JSON in an argument: `--config={"api_key":"…"}`. */
function maskedMembers(text: string): string {
  return text.replace(CREDENTIAL_MEMBER, `$1${REDACTED}`)
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
    if (isCredentialParameter(name)) found.push(value, decoded(value))
  for (const [, password = ''] of url.matchAll(/:\/\/[^/?#\s:@]*:([^/?#\s@]+)@/g))
    found.push(password, decoded(password))
  return found
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
  if (!parameters) return [value]
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

/** The values that JSON in a text names as credentials, or in URLs that it names. */
export function credentialsInText(text: string): string[] {
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
  /** Forms in which the value turns up in text, longest first; in base64, too. */
  readonly inText: readonly string[]
  /** The same without base64, one character a byte. */
  readonly inLatin1: readonly string[]
  /** Forms in which it turns up inside JSON strings, longest first. */
  readonly inJson: readonly Needle[]
}

interface Needle {
  readonly bytes: Buffer
  readonly mask: Buffer
}

/** Rotating cookies and tokens must not make every later body slow to mask; the oldest unseen value goes first. */
const MAX_SECRETS = 64
const MIN_SECRET_LENGTH = 8
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
  #revision = 0

  /** Grows with every value that was not remembered before. */
  get revision(): number {
    return this.#revision
  }

  /** Remembers these values; seen again, a value counts as fresh. */
  remember(values: readonly string[]): void {
    for (const value of values) {
      if (value.length < MIN_SECRET_LENGTH || PLAIN_WORD.test(value) || value.includes(REDACTED)) continue
      if (!this.#secrets.has(value)) this.#revision++
      const secret = this.#secrets.get(value) ?? secretOf(value)
      this.#secrets.delete(value)
      this.#secrets.set(value, secret)
      const [oldest] = this.#secrets.keys()
      if (this.#secrets.size > MAX_SECRETS && oldest !== undefined) this.#secrets.delete(oldest)
    }
  }

  /** This memory and some more values, for one record; this memory itself stays as it is. */
  with(values: readonly string[]): SecretMemory {
    const both = new SecretMemory()
    for (const [value, secret] of this.#secrets) both.#secrets.set(value, secret)
    both.remember(values)
    return both
  }

  /** What is remembered, oldest first; never to be written. */
  get values(): readonly string[] {
    return [...this.#secrets.keys()]
  }

  /** Every form in which they turn up in text, one character a byte. */
  get forms(): readonly string[] {
    return [...this.#secrets.values()].flatMap(({ inLatin1 }) => inLatin1)
  }

  get isEmpty(): boolean {
    return this.#secrets.size === 0
  }

  maskText(text: string): string {
    let masked = text
    for (const secret of this.#secrets.values())
      for (const form of secret.inText) if (masked.includes(form)) masked = masked.replaceAll(form, REDACTED)
    return masked
  }

  /**
   * The same bytes object when nothing was found, else a copy with each secret masked.
   * With `isJson` (JSON, NDJSON, SSE of JSON) valid JSON stays valid JSON.
   */
  maskBytes(bytes: Uint8Array, isJson: boolean): Uint8Array {
    let masked = bytes
    for (const secret of this.#secrets.values())
      for (const needle of isJson ? secret.inJson : secret.inText.map(plainNeedle))
        masked = replaceBytes(masked, needle, isJson)
    return masked
  }
}

function secretOf(value: string): Secret {
  const escaped = JSON.stringify(value).slice(1, -1)
  const json = longestFirst([escaped, escaped.replaceAll('/', '\\/'), encodeURIComponent(value)])
  const plain = [value, ...json]
  return {
    inText: longestFirst([...plain, ...base64FormsOf(value)]),
    inLatin1: longestFirst(plain).map((form) => Buffer.from(form).toString('latin1')),
    inJson: json.map((form) => ({ bytes: Buffer.from(form), mask: Buffer.from(maskInJson(form)) })),
  }
}

/** What base64 makes of the value wherever it stands among other bytes (`user:VALUE`): the characters that hold nothing else. */
function base64FormsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const base64 = whole.toString('base64').replace(/=+$/, '')
    const form = base64.slice(Math.ceil((before * 4) / 3), Math.floor((whole.length * 4) / 3))
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function plainNeedle(form: string): Needle {
  return { bytes: Buffer.from(form), mask: Buffer.from(REDACTED) }
}

function longestFirst(forms: readonly string[]): string[] {
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}

function maskInJson(form: string): string {
  return JSON_STRUCTURE_ONLY.test(form) ? form.replace(/\d/g, '1') : REDACTED
}

function replaceBytes(bytes: Uint8Array, needle: Needle, isJson: boolean): Uint8Array {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Buffer[] = []
  let from = 0
  for (let at = whole.indexOf(needle.bytes); at >= 0; ) {
    if (isJson && startsInsideEscape(whole, at)) {
      at = whole.indexOf(needle.bytes, at + 1)
      continue
    }
    parts.push(whole.subarray(from, at), needle.mask)
    from = at + needle.bytes.length
    at = whole.indexOf(needle.bytes, from)
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, whole.subarray(from)])
}

const BACKSLASH = 0x5c
const LETTER_U = 0x75

/** True where the byte before `at` has begun a JSON escape that reaches past `at`: there the text does not hold the secret. */
function startsInsideEscape(bytes: Buffer, at: number): boolean {
  for (let back = 1; back <= 5 && back <= at; back++) {
    if (bytes[at - back] !== BACKSLASH || !isEscapeStart(bytes, at - back)) continue
    return back === 1 || bytes[at - back + 1] === LETTER_U
  }
  return false
}

function isEscapeStart(bytes: Buffer, at: number): boolean {
  let run = 0
  while (bytes[at - run] === BACKSLASH) run++
  return run % 2 === 1
}
