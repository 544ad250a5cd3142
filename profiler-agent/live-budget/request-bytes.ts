// Compares and measures the bytes of requests at the speed of memory, for the gate: no parsing, no tokenizer.

import type { ByteTools } from '../budgets/gate/recent-calls'
import { MEDIA_TOKENS } from '../budgets/gate/visit'

const FEW_BYTES = 64
/** Two bytes a token: more than any text that people write takes. */
const BYTES_PER_TOKEN = 2
/** Shorter ones may be ids or hashes, and weigh little anyway. */
const LEAST_MEDIA_BYTES = 8 * 1024
const SAMPLES = 64
const QUOTE = 0x22
/** A mark on a block and what is around it, as the formats write it. */
const CACHE_MARK = /^[\s,{]*"(?:cache_control|cacheControl|cachePoint)"\s*:\s*\{[^{}]*\}[\s,}]*$/
const MOST_MARK_BYTES = 200

export const REQUEST_BYTES: ByteTools = {
  commonStart,
  commonEnd,
  beginAlike,
  tokensIn,
  isCacheMark,
  hasMessage,
  textOf,
}

function commonStart(left: Uint8Array, right: Uint8Array): number {
  const most = Math.min(left.length, right.length)
  const [a, b] = [bufferOf(left), bufferOf(right)]
  return commonBytes(
    most,
    (start, end) => a.compare(b, start, end, start, end) === 0,
    (at) => left[at] === right[at],
  )
}

function commonEnd(left: Uint8Array, right: Uint8Array, most: number): number {
  const [a, b] = [bufferOf(left), bufferOf(right)]
  return commonBytes(
    most,
    (from, to) => a.compare(b, b.length - to, b.length - from, a.length - to, a.length - from) === 0,
    (at) => left[left.length - 1 - at] === right[right.length - 1 - at],
  )
}

/** By the whole stretches that are equal, each twice as long as the one before, and then half as long, until single bytes are faster. */
function commonBytes(
  most: number,
  isEqual: (start: number, end: number) => boolean,
  isSame: (at: number) => boolean,
): number {
  let [at, stretch, isGrowing] = [0, FEW_BYTES, true]
  while (at < most && stretch >= FEW_BYTES) {
    const end = Math.min(at + stretch, most)
    if (isEqual(at, end)) at = end
    else isGrowing = false
    stretch = isGrowing ? stretch * 2 : stretch / 2
  }
  while (at < most && isSame(at)) at++
  return at
}

function beginAlike(left: Uint8Array, right: Uint8Array, length: number): boolean {
  // Where they differ is mostly near the end of what may be common.
  for (let at = length - 1; at >= 0 && at >= length - FEW_BYTES; at--)
    if (left[at] !== right[at]) return false
  return bufferOf(left).compare(right, 0, length, 0, length) === 0
}

/** Half the bytes; of each long base64 text a few thousand tokens at most. */
function tokensIn(body: Uint8Array, start: number, end: number): number {
  let [bytes, media] = [Math.max(0, end - start), 0]
  if (bytes >= LEAST_MEDIA_BYTES)
    for (const length of mediaIn(bufferOf(body), start, end)) {
      const tokens = Math.min(MEDIA_TOKENS, Math.ceil(length / BYTES_PER_TOKEN))
      bytes -= length
      media += tokens
    }
  return Math.ceil(bytes / BYTES_PER_TOKEN) + media
}

/** Lengths of the long base64 texts between two offsets. A long text covers one of the places that are looked at. */
function mediaIn(body: Buffer, start: number, end: number): number[] {
  const lengths: number[] = []
  let at = start + LEAST_MEDIA_BYTES / 2
  while (at < end) {
    const close = body.indexOf(QUOTE, at)
    const open = body.lastIndexOf(QUOTE, at - 1)
    const [from, to] = [Math.max(open + 1, start), close < 0 ? end : Math.min(close, end)]
    if (to - from >= LEAST_MEDIA_BYTES && isBase64(body, from, to)) lengths.push(to - from)
    at = Math.max(at + LEAST_MEDIA_BYTES / 2, to + LEAST_MEDIA_BYTES / 2)
  }
  return lengths
}

/** By samples: prose has a blank soon. */
function isBase64(body: Buffer, from: number, to: number): boolean {
  // Before the data of a data URL stand its type and a comma.
  const first = Math.min(from + 128, to)
  for (let sample = 0; sample < SAMPLES; sample++) {
    const at = first + Math.floor(((to - first - 1) * sample) / SAMPLES)
    if (!isBase64Byte(body[at] ?? 0)) return false
  }
  return body.subarray(first, Math.min(first + 512, to)).every(isBase64Byte)
}

function isBase64Byte(byte: number): boolean {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
  const isDigit = byte >= 0x30 && byte <= 0x39
  // `+ / = - _`, and the backslash of an escaped line end.
  return isLetter || isDigit || [0x2b, 0x2f, 0x3d, 0x2d, 0x5f, 0x5c].includes(byte)
}

function isCacheMark(body: Uint8Array, start: number, end: number): boolean {
  return end - start <= MOST_MARK_BYTES && CACHE_MARK.test(bufferOf(body).toString('latin1', start, end))
}

/** Within a text the quotes of a key would be escaped. */
function hasMessage(body: Uint8Array, start: number, end: number): boolean {
  const added = bufferOf(body).subarray(start, end)
  return added.includes('"role"') || added.includes('"type"')
}

const MOST_TEXT_BYTES = 512

function textOf(body: Uint8Array, key: string): string | undefined {
  const bytes = bufferOf(body)
  const at = bytes.indexOf(key)
  if (at < 0) return undefined
  const value = bytes.toString('utf8', at + key.length, at + key.length + MOST_TEXT_BYTES)
  return /^\s*:\s*"([^"\\]+)"/.exec(value)?.[1]
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
