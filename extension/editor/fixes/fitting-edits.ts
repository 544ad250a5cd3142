// Edits of a fix in the text that a file has now: as they were made, or moved along with lines that are the same as then. Knows no VS Code.

import { hash } from 'node:crypto'
import type { TextEdit } from '../../../profiler-agent/model/finding'

/** A region that is replaced; lines and columns from 1, the end exclusive. */
export type FittingEdit = Pick<TextEdit, 'line' | 'column' | 'endLine' | 'endColumn' | 'newText'>

const BYTE_ORDER_MARK = '\uFEFF'
/** A line that stands once in the file is found by itself, if it is not as short as a bracket. */
const TELLING_LETTERS = 12
/** Lines around the edit that have to be the same, too, where fewer are met twice. */
const MOST_AROUND = 20

/** Whether an edit was made for this text; the editor shows a text without its byte order mark. */
export function isMadeFor({ fileHash }: Pick<TextEdit, 'fileHash'>, text: string): boolean {
  return fileHash === hash('sha256', text) || fileHash === hash('sha256', BYTE_ORDER_MARK + text)
}

/**
 * Edits of one file, for its text now. `base` is the text that they were made for, where that is known: the lines of each edit
 * have to stand in both, once, with the lines next to them. `undefined` where that is not so: then only another run helps.
 */
export function fittingEdits(
  edits: readonly TextEdit[],
  now: string,
  base: string | undefined,
): FittingEdit[] | undefined {
  if (edits.every((edit) => isMadeFor(edit, now))) return [...edits]
  if (base === undefined || !edits.every((edit) => isMadeFor(edit, base))) return undefined
  const [then, current] = [linesOf(base), linesOf(now)]
  const moved = edits.map((edit) => movedEdit(edit, then, current))
  const found = moved.filter((edit) => edit !== undefined)
  const isFitting =
    found.length === edits.length && isInOrder(edits, found) && !found.some((edit) => isThere(edit, current))
  return isFitting ? found : undefined
}

/** What was put in is not put in again: around an insertion the lines are as they were. */
function isThere({ line, column, newText }: FittingEdit, lines: readonly string[]): boolean {
  const before = [...lines.slice(0, line - 1), lines[line - 1]?.slice(0, column - 1) ?? ''].join('\n')
  const after = [lines[line - 1]?.slice(column - 1) ?? '', ...lines.slice(line)].join('\n')
  return newText !== '' && (before.endsWith(newText) || after.startsWith(newText))
}

function linesOf(text: string): string[] {
  const bare = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  return bare.split(/\r\n|\r|\n/)
}

function movedEdit(edit: TextEdit, then: readonly string[], now: readonly string[]): FittingEdit | undefined {
  const [first, last] = [edit.line - 1, edit.endLine - 1]
  for (const [from, to] of surroundings(first, last, then)) {
    const block = then.slice(from, to + 1)
    const [place, ...copies] = placesOf(block, now)
    if (placesOf(block, then).length > 1 || place === undefined) continue
    // It stood once, and was copied: nobody can tell which of them was meant.
    if (copies.length > 0) return undefined
    const by = place - from
    return { ...edit, line: edit.line + by, endLine: edit.endLine + by }
  }
  return undefined
}

/** From which line to which, the edit's own with more and more around them. */
function* surroundings(first: number, last: number, lines: readonly string[]): Generator<[number, number]> {
  const own = lines.slice(first, last + 1).join('')
  if (own.trim().length >= TELLING_LETTERS) yield [first, last]
  for (let around = 1; around <= MOST_AROUND; around++) {
    // On both sides: where one was taken out, another one may have come to stand beside what was on the other side.
    yield [Math.max(0, first - around), Math.min(lines.length - 1, last + around)]
  }
}

function placesOf(block: readonly string[], lines: readonly string[]): number[] {
  const places: number[] = []
  for (let at = lines.indexOf(block[0] ?? ''); at >= 0; at = lines.indexOf(block[0] ?? '', at + 1))
    if (block.every((line, index) => lines[at + index] === line)) places.push(at)
  return places
}

/** A part of the program that was moved takes its edits along; two of them that changed places are not of one part. */
function isInOrder(edits: readonly TextEdit[], moved: readonly FittingEdit[]): boolean {
  const by = moved.map(({ line }, index) => ({ was: edits[index], line }))
  const sorted = by.toSorted((left, right) => (left.was?.line ?? 0) - (right.was?.line ?? 0))
  return sorted.every(({ line }, index) => index === 0 || line >= (sorted[index - 1]?.line ?? 0))
}
