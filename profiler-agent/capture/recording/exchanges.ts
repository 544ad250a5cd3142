// Reads a file of recorded HTTP exchanges (`{"exchanges": [{method, url, …}]}`) as finished calls. Masks nothing and stores nothing.

import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { isObject, type JsonObject } from '../../wire/json'
import { firstJsonError } from '../../wire/jsonc'
import { textOfUtf8, withoutByteOrderMark } from '../../wire/utf8'
import type { RawHeaders } from '../proxy/forwarded-headers'
import { recordedTime } from './recorded-time'

/** An exchange as it was recorded, credentials included. */
export interface RecordedExchange {
  /** Its place in the file's list, from 0. */
  readonly index: number
  readonly method: string
  readonly url: URL
  readonly requestHeaders: RawHeaders
  readonly requestBody: Uint8Array
  /** 0 where no answer was recorded. */
  readonly status: number
  readonly responseHeaders: RawHeaders
  readonly responseBody: Uint8Array
  /** False where the recorded reply is not all there. */
  readonly isComplete: boolean
  /** When the reply was sent, in ms since the epoch, where the recording says so. */
  readonly recordedAt?: number
}

/** What is wrong in a file; `index` names the entry, where it is one. */
export interface RecordingProblem {
  readonly index?: number
  readonly message: string
}

export type RecordingReading =
  | { readonly exchanges: readonly RecordedExchange[]; readonly problems: readonly RecordingProblem[] }
  /** The file is no recording, and why. */
  | { readonly notARecording: string }

/** Reads a file. Throws nothing: an entry that cannot be read is a problem, and the others go on. */
export function readExchanges(bytes: Uint8Array): RecordingReading {
  let json: unknown
  let text = ''
  try {
    text = textOfUtf8(withoutByteOrderMark(bytes))
    json = JSON.parse(text)
  } catch (error) {
    return { notARecording: `not JSON: ${whyNoJson(text, error)}` }
  }
  const entries = isObject(json) ? json.exchanges : undefined
  if (!Array.isArray(entries)) return { notARecording: 'not a recording: no "exchanges" array' }
  const problems: RecordingProblem[] = []
  const exchanges = entries.flatMap((entry: unknown, index) => {
    const read = readEntry(entry, index)
    problems.push(...read.problems.map((message) => ({ index, message })))
    return read.exchange ?? []
  })
  if (exchanges.length > 0) return { exchanges, problems }
  const reason = problems[0]?.message ?? 'its list of exchanges is empty'
  return { notARecording: `no exchange in it: ${reason}` }
}

/** Longer files are not gone through once more, only to say where. */
const MAX_LOCATED = 16 * 1024 * 1024

function whyNoJson(text: string, error: unknown): string {
  if (text.trim() === '') return 'the file is empty'
  const at = text.length <= MAX_LOCATED ? firstJsonError(text) : undefined
  if (at) return `line ${at.line}, column ${at.column}: ${at.message}`
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
}

interface EntryReading {
  readonly exchange?: RecordedExchange
  readonly problems: readonly string[]
}

function readEntry(entry: unknown, index: number): EntryReading {
  if (!isObject(entry) || typeof entry.method !== 'string' || typeof entry.url !== 'string')
    return { problems: ['an entry without "method" and "url" is no exchange'] }
  const url = URL.canParse(entry.url) ? new URL(entry.url) : undefined
  if (!url || url.host === '') return { problems: [`"${entry.url.slice(0, 80)}" is not a URL with a host`] }
  const request = bodyOf(entry, 'request_body')
  const response = bodyOf(entry, 'response_body')
  const responseHeaders = headersOf(entry.response_headers)
  const status = statusOf(entry.status, response.bytes)
  const reply = response.text || textIn(response.bytes, headerOf(responseHeaders, 'content-encoding'))
  const contradiction = contradictionIn(headerOf(responseHeaders, 'content-type'), reply)
  const recordedAt = recordedTime(headerOf(responseHeaders, 'date'), reply)
  return {
    exchange: {
      index,
      method: entry.method.toUpperCase(),
      url,
      requestHeaders: headersOf(entry.request_headers),
      requestBody: request.bytes,
      status: status.value,
      responseHeaders,
      responseBody: response.bytes,
      isComplete: response.problem === undefined,
      ...(recordedAt === undefined ? {} : { recordedAt }),
    },
    problems: [request.problem, response.problem, status.problem, contradiction].filter(
      (problem) => problem !== undefined,
    ),
  }
}

interface RecordedBody {
  readonly bytes: Uint8Array
  /** Empty for one that was recorded as base64. */
  readonly text: string
  readonly problem?: string
}

const NOTHING = new Uint8Array(0)

/** `<name>_base64`, else `<name>`: a text, or JSON that the recorder had taken apart. */
function bodyOf(entry: JsonObject, name: string): RecordedBody {
  const encoded = entry[`${name}_base64`]
  if (typeof encoded === 'string') return decodedBase64(encoded, `${name}_base64`)
  const body = entry[name]
  if (body === undefined || body === null || body === '') return { bytes: NOTHING, text: '' }
  const text = typeof body === 'string' ? body : writtenDown(body)
  if (text === undefined) return { bytes: NOTHING, text: '', problem: `"${name}" nests too deep` }
  return { bytes: Buffer.from(text), text }
}

function writtenDown(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    // Named by the caller: it goes deeper than the stack.
    return undefined
  }
}

function decodedBase64(encoded: string, name: string): RecordedBody {
  const digits = encoded.replace(/\s+/g, '')
  const isWhole = /^[A-Za-z0-9+/_-]*={0,2}$/.test(digits) && digits.replace(/=+$/, '').length % 4 !== 1
  if (!isWhole) return { bytes: NOTHING, text: '', problem: `"${name}" is not base64` }
  return { bytes: Buffer.from(digits, 'base64'), text: '' }
}

/** Recorders write a header that came twice as a list. Ours (`x-costflame-*`) are dropped further on, as on the wire. */
function headersOf(headers: unknown): string[] {
  if (!isObject(headers)) return []
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
      one === null || one === undefined || typeof one === 'object' ? [] : [name, String(one)],
    ),
  )
}

function headerOf(raw: RawHeaders, name: string): string {
  const at = raw.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name)
  return at < 0 ? '' : (raw[at + 1] ?? '')
}

function statusOf(status: unknown, body: Uint8Array): { value: number; problem?: string } {
  const value = typeof status === 'string' ? Number(status) : status
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1000) return { value }
  if (body.length > 0) return { value: 200, problem: 'no HTTP status; the reply is taken for a success' }
  return { value: 0, problem: 'neither an HTTP status nor a reply' }
}

const UNPACK: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
}

/** The text of a binary body, as far as it is one; what is wrong with it is found out by whoever reads it. */
function textIn(bytes: Uint8Array, encoding: string): string {
  try {
    const unpacked = UNPACK[encoding.trim().toLowerCase()]?.(bytes) ?? bytes
    // Frames of an AWS event stream begin with their length.
    return (unpacked[0] ?? 0) >= 0x09 ? textOfUtf8(unpacked) : ''
  } catch {
    return ''
  }
}

/** What the content type promises and the body is not. The body is read as what it is. */
function contradictionIn(contentType: string, text: string): string | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const start = /^\uFEFF?\s*(\S{0,8})/.exec(text)?.[1] ?? ''
  if (start === '') return undefined
  const isJson = /^[[{"\-\dtfn]/.test(start)
  const isEvents = /^(?::|data|event|id:|retry)/.test(start)
  const promised = type.endsWith('json') ? isJson : type === 'text/event-stream' ? isEvents : true
  return promised ? undefined : `the reply contradicts its content type ${type}`
}
