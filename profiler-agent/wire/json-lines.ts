// One JSON value a line (NDJSON, JSON Lines). Knows the framing only, not what the values mean.

import { decodeJson, type JsonReading } from './json'

const LF = 0x0a

/** A reading for each line that is not blank; a last line that was cut is one that is not JSON. Throws nothing. */
export function decodeJsonLines(bytes: Uint8Array): JsonReading[] {
  const readings: JsonReading[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LF, start)
    const line = bytes.subarray(start, end < 0 ? bytes.length : end)
    if (!isBlank(line)) readings.push(decodeJson(line))
    start = end < 0 ? bytes.length : end + 1
  }
  return readings
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
