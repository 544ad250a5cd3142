// Which lines or sentences of a text hold what changes, and how they move behind the rest of it.

import type { Span } from '../source-lines'
import type { SourceEdit } from './source-edit'

/** A text in its source: where it lies, and holes in it, whose code is not looked into. */
export interface WrittenText {
  readonly source: string
  readonly inner: Span
  readonly holes: readonly Span[]
  /** Whether `\n` in it is a line end; false for raw strings and files of text. */
  readonly hasEscapes: boolean
}

/** A line, or a sentence of one, with the line end or space behind it. */
interface Unit extends Span {
  readonly separator: Span
}

export interface MovedText {
  /** Takes the units out. */
  readonly deletions: readonly SourceEdit[]
  /** What is taken out, in order, without the line ends around it. */
  readonly units: readonly string[]
  /** Puts them behind the rest. */
  readonly insertion: SourceEdit
}

/** Longer lines are moved by the sentence. */
const LONG_LINE = 240
/** With fewer characters behind it, moving a text gains nothing. */
const LEAST_REST = 40

/**
 * `changing` are spans of holes. A text that is one line and one sentence, or has nothing else in it, cannot be moved within itself; where
 * less than `leastStable` characters and no other value stand behind what changes, the stable part of the prompt is another text.
 */
export function movedToEnd(
  text: WrittenText,
  changing: readonly Span[],
  leastStable = LEAST_REST,
): MovedText | undefined {
  const lines = unitsOf(text, lineEnds(text))
  const holding = lines.filter((line) => changing.some((span) => overlaps(line, span)))
  const isByLine = lines.length > 1 && holding.every(({ start, end }) => end - start <= LONG_LINE)
  const units = isByLine ? lines : unitsOf(text, sentenceEnds(text))
  const moving = units.filter((unit) => changing.some((span) => overlaps(unit, span)))
  const end = lastText(text)
  const from = moving[0]?.start ?? end
  const stays = units.filter((unit) => !moving.includes(unit) && unit.start > from && unit.start < end)
  if (!isWorthMoving(text, stays, Math.max(LEAST_REST, leastStable))) return undefined
  return moveOf(text, isByLine ? withBlankBehind(text, units, moving) : moving, end)
}

/** What stands at the end already stays there. */
function moveOf({ source }: WrittenText, taken: readonly Unit[], end: number): MovedText | undefined {
  const moved = taken.filter((unit) => unit.end < end)
  if (moved.length === 0 || moved.some(isLast)) return undefined
  const texts = moved.map(
    ({ start, end, separator }) => textAt(source, separator) + textAt(source, { start, end }),
  )
  return {
    deletions: moved.map(({ start, separator }) => ({ start, end: separator.end, newText: '' })),
    units: moved.map((unit) => textAt(source, unit).trim()).filter((unit) => unit !== ''),
    insertion: { start: end, end, newText: texts.join('') },
  }
}

/** Lines that move away from the start take the empty line behind them along: the text would begin with it, and they keep it before them. */
function withBlankBehind(
  { source }: WrittenText,
  units: readonly Unit[],
  moving: readonly Unit[],
): readonly Unit[] {
  const isBlank = (unit: Unit) => textAt(source, unit).trim() === ''
  const last = units.findLastIndex((unit) => moving.includes(unit))
  const isStart = units.slice(0, last).every((unit) => moving.includes(unit) || isBlank(unit))
  const next = units[last + 1]
  return isStart && next && isBlank(next) && !isLast(next) ? [next, ...moving] : moving
}

function isLast({ separator }: Unit): boolean {
  return separator.start === separator.end
}

function textAt(source: string, { start, end }: Span): string {
  return source.slice(start, end)
}

function unitsOf({ inner }: WrittenText, separators: readonly Span[]): Unit[] {
  const units: Unit[] = []
  let start = inner.start
  for (const separator of separators) {
    units.push({ start, end: separator.start, separator })
    start = separator.end
  }
  return [...units, { start, end: inner.end, separator: { start: inner.end, end: inner.end } }]
}

function lineEnds(text: WrittenText): Span[] {
  return found(text, text.hasEscapes ? /\r?\n|(?<!\\)(?:\\\\)*\\n/g : /\r?\n/g)
}

function sentenceEnds(text: WrittenText): Span[] {
  return found(text, text.hasEscapes ? /(?<=[.!?])(?: +|\r?\n|\\n)/g : /(?<=[.!?])(?: +|\r?\n)/g)
}

/** Matches outside of holes. */
function found({ source, inner, holes }: WrittenText, pattern: RegExp): Span[] {
  return [...source.slice(inner.start, inner.end).matchAll(pattern)]
    .map(({ 0: match, index }) => ({ start: inner.start + index, end: inner.start + index + match.length }))
    .filter((span) => !holes.some((hole) => overlaps(hole, span)))
}

/** Behind the last character that is no white space. */
function lastText({ source, inner, hasEscapes }: WrittenText): number {
  const text = source.slice(inner.start, inner.end)
  const rest = hasEscapes ? text.replace(/(?:\s|\\n)+$/, '') : text.trimEnd()
  return inner.start + rest.length
}

function isWorthMoving({ holes }: WrittenText, stays: readonly Span[], leastStable: number): boolean {
  const characters = stays.reduce((sum, { start, end }) => sum + end - start, 0)
  return characters >= leastStable || stays.some((unit) => holes.some((hole) => overlaps(hole, unit)))
}

function overlaps(left: Span, right: Span): boolean {
  return left.start < right.end && right.start < left.end
}
