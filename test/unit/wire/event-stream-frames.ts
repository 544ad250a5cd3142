// Encodes AWS event streams for the tests; checksums by Node's own CRC-32, so that ours is held against another.

import { crc32 } from 'node:zlib'

/** A header's value: text, or the type and the bytes of any other. */
export type HeaderValue = string | { readonly type: number; readonly bytes: Uint8Array }

/** One frame. */
export function frameOf(
  headers: readonly (readonly [string, HeaderValue])[],
  payload: Uint8Array | string,
): Uint8Array {
  const head = Buffer.concat(headers.map(([name, value]) => headerOf(name, value)))
  const body = Buffer.from(payload)
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + head.length + body.length, 0)
  prelude.writeUInt32BE(head.length, 4)
  const frame = Buffer.concat([prelude, checksum(prelude), head, body])
  return Uint8Array.from(Buffer.concat([frame, checksum(frame)]))
}

function headerOf(name: string, value: HeaderValue): Buffer {
  const start = Buffer.concat([Buffer.of(Buffer.byteLength(name)), Buffer.from(name)])
  if (typeof value !== 'string') return Buffer.concat([start, Buffer.of(value.type), value.bytes])
  return Buffer.concat([start, Buffer.of(7), sized(Buffer.from(value))])
}

/** A value that comes with its length. */
export function sized(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}

/** An event with a JSON payload. */
export function eventFrame(type: string, payload: unknown): Uint8Array {
  const headers = [
    [':event-type', type],
    [':content-type', 'application/json'],
    [':message-type', 'event'],
  ] as const
  return frameOf(headers, JSON.stringify(payload))
}

/** An exception inside a stream. */
export function exceptionFrame(type: string, payload: unknown): Uint8Array {
  const headers = [
    [':exception-type', type],
    [':content-type', 'application/json'],
    [':message-type', 'exception'],
  ] as const
  return frameOf(headers, JSON.stringify(payload))
}

/** A body of several frames. */
export function eventStreamOf(...frames: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(frames))
}

/** Events of InvokeModelWithResponseStream: each chunk holds one of the model's own objects in base64. */
export function chunkFrames(chunks: readonly unknown[]): Uint8Array[] {
  return chunks.map((chunk) =>
    eventFrame('chunk', { bytes: Buffer.from(JSON.stringify(chunk)).toString('base64'), p: 'abcdef' }),
  )
}
