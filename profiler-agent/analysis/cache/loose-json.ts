// Whether two texts hold the same JSON, written down in different ways: other key order, spacing, number format or escapes. Pure.

import { decodeJson, endOfText, isObject } from '../../wire/json'

/** How the writing differs. */
export type WritingDifference = 'key order' | 'spacing or escapes'

/** Longer texts are not taken apart. */
const MOST_CHARACTERS = 2_000_000

/** `undefined` where the two say different things, or no JSON. Texts around JSON have to be equal but for their spaces. */
export function writingDifference(before: string, after: string): WritingDifference | undefined {
  if (before.length > MOST_CHARACTERS || after.length > MOST_CHARACTERS) return undefined
  // Every piece of JSON is at most rearranged: texts with other characters in them need no closer look.
  if (!couldBeTheSame(before, after)) return undefined
  if (rewritten(before, asWritten) === rewritten(after, asWritten)) return 'spacing or escapes'
  return rewritten(before, sortedKeys) === rewritten(after, sortedKeys) ? 'key order' : undefined
}

/** The text in a form that is the same for every way to write its JSON. */
export function canonicalText(text: string): string {
  return rewritten(text, sortedKeys)
}

/** Escapes and number formats change characters, but never many. */
const MOST_LENGTH_RATIO = 1.5

function couldBeTheSame(before: string, after: string): boolean {
  const [short, long] = before.length < after.length ? [before, after] : [after, before]
  return short.length > 0 && long.length <= short.length * MOST_LENGTH_RATIO + 64
}

function asWritten(value: unknown): string {
  return JSON.stringify(value) ?? ''
}

function sortedKeys(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  )
}

/** Attempts at a text in which brackets stand that are no JSON. */
const MOST_FAILURES = 64

/** The text with each object and list in it written by `write`, and every run of spaces outside of them as one. */
function rewritten(text: string, write: (value: unknown) => string): string {
  const parts: string[] = []
  let end = 0
  let failures = 0
  for (let at = nextBracket(text, 0); at >= 0; at = nextBracket(text, at + 1)) {
    const close = endOfJson(text, at)
    const reading = close < 0 ? undefined : decodeJson(text.slice(at, close))
    if (close < 0 || !reading?.ok) {
      if (++failures > MOST_FAILURES) break
      continue
    }
    parts.push(oneSpace(text.slice(end, at)), write(reading.value))
    end = close
    at = close - 1
  }
  return [...parts, oneSpace(text.slice(end))].join('')
}

function oneSpace(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ')
}

function nextBracket(text: string, from: number): number {
  const object = text.indexOf('{', from)
  const list = text.indexOf('[', from)
  return object < 0 || list < 0 ? Math.max(object, list) : Math.min(object, list)
}

/** Behind the bracket that closes the one at `from`; -1 where none does. */
function endOfJson(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      at = endOfText(text, at)
    } else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  return -1
}
