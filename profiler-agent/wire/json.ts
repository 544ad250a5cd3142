// JSON from the wire: a parser that never throws, and readers for values of unknown shape. Decides nothing about meaning.

import { textOfUtf8, withoutByteOrderMark } from './utf8'

export type JsonObject = Readonly<Record<string, unknown>>

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

/** Deeper than any provider nests, and far from where writing the value down again would exhaust the stack. */
export const MAX_DEPTH = 1000

/**
 * Value of a JSON text, or of its UTF-8 bytes. What is not JSON, or nests deeper than 1,000, is a reading with the
 * reason, never an exception.
 */
export function decodeJson(source: string | Uint8Array): JsonReading {
  try {
    const text = typeof source === 'string' ? source : textOfUtf8(withoutByteOrderMark(source))
    if (isTooDeep(text)) return { ok: false, reason: `JSON that nests deeper than ${MAX_DEPTH}` }
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c]

/** Looks at brackets only, and leaps over texts, of which most bodies consist. */
function isTooDeep(text: string): boolean {
  if (text.length <= MAX_DEPTH) return false
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) index = endOfText(text, index)
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > MAX_DEPTH) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}

/** Where the text that starts with this quote ends: at the next quote behind an even number of backslashes. */
export function endOfText(text: string, start: number): number {
  let end = start
  let backslashes = 0
  do {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
    backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++
  } while (backslashes % 2 === 1)
  return end
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value itself where it is an object, else an empty one: a field of a missing object is a missing field. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Text that says something; an empty string is absent. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A count of tokens or pieces: a whole number from 0 up. Anything else is unknown. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** The first of the values that is a count, for what goes by several names. */
export function firstCount(...values: readonly unknown[]): number | null {
  return countOf(values.find((value) => countOf(value) !== null))
}
