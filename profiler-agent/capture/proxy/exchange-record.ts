// Makes the record of a finished call: copies with credentials masked, in memory of their own. The call itself is over by then.

import { promisify } from 'node:util'
import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { Attribution, HttpExchange } from '../../model/exchange'
import {
  credentialsIn,
  credentialsInText,
  redactCommand,
  redactHeaders,
  redactText,
  redactUrl,
  type SecretMemory,
  signaturesIn,
} from '../redact'
import { latin1, mayHoldSecret } from '../secret-pieces'
import { headerRecord, type RawHeaders } from './forwarded-headers'

/** A finished call as it went over the wire: nothing masked, nothing decoded. Bodies own their memory. */
export interface FinishedCall extends Omit<HttpExchange, 'requestHeaders' | 'responseHeaders'> {
  readonly requestHeaders: RawHeaders
  readonly responseHeaders: RawHeaders
}

/**
 * The exchange with every credential masked, also where a body echoes one. A compressed body that echoes one is recorded
 * decoded, without its `content-encoding`; every other body keeps its bytes. What JSON in the request names as a credential is
 * remembered among the secrets. Without `secrets`, the record holds no credential, not even in pieces, and may be written.
 */
export async function exchangeOf(call: FinishedCall, secrets: SecretMemory): Promise<HttpExchange> {
  const requestHeaders = headerRecord(call.requestHeaders)
  const responseHeaders = headerRecord(call.responseHeaders)
  const isPacked = isEncoded(requestHeaders)
  if (!isPacked) secrets.remember(credentialsInText(latin1(call.requestBody)))
  // Secrets of this call alone: remembering each rotating cookie and signature would crowd out the keys.
  const passing = [...signaturesIn(requestHeaders, call.url), ...credentialsIn(responseHeaders)]
  const masks = passing.length === 0 ? secrets : secrets.with(passing)
  const request = await maskedBody(call.requestBody, requestHeaders, masks)
  const response = await maskedBody(call.responseBody, responseHeaders, masks)
  return {
    ...call,
    url: redactUrl(call.url, masks),
    requestHeaders: redactHeaders(request.headers, masks),
    requestBody: request.body,
    responseHeaders: redactHeaders(response.headers, masks),
    responseBody: response.body,
    ...(call.error === undefined ? {} : { error: redactText(call.error, masks) }),
    attribution: maskedAttribution(call.attribution, masks),
    ...(isCleanRequest(request, isPacked, masks) && isClean(response, masks) ? {} : { secrets: passing }),
  }
}

/**
 * Nobody sends a key in pieces, and what plain JSON names as one is remembered by now: only letters behind escapes, and what
 * was packed, are to be looked for.
 */
function isCleanRequest(request: MaskedBody, isPacked: boolean, masks: SecretMemory): boolean {
  return isPacked || ESCAPED_LETTER.test(latin1(request.body)) ? isClean(request, masks) : true
}

const ESCAPED_LETTER = /\\u00[2-7]/

/** Whether nobody who reads the body can come upon a credential any more. Binary events hold JSON in ways of their own. */
function isClean({ headers, text }: MaskedBody, masks: SecretMemory): boolean {
  const type = headers['content-type'] ?? 'json'
  if (text === undefined || /eventstream/i.test(type)) return false
  return !/json|text|event-stream|xml|form/i.test(type) || !mayHoldSecret(latin1(text), masks)
}

interface MaskedBody {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The body decoded; `undefined` where it cannot be. */
  readonly text: Uint8Array | undefined
}

async function maskedBody(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  secrets: SecretMemory,
): Promise<MaskedBody> {
  if (body.length === 0) return { headers, body, text: body }
  // Recordings often lack the header, and what has none is JSON here far more often than not.
  const isJson = /json|event-stream/i.test(headers['content-type'] ?? 'json')
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') {
    const masked = owned(secrets.maskBytes(body, isJson))
    return { headers, body: masked, text: masked }
  }
  const decoded = await decodedBody(body, encoding)
  const masked = decoded && secrets.maskBytes(decoded, isJson)
  if (!masked || masked === decoded) return { headers, body, text: decoded }
  const { 'content-encoding': _encoding, 'content-length': _length, ...rest } = headers
  return { headers: rest, body: owned(masked), text: masked }
}

function isEncoded({ 'content-encoding': encoding = 'identity' }: Readonly<Record<string, string>>): boolean {
  return encoding !== 'identity'
}

/** Small Buffers share one pool; a record may be handed to another thread, which would take the pool along. */
function owned(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
}

const SYNC_FLUSH = { finishFlush: constants.Z_SYNC_FLUSH }
const DECODERS: Readonly<Record<string, (body: Uint8Array) => Promise<Uint8Array>>> = {
  gzip: (body) => promisify(gunzip)(body, SYNC_FLUSH),
  'x-gzip': (body) => promisify(gunzip)(body, SYNC_FLUSH),
  deflate: (body) => promisify(inflate)(body, SYNC_FLUSH),
  br: (body) => promisify(brotliDecompress)(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (body) => promisify(zstdDecompress)(body, { finishFlush: constants.ZSTD_e_flush }),
}

/** A body that stops in the middle is decoded as far as it goes; one that cannot be decoded shows nothing to anybody else either. */
async function decodedBody(body: Uint8Array, encoding: string): Promise<Uint8Array | undefined> {
  const decode = DECODERS[encoding.trim().toLowerCase()]
  return decode?.(body).catch(() => undefined)
}

/** Attribution with secrets masked in every text; the call site holds none. */
export function maskedAttribution(attribution: Attribution, secrets: SecretMemory): Attribution {
  const masked: Record<string, unknown> = { ...attribution }
  for (const [key, value] of Object.entries(attribution))
    if (typeof value === 'string') masked[key] = redactText(value, secrets)
  if (attribution.command !== undefined)
    masked.command = redactCommand(attribution.command.split(' '), secrets).join(' ')
  const tags = attribution.tags && mapValues(attribution.tags, (value) => redactText(value, secrets))
  return { ...masked, ...(tags ? { tags } : {}) }
}

function mapValues(record: Readonly<Record<string, string>>, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
