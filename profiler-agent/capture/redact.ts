// Masks credentials before anything is stored, logged or sent on. Works on text and bytes; keeps nothing on disk itself.

import { REDACTED } from '../model/redacted'
import { isAccountHeader, isCredentialHeader, isCredentialParameter } from './credential-names'
import { KEY_SUBPROTOCOL, PARAMETER_IN_TEXT } from './credentials'
import { latin1 } from './latin1'
import { formsOf, wireFormsOf } from './secret-forms'
import { type Find, type Form, SecretMatcher, WINDOW } from './secret-matcher'
import { SortedForms } from './sorted-forms'
import type { Steps } from './steps'

export { REDACTED }

/** Of what a user gives names to: tags. */
const CREDENTIAL_LABEL = /^(?:[\w.-]*[-_.])?(?:api[-_]?key|token|secret|password|passwd|credentials?)$/i
/** Keys whose shape alone gives them away, for text that no header announced: command lines, error messages. */
const KEY_SHAPES =
  /\b(?:(?:sk|pk|rk)-[\w-]{16,}|AIza[\w-]{30,}|(?:gsk|hf|r8|ghp|gho|ghs|github_pat|pplx|xai|fw|csk)[-_]\w{16,}|(?:AKIA|ASIA)[A-Z0-9]{16})/g
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi
const HEADER_IN_TEXT =
  /\b((?:x-|proxy-)?(?:api-key|goog-api-key|authorization|cookie)["']?\s*[:=]\s*["']?)(?!bearer\s|basic\s)[^\s"',;]+/gi
const URL_USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/?#\s@"']+@/gi

/** Headers with credentials masked, and remembered secrets masked wherever else they stand. Names in lower case. */
export function redactHeaders(
  headers: Readonly<Record<string, string>>,
  secrets?: SecretMemory,
): Record<string, string> {
  const masked: Record<string, string> = {}
  for (const name of Object.keys(headers)) masked[name] = redactHeader(name, headers[name] ?? '', secrets)
  return masked
}

function redactHeader(name: string, value: string, secrets?: SecretMemory): string {
  if (isCredentialHeader(name) || isAccountHeader(name)) return REDACTED
  if (name === 'sec-websocket-protocol') return maskSubprotocols(value)
  const url = value.includes('://') || value.includes('?') ? redactUrl(value) : value
  return secrets ? secrets.maskText(url) : url
}

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

/** The value of a tag, masked whole where its name says that it is a credential. */
export function redactTag(name: string, value: string): string {
  return CREDENTIAL_LABEL.test(name) ? REDACTED : redactText(value)
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

  /** Whether a remembered value stands in it. */
  isIn(text: string): boolean {
    return this.base?.isIn(text) === true || this.#matcher.findsIn(text, false).length > 0
  }

  /**
   * The same bytes object when nothing was found, else a copy with each secret masked. With `isJson` (JSON, NDJSON, SSE of
   * JSON) valid JSON stays valid JSON. `text` is what `latin1` makes of the bytes, where that is known already.
   */
  maskBytes(bytes: Uint8Array, isJson: boolean, text = latin1(bytes)): Uint8Array {
    const rest = this.base?.maskBytes(bytes, isJson, text) ?? bytes
    if (this.#secrets.size === 0) return rest
    return masked(rest, this.#matcher.findsIn(rest === bytes ? text : latin1(rest), isJson), isJson)
  }

  /** The same in steps, for long ones. */
  *maskLongBytes(bytes: Uint8Array, isJson: boolean): Steps<Uint8Array> {
    const rest = this.base ? yield* this.base.maskLongBytes(bytes, isJson) : bytes
    if (this.#secrets.size === 0) return rest
    return masked(rest, yield* this.#matcher.findsInBytes(rest, isJson), isJson)
  }
}

function masked(bytes: Uint8Array, finds: readonly Find[], isJson: boolean): Uint8Array {
  if (finds.length === 0) return bytes
  const parts: Uint8Array[] = []
  let from = 0
  for (const { start, end, forms } of finds) {
    const isLoose = isJson && forms.every(({ text }) => JSON_STRUCTURE_ONLY.test(text))
    const mask = isLoose ? latin1(bytes.subarray(start, end)).replace(/\d/g, '1') : REDACTED
    parts.push(bytes.subarray(from, start), Buffer.from(mask))
    from = end
  }
  // A copy of its own: small Buffers share one pool.
  return new Uint8Array(Buffer.concat([...parts, bytes.subarray(from)]))
}
