// A JSON array that arrives bit by bit, as Google streams it: its elements, also when the array was never closed.

import { decodeJson, type JsonReading } from './json'

export interface ArrayReading {
  /** A reading for each element; one that was cut is not JSON. */
  readonly elements: readonly JsonReading[]
  /** True when the closing bracket came. */
  readonly closed: boolean
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const OPENING: readonly number[] = [0x5b, 0x7b]
const CLOSING: readonly number[] = [0x5d, 0x7d]
const WHITE_SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d]

/** Elements of an array whose first byte that is not white space is `[`. Throws nothing. */
export function decodeJsonArray(bytes: Uint8Array): ArrayReading {
  const whole = decodeJson(bytes)
  if (whole.ok && Array.isArray(whole.value))
    return { elements: whole.value.map((value) => ({ ok: true, value })), closed: true }
  return decodeCut(bytes)
}

/** Cuts the text at the commas that stand directly in the array. */
function decodeCut(bytes: Uint8Array): ArrayReading {
  const elements: JsonReading[] = []
  let [depth, start, inText, closed] = [0, 0, false, false]
  const finish = (end: number) => {
    const element = bytes.subarray(start, end)
    if (!element.every((byte) => WHITE_SPACE.includes(byte))) elements.push(decodeJson(element))
    start = end + 1
  }
  for (let index = 0; index < bytes.length && !closed; index++) {
    const byte = bytes[index] ?? 0
    if (inText) {
      if (byte === BACKSLASH) index++
      else if (byte === QUOTE) inText = false
    } else if (byte === QUOTE) inText = true
    else if (OPENING.includes(byte)) {
      if (++depth === 1) start = index + 1
    } else if (CLOSING.includes(byte)) {
      if (--depth > 0) continue
      finish(index)
      closed = true
    } else if (byte === COMMA && depth === 1) finish(index)
  }
  if (!closed && depth > 0) finish(bytes.length)
  return { elements, closed }
}
