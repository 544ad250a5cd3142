// The only place where lines of a run become ranges of a document: lines and columns there start at 1, here at 0.

import { isAbsolute, join } from 'node:path'
import * as vscode from 'vscode'

/** A place as runs name it; without an end it reaches to the end of its line. */
export interface Place extends Region {
  readonly file: string
}

/** A part of a text: from a place to another one, or to the end of its line. */
export interface Region {
  readonly line: number
  readonly column?: number
  readonly endLine?: number
  readonly endColumn?: number
}

/** What ranges are reckoned from: an open document, or the lines of a file on disk. */
export interface Lines {
  readonly lineCount: number
  lineText(line: number): string
}

/** Where a file of a run lies; `undefined` for a relative file of a run without a root. The file need not exist. */
export function uriOf(file: string, root: string | undefined): vscode.Uri | undefined {
  if (isAbsolute(file)) return vscode.Uri.file(file)
  return root === undefined ? undefined : vscode.Uri.file(join(root, file))
}

export function isInWorkspace(uri: vscode.Uri): boolean {
  return vscode.workspace.getWorkspaceFolder(uri) !== undefined
}

/**
 * Range of a place. Columns past the end of a line are drawn back to it. A line past the end of the document has no range:
 * the file is another one than was measured, and a mark on a wrong line is worse than none.
 */
export function rangeOf(lines: Lines, place: Region): vscode.Range | undefined {
  const line = place.line - 1
  if (!Number.isInteger(line) || line < 0 || line >= lines.lineCount) return undefined
  const text = lines.lineText(line)
  const start = new vscode.Position(line, startColumn(text, place.column))
  const endLine = Math.min(Math.max(line, (place.endLine ?? place.line) - 1), lines.lineCount - 1)
  const endText = lines.lineText(endLine)
  const endColumn = place.endColumn === undefined ? endText.trimEnd().length : place.endColumn - 1
  const end = new vscode.Position(endLine, Math.min(Math.max(0, endColumn), endText.length))
  return end.isAfter(start)
    ? new vscode.Range(start, end)
    : new vscode.Range(start, lineEnd(line, text, start))
}

function startColumn(text: string, column: number | undefined): number {
  const firstLetter = text.length - text.trimStart().length
  if (column === undefined) return firstLetter
  const end = text.trimEnd().length
  // A column at or past the end would mark nothing that can be seen.
  return column - 1 >= end ? firstLetter : Math.max(0, column - 1)
}

function lineEnd(line: number, text: string, start: vscode.Position): vscode.Position {
  return new vscode.Position(line, Math.max(start.character, text.trimEnd().length))
}

export function linesOfDocument(document: vscode.TextDocument): Lines {
  return { lineCount: document.lineCount, lineText: (line) => document.lineAt(line).text }
}

export function linesOfText(text: string): Lines {
  const lines = text.split(/\r\n|\r|\n/)
  return { lineCount: lines.length, lineText: (line) => lines[line] ?? '' }
}

/** Lines of a file as the editor shows it, or as it is on disk; `undefined` when there is no such file. */
export async function readLines(uri: vscode.Uri): Promise<Lines | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString())
  if (open !== undefined) return linesOfDocument(open)
  try {
    return linesOfText(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)))
  } catch {
    // Deleted, renamed or not readable since the run: such places are shown in the panel only.
    return undefined
  }
}
