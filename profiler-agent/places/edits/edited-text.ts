// Applies the edits of a fix to the text of a file. Pure; nothing is written.

import type { TextEdit } from '../../model/finding'
import { offsetOf } from '../source-lines'
import { edited } from './source-edit'

/** The text with the edits in it; `undefined` where one of them lies outside of it. All are of one file, which the caller has checked. */
export function editedText(source: string, edits: readonly TextEdit[]): string | undefined {
  const changes = edits.flatMap(({ line, column, endLine, endColumn, newText }) => {
    const start = offsetOf(source, line, column)
    const end = offsetOf(source, endLine, endColumn)
    return start === undefined || end === undefined ? [] : [{ start, end, newText }]
  })
  return changes.length === edits.length ? edited(source, changes) : undefined
}
