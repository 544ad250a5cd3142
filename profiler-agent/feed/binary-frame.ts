// Binary frames of the feed: a message as JSON, and behind it the bytes that would be wasted on JSON. Knows no message.

import { bytesOfText, textOfUtf8 } from '../wire/utf8'

/** Bytes that say how long the JSON is. */
const LENGTH_BYTES = 4

/** What stands before the bytes: they follow it in the same frame. */
export function headOfFrame(message: object): Uint8Array {
  const json = bytesOfText(JSON.stringify(message))
  const head = new Uint8Array(LENGTH_BYTES + json.length)
  new DataView(head.buffer).setUint32(0, json.length)
  head.set(json, LENGTH_BYTES)
  return head
}

/** The JSON and what is behind it, in memory of its own; `undefined` for a frame that is cut short. */
export function splitFrame(
  frame: Uint8Array,
): { readonly json: string; readonly bytes: ArrayBuffer } | undefined {
  if (frame.length < LENGTH_BYTES) return undefined
  const length = new DataView(frame.buffer, frame.byteOffset).getUint32(0)
  const end = LENGTH_BYTES + length
  if (frame.length < end) return undefined
  const bytes = new Uint8Array(frame.length - end)
  bytes.set(frame.subarray(end))
  return { json: textOfUtf8(frame.subarray(LENGTH_BYTES, end)), bytes: bytes.buffer }
}
