// Makes the record of a finished call: copies with credentials masked. The call itself is over by then.

import { promisify } from 'node:util'
import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { Attribution, HttpExchange } from '../../model/exchange'
import { credentialsIn, credentialsInBytes, credentialsInText, signaturesIn } from '../credentials'
import { AT_ONCE, latin1, partsWith } from '../latin1'
import { redactHeaders, redactText, redactUrl, type SecretMemory } from '../redact'
import { redactCommandLine } from '../redact-command'
import { mayHoldSecret, mayLongTextHoldSecret } from '../secret-pieces'
import { inTurns, type Steps } from '../steps'
import { headerRecord, type RawHeaders } from './forwarded-headers'

/** A finished call as it went over the wire: nothing masked, nothing decoded. */
export interface FinishedCall extends Omit<HttpExchange, 'requestHeaders' | 'responseHeaders'> {
  readonly requestHeaders: RawHeaders
  readonly responseHeaders: RawHeaders
}

/**
 * The exchange with every credential masked, also where a body echoes one. A compressed body that echoes one is recorded
 * decoded, without its `content-encoding`; every other body keeps its bytes. What JSON in the request names as a credential is
 * remembered among the secrets. Without `secrets`, the record holds no credential, not even in pieces, and may be written.
 * Long and compressed bodies take several turns of the event loop, all others none.
 */
export function exchangeOf(call: FinishedCall, secrets: SecretMemory): HttpExchange | Promise<HttpExchange> {
  return inTurns(exchangeInSteps(call, secrets))
}

/** The same as `exchangeOf`, in steps. */
export function* exchangeInSteps(call: FinishedCall, secrets: SecretMemory): Steps<HttpExchange> {
  const sent = bodyOf(headerRecord(call.requestHeaders), call.requestBody)
  const received = bodyOf(headerRecord(call.responseHeaders), call.responseBody)
  if (isShort(sent)) secrets.remember(credentialsInText(sent.text))
  else if (!isEncoded(sent.headers)) secrets.remember(yield* credentialsInBytes(sent.bytes))
  // Secrets of this call alone: remembering each rotating cookie and signature would crowd out the keys.
  const passing = [...signaturesIn(sent.headers, call.url), ...credentialsIn(received.headers)]
  const masks = passing.length === 0 ? secrets : secrets.with(passing)
  const { request, response, isClean } =
    isShort(sent) && isShort(received)
      ? maskedAtOnce(sent, received, masks)
      : yield* maskedInSteps(sent, received, masks)
  const record = {
    ...call,
    url: redactUrl(call.url, masks),
    requestHeaders: redactHeaders(request.headers, masks),
    requestBody: request.bytes,
    responseHeaders: redactHeaders(response.headers, masks),
    responseBody: response.bytes,
    attribution: maskedAttribution(call.attribution, masks),
  }
  const told = call.error === undefined && call.budget === undefined ? record : maskedMessages(record, masks)
  return isClean ? told : { ...told, secrets: passing }
}

function maskedMessages(record: HttpExchange, masks: SecretMemory): HttpExchange {
  const { error, budget } = record
  return {
    ...record,
    ...(error === undefined ? {} : { error: redactText(error, masks) }),
    ...(budget?.message === undefined
      ? {}
      : { budget: { ...budget, message: redactText(budget.message, masks) } }),
  }
}

type Headers = Readonly<Record<string, string>>

interface Body {
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** What `latin1` makes of the bytes, where they are few: to be made once for all who look at it. */
  readonly text: string | undefined
}

function bodyOf(headers: Headers, bytes: Uint8Array): Body {
  return { headers, bytes, text: bytes.length > AT_ONCE ? undefined : latin1(bytes) }
}

/** Looked at as it is, and in one go, which takes half the time: most bodies are such. */
interface ShortBody extends Body {
  readonly text: string
}

function isShort(body: Body): body is ShortBody {
  return body.text !== undefined && !isEncoded(body.headers)
}

interface MaskedCall {
  readonly request: Body
  readonly response: Body
  /** Whether nobody who reads the bodies can come upon a credential any more. */
  readonly isClean: boolean
}

function maskedAtOnce(sent: ShortBody, received: ShortBody, masks: SecretMemory): MaskedCall {
  const request = maskedShort(sent, masks)
  const response = maskedShort(received, masks)
  const mayHoldOne = ({ headers, text }: ShortBody) =>
    isBinary(headers) || (mayBeRead(headers) && mayHoldSecret(text, masks))
  const isClean = !(hasEscapedLetter(request.text) && mayHoldOne(request)) && !mayHoldOne(response)
  return { request, response, isClean }
}

function maskedShort(body: ShortBody, masks: SecretMemory): ShortBody {
  const { headers, bytes, text } = body
  const result = masks.maskBytes(bytes, isJson(headers), text)
  return result === bytes ? body : { headers, bytes: result, text: latin1(result) }
}

function* maskedInSteps(sent: Body, received: Body, masks: SecretMemory): Steps<MaskedCall> {
  const request = yield* maskedBody(sent, masks)
  const response = yield* maskedBody(received, masks)
  const isRequestClean = yield* isCleanRequest(request, isEncoded(sent.headers), masks)
  return { request, response, isClean: isRequestClean && (yield* isCleanBody(response, masks)) }
}

interface MaskedBody extends Body {
  /** The body decoded; `undefined` where it cannot be. */
  readonly decoded: Body | undefined
}

function plainlyMasked(body: Body): MaskedBody {
  return { ...body, decoded: body }
}

/**
 * Nobody sends a key in pieces, and what plain JSON names as one is remembered by now: only letters behind escapes, and what
 * was packed, are to be looked for.
 */
function* isCleanRequest(request: MaskedBody, isPacked: boolean, masks: SecretMemory): Steps<boolean> {
  return isPacked || (yield* hasEscapedLetterInBytes(request)) ? yield* isCleanBody(request, masks) : true
}

const ESCAPED_LETTER = /\\u00[2-7]/
const ESCAPED_LETTER_LENGTH = 5

function hasEscapedLetter(text: string): boolean {
  return ESCAPED_LETTER.test(text)
}

function* hasEscapedLetterInBytes({ bytes, text }: Body): Steps<boolean> {
  if (text !== undefined) return hasEscapedLetter(text)
  for (const part of partsWith(ESCAPED_LETTER_LENGTH, bytes)) {
    if (hasEscapedLetter(part.text)) return true
    yield
  }
  return false
}

function* isCleanBody({ headers, decoded }: MaskedBody, masks: SecretMemory): Steps<boolean> {
  if (decoded === undefined || isBinary(headers)) return false
  return !mayBeRead(headers) || !(yield* mayLongTextHoldSecret(decoded.text ?? latin1(decoded.bytes), masks))
}

/** Recordings often lack the header, and what has none is JSON here far more often than not. */
function typeOf(headers: Headers): string {
  return headers['content-type'] ?? 'json'
}

function isJson(headers: Headers): boolean {
  return /json|event-stream/i.test(typeOf(headers))
}

/** Binary events hold JSON in ways of their own, in which nothing is looked for. */
function isBinary(headers: Headers): boolean {
  return /eventstream/i.test(typeOf(headers))
}

function mayBeRead(headers: Headers): boolean {
  return /json|text|event-stream|xml|form/i.test(typeOf(headers))
}

function* maskedBody(body: Body, secrets: SecretMemory): Steps<MaskedBody> {
  const { headers, bytes } = body
  if (bytes.length === 0) return plainlyMasked(body)
  if (!isEncoded(headers)) return plainlyMasked(yield* masked(body, secrets))
  const plain = yield* decodedBody(bytes, headers['content-encoding'] ?? '')
  if (plain === undefined) return { ...body, decoded: undefined }
  const whole = bodyOf(headers, plain)
  const decoded = yield* masked(whole, secrets)
  if (decoded === whole) return { ...body, decoded }
  const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers
  return plainlyMasked({ ...decoded, headers: rest })
}

/** The same object where there is nothing to mask. */
function* masked(body: Body, secrets: SecretMemory): Steps<Body> {
  const { headers, bytes, text } = body
  const result =
    text === undefined
      ? yield* secrets.maskLongBytes(bytes, isJson(headers))
      : secrets.maskBytes(bytes, isJson(headers), text)
  return result === bytes ? body : bodyOf(headers, result)
}

function isEncoded({ 'content-encoding': encoding = 'identity' }: Headers): boolean {
  return encoding !== 'identity'
}

const SYNC_FLUSH = { finishFlush: constants.Z_SYNC_FLUSH }
const DECODERS: Readonly<Record<string, (body: Uint8Array) => Promise<Uint8Array>>> = {
  gzip: (body) => promisify(gunzip)(body, SYNC_FLUSH),
  'x-gzip': (body) => promisify(gunzip)(body, SYNC_FLUSH),
  deflate: (body) => promisify(inflate)(body, SYNC_FLUSH),
  br: (body) => promisify(brotliDecompress)(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (body) => promisify(zstdDecompress)(body, { finishFlush: constants.ZSTD_e_flush }),
}

/** The body without its content encoding; `undefined` for an encoding that nobody knows. Rejects where it holds something else. */
export function plainBody(body: Uint8Array, encoding: string): Promise<Uint8Array> | undefined {
  return DECODERS[encoding.trim().toLowerCase()]?.(body)
}

/** A body that stops in the middle is decoded as far as it goes; one that cannot be decoded shows nothing to anybody else either. */
function* decodedBody(body: Uint8Array, encoding: string): Steps<Uint8Array | undefined> {
  const result: { bytes?: Uint8Array } = {}
  const take = (bytes: Uint8Array) => {
    result.bytes = bytes
  }
  yield plainBody(body, encoding)?.then(take, isUndecodable)
  return result.bytes
}

function isUndecodable(): void {
  // What the caller learns from having no bytes.
}

/** Attribution with secrets masked in every text; the call site holds none. */
export function maskedAttribution(attribution: Attribution, secrets: SecretMemory): Attribution {
  // Most calls say nothing.
  if (Object.keys(attribution).length === 0) return attribution
  const masked: Record<string, unknown> = { ...attribution }
  for (const [key, value] of Object.entries(attribution))
    if (typeof value === 'string') masked[key] = redactText(value, secrets)
  if (attribution.command !== undefined) masked.command = redactCommandLine(attribution.command, secrets)
  const tags = attribution.tags && mapValues(attribution.tags, (value) => redactText(value, secrets))
  return { ...masked, ...(tags ? { tags } : {}) }
}

function mapValues(record: Readonly<Record<string, string>>, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
