// What becomes of a region of a text when the text is edited. Lines and characters start at 0, as in VS Code; knows nothing else of it.

export interface TextPosition {
  readonly line: number
  readonly character: number
}

export interface TextRegion {
  readonly start: TextPosition
  readonly end: TextPosition
}

/** A part of a text that is replaced. */
export interface TextChange {
  readonly range: TextRegion
  readonly text: string
}

/** Negative where `left` stands before `right`. */
export function comparePositions(left: TextPosition, right: TextPosition): number {
  return left.line - right.line || left.character - right.character
}

/**
 * Where a region that is not empty is after a change; `undefined` when all of it was taken away or replaced. What is put in right
 * before it or right after it does not belong to it; where a change reaches into it, what is left of it remains.
 */
export function regionAfter(region: TextRegion, change: TextChange): TextRegion | undefined {
  const { range } = change
  if (comparePositions(range.start, region.start) <= 0 && comparePositions(range.end, region.end) >= 0)
    return undefined
  const start = startAfter(region.start, change)
  const end = comparePositions(region.end, range.start) <= 0 ? region.end : endAfter(region.end, change)
  return comparePositions(start, end) < 0 ? { start, end } : undefined
}

/** Whether a change touches a line that the region stands on: the code there may be another one since. */
export function touchesLines(region: TextRegion, { range }: TextChange): boolean {
  return range.start.line <= region.end.line && range.end.line >= region.start.line
}

/** Whether a change replaces some of a region together with what is outside of it. */
export function crossesBorder({ start, end }: TextRegion, { range }: TextChange): boolean {
  const isAcross = (border: TextPosition) =>
    comparePositions(range.start, border) < 0 && comparePositions(border, range.end) < 0
  return isAcross(start) || isAcross(end)
}

function startAfter(start: TextPosition, change: TextChange): TextPosition {
  const { range } = change
  if (comparePositions(start, range.end) >= 0) return shifted(start, change)
  // The new text stands for the beginning that was replaced, unless more than that was.
  return comparePositions(start, range.start) <= 0 ? start : endOfText(change)
}

function endAfter(end: TextPosition, change: TextChange): TextPosition {
  return comparePositions(end, change.range.end) >= 0 ? shifted(end, change) : change.range.start
}

/** Of a position at the end of the change or behind it. */
function shifted({ line, character }: TextPosition, change: TextChange): TextPosition {
  const { end } = change.range
  const newEnd = endOfText(change)
  return {
    line: line + newEnd.line - end.line,
    character: line === end.line ? character + newEnd.character - end.character : character,
  }
}

function endOfText({ range: { start }, text }: TextChange): TextPosition {
  const lines = text.split(/\r\n|\r|\n/)
  const last = lines.at(-1) ?? ''
  return lines.length === 1
    ? { line: start.line, character: start.character + last.length }
    : { line: start.line + lines.length - 1, character: last.length }
}
