// JSON from the wire: a parser that never throws, and readers for values of unknown shape. Decides nothing about meaning.

import { textOfUtf8, withoutByteOrderMark } from './utf8'

export type JsonObject = Readonly<Record<string, unknown>>

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

/** Value of a JSON text, or of its UTF-8 bytes. What is not JSON is a reading with the reason, never an exception. */
export function decodeJson(source: string | Uint8Array): JsonReading {
  try {
    const text = typeof source === 'string' ? source : textOfUtf8(withoutByteOrderMark(source))
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
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
