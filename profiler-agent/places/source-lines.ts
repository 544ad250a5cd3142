// Offsets in a source as lines and columns, which start at 1, and back.

import type { Location } from '../model/finding'

export interface Span {
  readonly start: number
  readonly end: number
}

/** The region of a file between two offsets. */
export function regionOf(
  file: string,
  source: string,
  { start, end }: Span,
): Required<Omit<Location, 'anchor'>> {
  const from = positionOf(source, start)
  const to = positionOf(source, end)
  return { file, ...from, endLine: to.line, endColumn: to.column }
}

function positionOf(source: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  return { line, column: offset - lineStart + 1 }
}

/** Offset of a line's column; `undefined` past the end of the source. */
export function offsetOf(source: string, line: number, column = 1): number | undefined {
  let start = 0
  for (let number = 1; number < line; number++) {
    const end = source.indexOf('\n', start)
    if (end < 0) return undefined
    start = end + 1
  }
  const offset = start + column - 1
  return offset <= source.length ? offset : undefined
}
