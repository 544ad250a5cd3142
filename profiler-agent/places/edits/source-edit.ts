// Changes of one source text by offsets: applied, and checked to change nothing but what they are meant to.

import { lexFile } from '../file-kind'
import type { Lexed, Lexeme } from '../lexeme'
import type { Span } from '../source-lines'

/** Puts `newText` in the place of a span; an insertion has an empty one. */
export interface SourceEdit extends Span {
  readonly newText: string
}

/** Changes of one file that belong together; `isCertain` is false where a person has to look whether they fit the program. */
export interface FileEdits {
  readonly file: string
  readonly source: string
  readonly edits: readonly SourceEdit[]
  readonly isCertain: boolean
}

/** The source with the edits in it, which do not overlap; those at one place stand in their order. */
export function edited(source: string, edits: readonly SourceEdit[]): string {
  let text = source
  for (const { start, end, newText } of edits.toSorted((left, right) => left.start - right.start).reverse())
    text = text.slice(0, start) + newText + text.slice(end)
  return text
}

/** Whether the file can be read as before: its quotes and brackets still fit, and all lexemes around the edits are the same. */
export function isSound({ file, source, edits }: FileEdits): boolean {
  const first = Math.min(...edits.map(({ start }) => start))
  const last = Math.max(...edits.map(({ end }) => end))
  if (edits.length === 0 || first < 0 || last > source.length) return false
  const before = lexFile(file, source)
  const after = lexFile(file, edited(source, edits))
  // Text has no grammar that could break.
  if (!before || !after) return before === after
  if (!before.isClean || !after.isClean) return false
  const untouchedStart = before.lexemes.filter(({ end }) => end <= first)
  const untouchedEnd = before.lexemes.filter(({ start }) => start >= last)
  const count = untouchedStart.length + untouchedEnd.length
  if (after.lexemes.length < count) return false
  return (
    isSame(before, untouchedStart, after, after.lexemes.slice(0, untouchedStart.length)) &&
    isSame(before, untouchedEnd, after, after.lexemes.slice(after.lexemes.length - untouchedEnd.length))
  )
}

function isSame(before: Lexed, left: readonly Lexeme[], after: Lexed, right: readonly Lexeme[]): boolean {
  return left.every((lexeme, index) => {
    const other = right[index]
    return (
      other?.kind === lexeme.kind &&
      before.source.slice(lexeme.start, lexeme.end) === after.source.slice(other.start, other.end)
    )
  })
}
