// Finds where the members of one JSON object stand in its bytes, without parsing or rewriting what is in them.

import { atOnce, type Steps } from '../steps'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
export const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** One member: its decoded key and the half-open byte range of its value. */
export interface Member {
  readonly key: string
  readonly start: number
  readonly end: number
}

/** An object: `open` is the offset of its `{`, `end` the offset after its `}`. */
export interface ObjectMembers {
  readonly open: number
  readonly end: number
  readonly members: readonly Member[]
}

/**
 * Members of the object that starts at or after `from` (white space may precede it), duplicates included, in order.
 * `undefined` where there is no object or its own punctuation is broken; values are skipped, not validated.
 */
export function membersOf(bytes: Buffer, from = 0): ObjectMembers | undefined {
  return atOnce(membersInSteps(bytes, from))
}

/** The same in steps: of many megabytes of short values each byte is looked at. */
export function* membersInSteps(bytes: Buffer, from = 0): Steps<ObjectMembers | undefined> {
  const open = skipSpace(bytes, from)
  if (bytes[open] !== OPEN_BRACE) return undefined
  const members: Member[] = []
  let at = skipSpace(bytes, open + 1)
  if (bytes[at] === CLOSE_BRACE) return { open, end: at + 1, members }
  while (at < bytes.length) {
    const member = yield* memberAt(bytes, at)
    if (!member) return undefined
    members.push(member)
    const next = skipSpace(bytes, member.end)
    if (bytes[next] === CLOSE_BRACE) return { open, end: next + 1, members }
    if (bytes[next] !== COMMA) return undefined
    at = skipSpace(bytes, next + 1)
  }
  return undefined
}

/** Offset of the first byte at or after `at` that is not JSON white space. */
export function skipSpace(bytes: Buffer, at: number): number {
  let next = at
  while (isSpace(bytes[next])) next++
  return next
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function* memberAt(bytes: Buffer, at: number): Steps<Member | undefined> {
  if (bytes[at] !== QUOTE) return undefined
  const keyEnd = endOfString(bytes, at)
  const key = keyEnd === undefined ? undefined : decodedString(bytes.subarray(at, keyEnd))
  if (keyEnd === undefined || key === undefined) return undefined
  const colon = skipSpace(bytes, keyEnd)
  if (bytes[colon] !== COLON) return undefined
  const start = skipSpace(bytes, colon + 1)
  const end = yield* endOfValue(bytes, start)
  return end === undefined ? undefined : { key, start, end }
}

function decodedString(literal: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(literal.toString('utf8'))
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined // Not JSON: the caller leaves the body alone, and the provider answers for it.
  }
}

function* endOfValue(bytes: Buffer, start: number): Steps<number | undefined> {
  const first = bytes[start]
  if (first === QUOTE) return endOfString(bytes, start)
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return yield* endOfContainer(bytes, start)
  let at = start
  while (at < bytes.length && !endsLiteral(bytes[at])) at++
  return at === start || at === bytes.length ? undefined : at
}

function endsLiteral(byte: number | undefined): boolean {
  return isSpace(byte) || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === COLON
}

/** Bytes that are looked at in one step. */
const AT_ONCE = 512 * 1024

function* endOfContainer(bytes: Buffer, start: number): Steps<number | undefined> {
  let depth = 0
  let pauseAt = start + AT_ONCE
  for (let at = start; at < bytes.length; at++) {
    if (at > pauseAt) {
      pauseAt = at + AT_ONCE
      yield
    }
    const byte = bytes[at]
    if (byte === QUOTE) {
      const end = endOfString(bytes, at)
      if (end === undefined) return undefined
      at = end - 1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1
  }
  return undefined
}

/** So many bytes behind the last escape are looked at one by one: calling the native search takes as long. */
const NEAR = 32

/** Prompts are mostly strings, so the search for a closing quote that is far is the native one. */
function endOfString(bytes: Buffer, open: number): number | undefined {
  let at = open + 1
  while (at < bytes.length) {
    for (let near = at + NEAR; at < near && at < bytes.length; at++)
      if (bytes[at] === QUOTE) return at + 1
      else if (bytes[at] === BACKSLASH) near = ++at + NEAR
    const quote = bytes.indexOf(QUOTE, at)
    if (quote < 0) return undefined
    if (!isEscaped(bytes, quote, at)) return quote + 1
    at = quote + 1
  }
  return undefined
}

/** `from` is the beginning of a character or of an escape. */
function isEscaped(bytes: Buffer, at: number, from: number): boolean {
  let backslashes = 0
  while (at - backslashes > from && bytes[at - 1 - backslashes] === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}
