// Files as they are now, in the editor or else on disk, and the places of findings in them.

import * as vscode from 'vscode'
import { findAgain } from '../../profiler-agent/anchor/anchor'
import { CodeText } from '../../profiler-agent/anchor/code-text'
import type { Location } from '../../profiler-agent/model/finding'
import { present } from '../../profiler-agent/model/present'
import { RecentMap } from '../../profiler-agent/model/recent-map'
import { isInWorkspace, linesOfText, rangeOf, uriOf } from '../locations'
import { textRegion } from './file-findings'
import type { TextRegion } from './marks/text-regions'

export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString()
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === key)
}

/** As the editor has it, else as it is on disk; `undefined` for what is not there any more, which is shown in the panel only. */
export async function textNow(uri: vscode.Uri): Promise<string | undefined> {
  const open = openDocument(uri)
  if (open !== undefined) return open.getText()
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch {
    return undefined
  }
}

const REMEMBERED_FILES = 20
const codes = new RecentMap<string, CodeText>(REMEMBERED_FILES)

/** Many findings are about the same few files: each text is cut up once. */
export function codeOf(uri: vscode.Uri, text: string): CodeText {
  const key = uri.toString()
  const known = codes.get(key)
  if (known?.text === text) return known
  const code = new CodeText(text, uri.path)
  codes.set(key, code)
  return code
}

export function rangeOfRegion({ start, end }: TextRegion): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character)
}

/** Where another place of a finding lies now; `undefined` when its file is not in the workspace, or its code is not there. */
export async function placeOf(
  location: Location,
  root: string | undefined,
): Promise<{ uri: vscode.Uri; range: vscode.Range } | undefined> {
  const uri = uriOf(location.file, root)
  const text = uri !== undefined && isInWorkspace(uri) ? await textNow(uri) : undefined
  if (uri === undefined || text === undefined) return undefined
  const { line, column, endLine, endColumn, anchor } = location
  if (anchor === undefined) {
    const range = rangeOf(linesOfText(text), location)
    return range && { uri, range }
  }
  const known = { line, column, ...present({ endLine, endColumn, anchor }) }
  const [found] = findAgain(codeOf(uri, text), [known])
  return found && { uri, range: rangeOfRegion(textRegion(found.region)) }
}
