// Where in a text the statement of an anchor may be now: what says the same, and what stands where it stood or is called alike.
// Says how well each fits; the choice is made in anchor.ts.

import type { CodeAnchor, SameCode } from '../model/code-anchor'
import { type CodeHash, hashText, readHash } from './code-hash'
import type { CodeText } from './code-text'
import { functionAround } from './function-name'
import { bracketOfCall, callOf } from './statement'
import { hasWord, likenessAt, partsOf, read, type Surroundings, trigramsIn, WIDTH } from './surroundings'
import { KIND, type TokenRange, type Tokens } from './tokens'

/** What an anchor says, read once. */
export interface Wanted {
  readonly anchor: Pick<CodeAnchor, 'code' | 'function'>
  readonly size: number
  readonly hash: readonly [number, number]
  readonly around: Surroundings
  readonly parts: readonly number[]
  /** Of the name, where it is one call. */
  readonly callee: CodeHash | undefined
  /** Of all above it, and of all below it. */
  readonly above: CodeHash | undefined
  readonly below: CodeHash | undefined
}

export interface Candidate {
  readonly range: TokenRange
  /** How much of what stood before and after it is there: 0 to 1 each. */
  readonly before: number
  readonly after: number
  /** How much of the statement itself is left: 0 to 1. */
  readonly parts: number
  /** All above it, or all below it, is as it was. */
  readonly isFixed: boolean
}

/** `undefined` for an anchor of another version. */
export function wantedOf(anchor: Omit<CodeAnchor, 'among' | 'rival'>): Wanted | undefined {
  const code = readHash(anchor.code)
  if (!code || code.size === 0) return undefined
  const around = { before: read(anchor.before), after: read(anchor.after) }
  const [callee, above, below] = [anchor.callee, anchor.above, anchor.below].map((hash) =>
    readHash(hash ?? ''),
  )
  return { anchor, ...code, around, parts: read(anchor.parts ?? []), callee, above, below }
}

/** What says the same as a statement: all of it, and what could be looked at. */
export interface Copies {
  readonly count: number
  readonly candidates: readonly Candidate[]
}

export function exactIn({ tokens }: CodeText, wanted: Wanted): Copies {
  const begins = beginsOf(tokens, wanted)
  const looked = begins.length > MOST_PLACES ? begins.filter((from) => isFixed(tokens, from, wanted)) : begins
  const candidates = looked.map((from) => {
    const range = { from, to: from + wanted.size }
    const [before, after] = likenessAt(tokens, wanted.around, range)
    return { range, before, after, parts: 1, isFixed: isFixed(tokens, from, wanted) }
  })
  return { count: begins.length, candidates }
}

function beginsOf(tokens: Tokens, { size, hash, callee }: Wanted): readonly number[] {
  if (callee === undefined) return tokens.indicesOf(size, hash)
  return beginsOfCalls(tokens, callee).filter((from) => isAt(tokens, from, { size, hash }))
}

/** Where calls begin whose names are these. */
function beginsOfCalls(tokens: Tokens, { size, hash }: CodeHash): readonly number[] {
  return tokens.callsNamed(size, hash)
}

export function isAt(tokens: Tokens, from: number, { size, hash }: CodeHash): boolean {
  if (from < 0 || from + size > tokens.count) return false
  const [first, second] = tokens.hashOf({ from, to: from + size })
  return first === hash[0] && second === hash[1]
}

/** All above it, or all below it, is as it was. */
function isFixed(tokens: Tokens, from: number, { size, above, below }: Wanted): boolean {
  const isAbove = above?.size === from && isAt(tokens, 0, above)
  return isAbove || (below?.size === tokens.count - from - size && isAt(tokens, from + size, below))
}

/** A changed statement is at most so much longer. */
const MOST_GROWTH = 2
const MOST_ADDED = 40
/** Of before and after together. */
const MOST_LIKENESS = 2
/** A text of many alike places is none in which a changed one can be told. */
const MOST_PLACES = 300

/** What stands between surroundings like those of the statement, and what is called as it is. */
export function changedIn(code: CodeText, wanted: Wanted): Candidate[] {
  const { tokens } = code
  const ranges = [...between(tokens, wanted), ...calledAlike(code, wanted)]
  const apart = new Map(ranges.map((range) => [`${range.from} ${range.to}`, range]))
  const others = [...apart.values()].filter((range) => hashText(tokens, range) !== wanted.anchor.code)
  return others.map((range) => changedAt(tokens, range, wanted))
}

function changedAt(tokens: Tokens, range: TokenRange, { parts, around }: Wanted): Candidate {
  const there = partsOf(tokens, range)
  const left = parts.filter((part) => there.has(part)).length / Math.max(1, parts.length)
  const [before, after] = likenessAt(tokens, around, range)
  return { range, before, after, parts: left, isFixed: false }
}

/** Where all above and all below is as it was: what is in between is the statement, as it is now. */
export function leftBetween({ tokens }: CodeText, wanted: Wanted): Candidate | undefined {
  const { above, below } = wanted
  if (!above || !below || !isAt(tokens, 0, above) || !isAt(tokens, tokens.count - below.size, below))
    return undefined
  const range = { from: above.size, to: tokens.count - below.size }
  return isStatement(tokens, range, wanted) ? changedAt(tokens, range, wanted) : undefined
}

/** A call where it was one, and not much longer. */
function isStatement(tokens: Tokens, range: TokenRange, { size, callee }: Wanted): boolean {
  if (range.to <= range.from || range.to - range.from > longestOf(size)) return false
  return callee === undefined || bracketOfCall(tokens, range) !== undefined
}

function longestOf(size: number): number {
  return size * MOST_GROWTH + MOST_ADDED
}

function between(tokens: Tokens, wanted: Wanted): TokenRange[] {
  const { around, size } = wanted
  const longest = longestOf(size)
  const begins = beginsAfter(tokens, around.before[0])
  const ends = endsBefore(tokens, around.after[0])
  if (begins.length > MOST_PLACES || ends.length > MOST_PLACES) return []
  return begins.flatMap((from) => {
    // The nearest end that leaves brackets whole.
    const to = ends.find((end) => end > from && (end - from > longest || isWhole(tokens, { from, to: end })))
    return to !== undefined && isStatement(tokens, { from, to }, wanted) ? [{ from, to }] : []
  })
}

/** Where a statement may begin that has this next to it; signs alone are passed over there. */
function beginsAfter(tokens: Tokens, nearest: number | undefined): number[] {
  if (nearest === undefined) return [0]
  return trigramsIn(tokens, nearest).flatMap((start) => {
    const begins = [start + WIDTH]
    for (let next = start + 1; next + WIDTH <= tokens.count && !hasWord(tokens, next); next++)
      begins.push(next + WIDTH)
    return begins
  })
}

function endsBefore(tokens: Tokens, nearest: number | undefined): number[] {
  if (nearest === undefined) return [tokens.count]
  const ends = trigramsIn(tokens, nearest).flatMap((start) => {
    const before = [start]
    for (let next = start - 1; next >= 0 && !hasWord(tokens, next); next--) before.push(next)
    return before
  })
  return ends.sort((left, right) => left - right)
}

function calledAlike({ tokens }: CodeText, { callee }: Wanted): TokenRange[] {
  const begins = callee ? beginsOfCalls(tokens, callee) : []
  if (!callee || begins.length > MOST_PLACES) return []
  return begins.flatMap((from) => {
    const call = callOf(tokens, from + callee.size)
    return call?.from === from ? [call] : []
  })
}

function isWhole(tokens: Tokens, { from, to }: TokenRange): boolean {
  for (let index = from; index < to; index++) {
    const partner = tokens.partner[index] ?? -1
    if (partner >= 0 && (partner < from || partner >= to)) return false
    if (tokens.kind[index] === KIND.open && partner > index) index = partner - 1
  }
  return true
}

/** How a statement stands among those that say the same. */
export function copiesOf(code: CodeText, { from }: TokenRange, wanted: Wanted): SameCode {
  const begins = beginsOf(code.tokens, wanted)
  const { candidates } = exactIn(code, wanted)
  const others = candidates.filter(({ range }) => range.from !== from)
  const isEach = candidates.length === begins.length
  return {
    index: begins.indexOf(from),
    count: begins.length,
    inFunction: isEach
      ? candidates.filter(({ range }) => functionAt(code, range.from) === wanted.anchor.function).length
      : begins.length,
    rival: isEach
      ? rounded(Math.max(0, ...others.map(({ before, after }) => before + after)))
      : MOST_LIKENESS,
  }
}

/** The best score of what is not the statement itself, were it sought as one that changed. */
export function rivalOf(code: CodeText, range: TokenRange, wanted: Wanted): number {
  const others = [...changedIn(code, wanted), ...exactIn(code, wanted).candidates].filter(
    (each) => each.range.to <= range.from || each.range.from >= range.to,
  )
  return rounded(Math.max(0, ...others.map(scoreOf)))
}

export function scoreOf({ before, after, parts }: Candidate): number {
  return before + after + parts
}

export function functionAt(code: CodeText, index: number): string | undefined {
  return functionAround(code, code.positionAt(code.tokens.start[index] ?? 0).line)
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
