// Which headers and parameters hold credentials, by their names.

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
/** What signs this one request. */
const SIGNATURE_HEADER = /(?:^|-)signature$/
/** Who pays, not how one proves it: masked where it stands, not remembered as a secret. */
const ACCOUNT_HEADERS = new Set(['openai-organization', 'openai-project'])
const CREDENTIAL_PARAMETER =
  /^(?:key|[a-z_-]*api[-_]?key|(?:access|account|app|auth|client|function|functions|master|private|secret|service|subscription)[-_]?key|[a-z_-]*token|(?:[a-z]+[-_]?)?secret|sig|sas|code|(?:x-[a-z]+-)?(?:signature|credentials?)|awsaccesskeyid|pass(?:word|wd|phrase)|pwd|(?:j|php|asp)?sess(?:ion)?id|auth|authorization|bearer|jwt)$/i

interface HeaderKind {
  readonly isCredential: boolean
  readonly isSignature: boolean
}

/** The same few dozen names come with every call; names that a caller makes up must not fill the memory. */
const MAX_KNOWN_NAMES = 1000
const kinds = new Map<string, HeaderKind>()

function kindOf(name: string): HeaderKind {
  const known = kinds.get(name)
  if (known !== undefined) return known
  const isCredential =
    CREDENTIAL_HEADERS.has(name) || (CREDENTIAL_HEADER.test(name) && !LOOKUP_KEY_HEADER.test(name))
  const kind = { isCredential, isSignature: SIGNATURE_HEADER.test(name) }
  if (kinds.size < MAX_KNOWN_NAMES) kinds.set(name, kind)
  return kind
}

/** True for headers whose value lets its holder in; `name` in lower case. */
export function isCredentialHeader(name: string): boolean {
  return kindOf(name).isCredential
}

/** True for headers whose value is a signature over the request or reply that it came with; `name` in lower case. */
export function isSignatureHeader(name: string): boolean {
  return kindOf(name).isSignature
}

/** True for headers that say who pays. */
export function isAccountHeader(name: string): boolean {
  return ACCOUNT_HEADERS.has(name)
}

/** Servers undo the encoding of names, too. */
export function isCredentialParameter(name: string): boolean {
  return CREDENTIAL_PARAMETER.test(name.includes('%') ? percentDecoded(name) : name)
}

/** The text itself where it is not percent-encoded after all. */
export function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value // Whoever looks for a credential looks for the raw value, too.
  }
}
