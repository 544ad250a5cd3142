// AWS event streams (`application/vnd.amazon.eventstream`): binary frames with headers and a payload, checked by CRC-32.
// Source: AWS "Event stream encoding"; big-endian: total length, headers length, prelude CRC, headers, payload, message CRC.

import { bytesOfText, joinBytes, textOfUtf8 } from './utf8'

export interface EventStreamMessage {
  /** Headers with text values, as `:message-type`, `:event-type`, `:exception-type`, `:content-type`. */
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Uint8Array
}

export interface EventStreamReading {
  readonly messages: readonly EventStreamMessage[]
  /**
   * Frames that were cut short or corrupt. One whose prelude holds is passed over; without a prelude nobody knows where
   * the next frame begins, so that nothing behind it can be read.
   */
  readonly malformed: number
}

const PRELUDE = 12
const OVERHEAD = PRELUDE + 4

/** True where the bytes begin with a frame: its prelude carries a checksum of its own. */
export function isEventStream(bytes: Uint8Array): boolean {
  return bytes.length >= PRELUDE && crc32(bytes.subarray(0, 8)) === uint32(bytes, 8)
}

/** All whole frames of a body. Throws nothing. */
export function decodeEventStream(bytes: Uint8Array): EventStreamReading {
  const messages: EventStreamMessage[] = []
  let malformed = 0
  let offset = 0
  while (offset < bytes.length) {
    const frame = frameAt(bytes.subarray(offset))
    if (frame === undefined) return { messages, malformed: malformed + 1 }
    const message = messageOf(frame)
    if (message === undefined) malformed++
    else messages.push(message)
    offset += frame.length
  }
  return { messages, malformed }
}

/** The bytes of one frame, as long as its prelude says; `undefined` where they are not all there. */
function frameAt(bytes: Uint8Array): Uint8Array | undefined {
  if (!isEventStream(bytes)) return undefined
  const [length, headersLength] = [uint32(bytes, 0), uint32(bytes, 4)]
  return length < OVERHEAD + headersLength || length > bytes.length ? undefined : bytes.subarray(0, length)
}

function messageOf(frame: Uint8Array): EventStreamMessage | undefined {
  const end = frame.length - 4
  if (crc32(frame.subarray(0, end)) !== uint32(frame, end)) return undefined
  const headersEnd = PRELUDE + uint32(frame, 4)
  const headers = headersOf(frame.subarray(PRELUDE, headersEnd))
  return headers && { headers, payload: frame.subarray(headersEnd, end) }
}

const TEXT = 7
/** Bytes of a value by its type, where that is fixed: true, false, byte, short, int, long, timestamp, UUID. */
const FIXED_SIZES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 }
/** Types whose value comes with its length: bytes and text. */
const SIZED: readonly number[] = [6, TEXT]

function headersOf(bytes: Uint8Array): Record<string, string> | undefined {
  const headers: [string, string][] = []
  let offset = 0
  while (offset < bytes.length) {
    const nameEnd = offset + 1 + (bytes[offset] ?? 0)
    const type = bytes[nameEnd] ?? -1
    const fixed = FIXED_SIZES[type]
    if (fixed === undefined && !SIZED.includes(type)) return undefined
    const start = nameEnd + (fixed === undefined ? 3 : 1)
    const end = start + (fixed ?? ((bytes[nameEnd + 1] ?? 0) << 8) + (bytes[nameEnd + 2] ?? 0))
    if (end > bytes.length) return undefined
    if (type === TEXT)
      headers.push([textOfUtf8(bytes.subarray(offset + 1, nameEnd)), textOfUtf8(bytes.subarray(start, end))])
    offset = end
  }
  return Object.fromEntries(headers)
}

function uint32(bytes: Uint8Array, offset: number): number {
  let value = 0
  for (let index = offset; index < offset + 4; index++) value = value * 256 + (bytes[index] ?? 0)
  return value
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

const TEXT_LENGTH_BYTES = 2

/** One frame with these headers, all of them texts. */
export function encodeEventStreamMessage({ headers, payload }: EventStreamMessage): Uint8Array {
  const head = joinBytes(Object.entries(headers).flatMap(([name, value]) => headerBytes(name, value)))
  const length = OVERHEAD + head.length + payload.length
  const lengths = joinBytes([bigEndian(length, 4), bigEndian(head.length, 4)])
  const frame = joinBytes([lengths, bigEndian(crc32(lengths), 4), head, payload])
  return joinBytes([frame, bigEndian(crc32(frame), 4)])
}

function headerBytes(name: string, value: string): Uint8Array[] {
  const [key, text] = [bytesOfText(name), bytesOfText(value)]
  return [
    Uint8Array.of(key.length),
    key,
    Uint8Array.of(TEXT),
    bigEndian(text.length, TEXT_LENGTH_BYTES),
    text,
  ]
}

function bigEndian(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Math.floor(value / 256 ** (length - 1 - index)) & 0xff)
}
