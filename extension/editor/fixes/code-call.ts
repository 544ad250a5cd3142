// The model call of a measured line, as the text of an open document has it now.

import type * as vscode from 'vscode'
import { callOptionsAt } from '../../../profiler-agent/places/call-options'
import type { EditedCall } from '../../../profiler-agent/places/edits/edited-call'
import { lexFile } from '../../../profiler-agent/places/file-kind'
import type { Lexed } from '../../../profiler-agent/places/lexeme'

/** Longer files were not written by hand, and are not worth cutting up while somebody moves through them. */
const MOST_CHARACTERS = 500_000

const known = new WeakMap<
  vscode.TextDocument,
  { readonly version: number; readonly lexed: Lexed | undefined }
>()

/** A document is cut into lexemes once while it stays as it is; `undefined` for other languages and where its brackets do not fit. */
export function lexedDocument(document: vscode.TextDocument): Lexed | undefined {
  const before = known.get(document)
  if (before?.version === document.version) return before.lexed
  const text = document.getText()
  const lexed = text.length > MOST_CHARACTERS ? undefined : lexFile(document.uri.path, text)
  const clean = lexed?.isClean ? lexed : undefined
  known.set(document, { version: document.version, lexed: clean })
  return clean
}

/** The innermost request that is written on these lines. */
export function callIn(document: vscode.TextDocument, { start, end }: vscode.Range): EditedCall | undefined {
  const lexed = lexedDocument(document)
  if (lexed === undefined) return undefined
  const [from, to] = [document.offsetAt(start), document.offsetAt(end)]
  for (let line = start.line; line <= end.line; line++) {
    const options = callOptionsAt(lexed, { line: line + 1 })
    const isInside = options && options.inner.start >= from && options.inner.end <= to
    if (isInside) return { file: document.uri.path, lexed, options }
  }
  const options = callOptionsAt(lexed, { line: start.line + 1 })
  return options && { file: document.uri.path, lexed, options }
}
