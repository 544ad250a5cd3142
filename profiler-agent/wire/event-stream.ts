// AWS event streams (`application/vnd.amazon.eventstream`): binary frames with headers and a payload, checked by CRC-32.
// Source: AWS "Event stream encoding"; big-endian: total length, headers length, prelude CRC, headers, payload, message CRC.

import { textOfUtf8 } from './utf8'

export interface EventStreamMessage {
  /** Headers with text values, as `:message-type`, `:event-type`, `:exception-type`, `:content-type`. */
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Uint8Array
}

export interface EventStreamReading {
  readonly messages: readonly EventStreamMessage[]
  /** Frames that were cut short or whose checksum is wrong; nothing behind the first such frame can be read. */
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
  let offset = 0
  while (offset < bytes.length) {
    const message = messageAt(bytes.subarray(offset))
    if (message === undefined) return { messages, malformed: 1 }
    messages.push(message.message)
    offset += message.length
  }
  return { messages, malformed: 0 }
}

function messageAt(bytes: Uint8Array): { message: EventStreamMessage; length: number } | undefined {
  if (!isEventStream(bytes)) return undefined
  const [length, headersLength] = [uint32(bytes, 0), uint32(bytes, 4)]
  if (length < OVERHEAD + headersLength || length > bytes.length) return undefined
  if (crc32(bytes.subarray(0, length - 4)) !== uint32(bytes, length - 4)) return undefined
  const headers = headersOf(bytes.subarray(PRELUDE, PRELUDE + headersLength))
  if (headers === undefined) return undefined
  return { message: { headers, payload: bytes.subarray(PRELUDE + headersLength, length - 4) }, length }
}

const TEXT = 7
/** Bytes of a value by its type, where that is fixed: true, false, byte, short, int, long, timestamp, UUID. */
const FIXED_SIZES: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 }

function headersOf(bytes: Uint8Array): Record<string, string> | undefined {
  const headers: [string, string][] = []
  let offset = 0
  while (offset < bytes.length) {
    const nameEnd = offset + 1 + (bytes[offset] ?? 0)
    const name = textOfUtf8(bytes.subarray(offset + 1, nameEnd))
    const type = bytes[nameEnd] ?? -1
    const fixed = FIXED_SIZES[type]
    const start = nameEnd + (fixed === undefined ? 3 : 1)
    const size = fixed ?? ((bytes[nameEnd + 1] ?? 0) << 8) + (bytes[nameEnd + 2] ?? 0)
    offset = start + size
    if (offset > bytes.length) return undefined
    if (type === TEXT) headers.push([name, textOfUtf8(bytes.subarray(start, offset))])
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
