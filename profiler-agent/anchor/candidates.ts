// Where in a text the statement of an anchor may be now: what says the same, and what stands where it stood or is called alike.
// Says how well each fits; the choice is made in anchor.ts.

import type { CodeAnchor, SameCode } from '../model/code-anchor'
import { type CodeHash, hashText, readHash } from './code-hash'
import type { CodeText } from './code-text'
import { functionAround } from './function-name'
import { bracketOfCall, callOf, isCallBracket } from './statement'
import { hasWord, likenessAt, partsOf, read, type Surroundings, trigramsIn, WIDTH } from './surroundings'
import { KIND, type TokenRange, type Tokens } from './tokens'

/** What an anchor says, read once. */
export interface Wanted {
  readonly anchor: Pick<CodeAnchor, 'code' | 'function' | 'above' | 'below'>
  readonly size: number
  readonly hash: readonly [number, number]
  readonly around: Surroundings
  readonly parts: readonly number[]
  /** Of the name, where it is one call. */
  readonly callee: CodeHash | undefined
}

export interface Candidate {
  readonly range: TokenRange
  /** How much of what stood before and after it is there: 0 to 1 each. */
  readonly before: number
  readonly after: number
  /** How much of the statement itself is left: 0 to 1. */
  readonly parts: number
}

/** `undefined` for an anchor of another version. */
export function wantedOf(anchor: Omit<CodeAnchor, 'among' | 'rival'>): Wanted | undefined {
  const code = readHash(anchor.code)
  if (!code || code.size === 0) return undefined
  const around = { before: read(anchor.before), after: read(anchor.after) }
  const callee = anchor.callee === undefined ? undefined : readHash(anchor.callee)
  return { anchor, ...code, around, parts: read(anchor.parts ?? []), callee }
}

export function exactIn({ tokens }: CodeText, { size, hash, around }: Wanted): Candidate[] {
  return tokens.indicesOf(size, hash).map((from) => {
    const range = { from, to: from + size }
    const [before, after] = likenessAt(tokens, around, range)
    return { range, before, after, parts: 1 }
  })
}

/** A changed statement is at most so much longer. */
const MOST_GROWTH = 2
const MOST_ADDED = 40
/** A text of many alike places is none in which a changed one can be told. */
const MOST_PLACES = 300

/** What stands between surroundings like those of the statement, and what is called as it is. */
export function changedIn(code: CodeText, wanted: Wanted): Candidate[] {
  const { tokens } = code
  const ranges = [...between(tokens, wanted), ...calledAlike(code, wanted)]
  const apart = new Map(ranges.map((range) => [`${range.from} ${range.to}`, range]))
  const others = [...apart.values()].filter((range) => hashText(tokens, range) !== wanted.anchor.code)
  return others.map((range) => {
    const parts = partsOf(tokens, range)
    const left = wanted.parts.filter((part) => parts.has(part)).length / Math.max(1, wanted.parts.length)
    const [before, after] = likenessAt(tokens, wanted.around, range)
    return { range, before, after, parts: left }
  })
}

function between(tokens: Tokens, { around, size, callee }: Wanted): TokenRange[] {
  const begins = beginsAfter(tokens, around.before[0])
  const ends = endsBefore(tokens, around.after[0])
  if (begins.length > MOST_PLACES || ends.length > MOST_PLACES) return []
  const longest = size * MOST_GROWTH + MOST_ADDED
  return begins.flatMap((from) => {
    // The nearest end that leaves brackets whole.
    const to = ends.find((end) => end > from && (end - from > longest || isWhole(tokens, { from, to: end })))
    if (to === undefined || to - from > longest) return []
    const range = { from, to }
    return callee === undefined || bracketOfCall(tokens, range) !== undefined ? [range] : []
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
  const begins = callee ? tokens.indicesOf(callee.size, callee.hash) : []
  if (!callee || begins.length > MOST_PLACES) return []
  return begins.flatMap((from) => {
    const call = isCallBracket(tokens, from + callee.size) && callOf(tokens, from + callee.size)
    return call && call.from === from ? [call] : []
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
export function copiesOf(
  code: CodeText,
  range: TokenRange,
  name: string | undefined,
  around: Surroundings,
): SameCode {
  const { tokens } = code
  const size = range.to - range.from
  const copies = tokens.indicesOf(size, tokens.hashOf(range))
  const others = copies.filter((from) => from !== range.from)
  const scores = others.map((from) => {
    const [before, after] = likenessAt(tokens, around, { from, to: from + size })
    return before + after
  })
  const inFunction = copies.filter((from) => functionAt(code, from) === name).length
  return {
    index: copies.indexOf(range.from),
    count: copies.length,
    inFunction,
    rival: rounded(Math.max(0, ...scores)),
  }
}

/** The best score of what is not the statement itself, were it sought as one that changed. */
export function rivalOf(
  code: CodeText,
  range: TokenRange,
  anchor: Omit<CodeAnchor, 'among' | 'rival'>,
): number {
  const wanted = wantedOf(anchor)
  if (!wanted) return 0
  const others = [...changedIn(code, wanted), ...exactIn(code, wanted)].filter(
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
