// Takes the anchor of a place in the code, and finds places again by their anchors in what the code has become: the place that only
// one of them can have, or none. A mark on a wrong line is worse than none.

import type { CodeAnchor, CodeRegion } from '../model/code-anchor'
import { present } from '../model/present'
import {
  type Candidate,
  type Copies,
  changedIn,
  copiesOf,
  exactIn,
  functionAt,
  isAt,
  leftBetween,
  rivalOf,
  scoreOf,
  type Wanted,
  wantedOf,
} from './candidates'
import { hashText } from './code-hash'
import type { CodeText } from './code-text'
import { bracketOfCall, type Place, statementAt } from './statement'
import { partsOf, surroundingsOf, written } from './surroundings'
import type { TokenRange, Tokens } from './tokens'

/** A place with the anchor that was taken of it, if any. */
export interface KnownPlace extends Place {
  readonly anchor?: CodeAnchor
}

export interface FoundPlace {
  /** The statement at the place: a call with all its arguments. */
  readonly region: CodeRegion
  /** Whether the statement is another one than the anchor was taken of; also where there is no anchor to tell. */
  readonly isChanged: boolean
}

interface Choice {
  readonly range: TokenRange
  readonly isChanged: boolean
}

/** Surroundings that are this much alike are the same, but for what was added to them. */
const SAME = 0.95
/** Of the likeness before and after together … */
const LEAST_AROUND = 1
/** … of one among several that say the same … */
const LEAST_AROUND_COPY = 1.3
/** … and by so much the best has to be better than the next, and than others were when the anchor was taken. */
const MARGIN = 0.25
/** The only one that says the same in its function. */
const LEAST_IN_FUNCTION = 1
/** Where the surroundings do not tell, the function does. */
const TIE = 0.1
/** A statement of fewer tokens is written by chance. */
const TELLING_TOKENS = 8
const LEAST_OF_LONE = 0.3
/** Of likeness and parts together, for one that changed. */
const LEAST_CHANGED = 1.7
const LEAST_PARTS = 0.4
const LEAST_PARTS_OF_OTHER = 0.6

/** Most parts that an anchor keeps. */
const MOST_PARTS = 24

/** Of the statement at a place, or of the code up to an end. `undefined` where there is no such line, or no code on it. */
export function anchorAt(
  code: CodeText,
  line: number,
  column?: number,
  end: Pick<Place, 'endLine' | 'endColumn'> = {},
): CodeAnchor | undefined {
  const range = statementAt(code, { line, ...present({ column }), ...end })
  if (!range) return undefined
  const { tokens } = code
  const around = surroundingsOf(tokens, range)
  const anchor = {
    code: hashText(tokens, range),
    before: written(around.before),
    after: written(around.after),
    ...present({ function: functionAt(code, range.from), callee: calleeOf(tokens, range) }),
    text: code.hash,
    region: regionOf(code, range),
    parts: written([...partsOf(tokens, range)].sort((left, right) => left - right).slice(0, MOST_PARTS)),
    above: hashText(tokens, { from: 0, to: range.from }),
    below: hashText(tokens, { from: range.to, to: tokens.count }),
  }
  const wanted = wantedOf(anchor)
  return wanted && { ...anchor, among: copiesOf(code, range, wanted), rival: rivalOf(code, range, wanted) }
}

/** Of the code in a region, to be compared with `CodeAnchor.code`. */
export function codeAt(code: CodeText, { line, column, endLine, endColumn }: CodeRegion): string {
  const end = code.offsetAt(endLine, endColumn) ?? code.text.length
  const { tokens } = code
  const from = tokens.indexAfter(code.offsetAt(line, column) ?? code.text.length)
  let to = from
  while (to < tokens.count && (tokens.end[to] ?? 0) <= end) to++
  return hashText(tokens, { from, to })
}

/** Of the name of what a range calls, where it is one call. */
function calleeOf(tokens: Tokens, range: TokenRange): string | undefined {
  const bracket = bracketOfCall(tokens, range)
  return bracket === undefined ? undefined : hashText(tokens, { from: range.from, to: bracket })
}

/** In the order asked; `undefined` where a place is not found, or could be several. */
export function findAgain(code: CodeText, places: readonly KnownPlace[]): (FoundPlace | undefined)[] {
  const sought = places.map((place) => unmoved(code, place) ?? choiceFor(code, place))
  return sought.map((found, index) => {
    if (!found || 'region' in found) return found
    if (isClaimed(found, index, sought, places)) return undefined
    return { region: regionOf(code, found.range), isChanged: found.isChanged }
  })
}

/** In the text that the anchor was taken of, nothing has to be looked for. */
function unmoved({ hash }: CodeText, { anchor }: KnownPlace): FoundPlace | undefined {
  return anchor?.region && anchor.text === hash ? { region: anchor.region, isChanged: false } : undefined
}

function choiceFor(code: CodeText, place: KnownPlace): Choice | undefined {
  const { anchor } = place
  if (!anchor) {
    const range = statementAt(code, place)
    return range && { range, isChanged: true }
  }
  const wanted = wantedOf(anchor)
  if (!wanted) return undefined
  const where = sameAround(code, wanted)
  if (where) return { range: where, isChanged: false }
  const exact = exactIn(code, wanted)
  const same = chosenCopy(code, exact, wanted, anchor)
  if (same) {
    const isSure = around(same) >= LEAST_AROUND && exact.count === (anchor.among?.count ?? 1)
    return isSure || !hasHeir(code, wanted) ? { range: same.range, isChanged: false } : undefined
  }
  // Beside others that say what it said, a changed one is a guess.
  if (exact.count > 0) return undefined
  const changed = chosenChanged(code, wanted, anchor)
  return changed && { range: changed.range, isChanged: true }
}

/** In a text of which only the format changed. */
function sameAround({ tokens }: CodeText, { size, hash, above, below }: Wanted): TokenRange | undefined {
  if (!above || !below || above.size + size + below.size !== tokens.count) return undefined
  const [from, to] = [above.size, above.size + size]
  const isSame = isAt(tokens, from, { size, hash }) && isAt(tokens, 0, above) && isAt(tokens, to, below)
  return isSame ? { from, to } : undefined
}

function chosenCopy(
  code: CodeText,
  { count, candidates }: Copies,
  wanted: Wanted,
  { among }: CodeAnchor,
): Candidate | undefined {
  const before = among?.count ?? 1
  const fixed = candidates.filter(({ isFixed }) => isFixed)
  const [only] = fixed
  if (only && fixed.length === 1 && count === before && isUntouched(only)) return only
  const [best, second] = candidates.toSorted((left, right) => around(right) - around(left))
  if (!best || fixed.length > 1 || (only && only !== best) || candidates.length < count) return undefined
  if (count === 1 && before === 1 && isLoneEnough(code, best, wanted)) return best
  // One of several is gone: which of them?
  if (count < before && !isUntouched(best)) return undefined
  const inside = candidates.filter(({ range }) => isInFunction(code, range, wanted))
  const least = Math.max(LEAST_AROUND_COPY, (among?.rival ?? 0) + MARGIN)
  const isClear =
    around(best) >= least &&
    around(best) >= (second ? around(second) + MARGIN : 0) &&
    candidates.every((copy) => isWorse(copy, best))
  if (isClear && (inside.length === 0 || inside.includes(best))) return best
  const [lone] = inside
  const isLone = inside.length === 1 && (among?.inFunction ?? 1) === 1
  return lone && isLone && around(lone) >= Math.max(LEAST_IN_FUNCTION, around(best) - TIE) ? lone : undefined
}

/** Whether something like the statement stands where it stood, though it seems to have moved: what did may be a copy. */
function hasHeir(code: CodeText, wanted: Wanted): boolean {
  return changedIn(code, wanted).some(
    (each) =>
      around(each) >= LEAST_AROUND && (each.parts >= LEAST_PARTS || isCalledAlike(code, each, wanted)),
  )
}

/** What is next to it is as it was. */
function isUntouched({ before, after }: Candidate): boolean {
  return before >= SAME && after >= SAME
}

function isWorse(other: Candidate, best: Candidate): boolean {
  return other.before <= best.before && other.after <= best.after
}

function saysTheSame({ tokens }: CodeText, left: Candidate, right: Candidate): boolean {
  return hashText(tokens, left.range) === hashText(tokens, right.range)
}

function isLoneEnough(code: CodeText, copy: Candidate, wanted: Wanted): boolean {
  if (wanted.size >= TELLING_TOKENS || around(copy) >= LEAST_OF_LONE) return true
  return isInFunction(code, copy.range, wanted)
}

function isInFunction(code: CodeText, { from }: TokenRange, { anchor }: Wanted): boolean {
  return anchor.function !== undefined && functionAt(code, from) === anchor.function
}

function chosenChanged(code: CodeText, wanted: Wanted, { rival = 0 }: CodeAnchor): Candidate | undefined {
  const inBetween = leftBetween(code, wanted)
  if (inBetween) return isLikeEnough(code, inBetween, wanted) ? inBetween : undefined
  const fitting = changedIn(code, wanted).toSorted((left, right) => scoreOf(right) - scoreOf(left))
  const [best] = fitting
  if (!best || !isLikeEnough(code, best, wanted)) return undefined
  const others = fitting.filter(({ range }) => range.to <= best.range.from || range.from >= best.range.to)
  const [second] = others
  const least = Math.max(LEAST_CHANGED, rival + MARGIN, second ? scoreOf(second) + MARGIN : 0)
  const isClear = others.every((other) => isWorse(other, best) && !saysTheSame(code, other, best))
  return isClear && scoreOf(best) >= least ? best : undefined
}

/** Enough is left of it, most of all its name. */
function isLikeEnough(code: CodeText, candidate: Candidate, wanted: Wanted): boolean {
  return candidate.parts >= (isCalledAlike(code, candidate, wanted) ? LEAST_PARTS : LEAST_PARTS_OF_OTHER)
}

function isCalledAlike({ tokens }: CodeText, { range }: Candidate, { callee }: Wanted): boolean {
  return callee === undefined || isAt(tokens, range.from, callee)
}

function around({ before, after }: Candidate): number {
  return before + after
}

/** A statement can be but one of those that are sought; who says the same as it has the better claim. */
function isClaimed(
  choice: Choice,
  index: number,
  choices: readonly (Choice | FoundPlace | undefined)[],
  places: readonly KnownPlace[],
): boolean {
  const code = places[index]?.anchor?.code
  return choices.some((other, at) => {
    if (!other || 'region' in other || at === index || !overlaps(other.range, choice.range)) return false
    const isSame = places[at]?.anchor?.code === code && other.isChanged === choice.isChanged
    return !isSame && choice.isChanged && (!other.isChanged || other.range.from === choice.range.from)
  })
}

function overlaps(left: TokenRange, right: TokenRange): boolean {
  return left.from < right.to && right.from < left.to
}

/** Nearly all that stood around it stands around it again. */
const LEAST_MOVED = 1.5
/** Of the places of a file, in the one that it became. */
const LEAST_SHARE = 0.5

/** Whether a text is that of a file that was moved or renamed, by the anchors of places in it. A copy of the file is one, too. */
export function findMoved(code: CodeText, anchors: readonly CodeAnchor[]): boolean {
  if (anchors.length === 0) return false
  if (anchors.some((anchor) => unmoved(code, { line: 1, anchor }))) return true
  const found = anchors.filter((anchor) => {
    const wanted = wantedOf(anchor)
    if (!wanted) return false
    const { candidates } = exactIn(code, wanted)
    return sameAround(code, wanted) !== undefined || candidates.some((each) => around(each) >= LEAST_MOVED)
  })
  return found.length >= Math.max(1, anchors.length * LEAST_SHARE)
}

function regionOf(code: CodeText, { from, to }: TokenRange): CodeRegion {
  const start = code.positionAt(code.tokens.start[from] ?? 0)
  const end = code.positionAt(code.tokens.end[to - 1] ?? 0)
  return { ...start, endLine: end.line, endColumn: end.column }
}
