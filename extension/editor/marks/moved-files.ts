// Files that were moved or renamed where VS Code did not see it, in a terminal or by another branch: known by the code that is in them.

import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import * as vscode from 'vscode'
import { findMoved } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import { present } from '../../../profiler-agent/model/present'
import type { CostsByFile } from './costs-by-file'

/** More than a folder that was moved; of more of them nobody wants to wait for the answer. */
const MOST_MISSING = 50

interface Answer {
  /** The files that were missing then. */
  readonly missing: string
  readonly movedFrom?: string
}

export class MovedFiles {
  private readonly answers = new Map<string, Answer>()

  /**
   * The address under which the lines of a document were measured, where that file is gone and this is what became of it;
   * `undefined` also where it could be several. Looks into the text only when other files are missing than before.
   */
  movedFrom(document: vscode.TextDocument, costs: CostsByFile): string | undefined {
    const ending = extname(document.uri.path)
    const missing = missingFiles(costs, ending)
    if (missing.length === 0) return undefined
    const key = document.uri.toString()
    const before = this.answers.get(key)
    if (before?.missing === missing.join('\n')) return before.movedFrom
    const movedFrom = recognised(document, missing, costs)
    this.answers.set(key, { missing: missing.join('\n'), ...present({ movedFrom }) })
    return movedFrom
  }

  forget(uri: vscode.Uri): void {
    this.answers.delete(uri.toString())
  }
}

/** Measured files of a kind that are not there. */
function missingFiles(costs: CostsByFile, ending: string): string[] {
  return [...costs.files.keys()]
    .filter((file) => file.endsWith(ending) && !existsSync(vscode.Uri.parse(file).fsPath))
    .slice(0, MOST_MISSING)
}

function recognised(
  document: vscode.TextDocument,
  missing: readonly string[],
  costs: CostsByFile,
): string | undefined {
  const code = new CodeText(document.getText(), document.fileName)
  const alike = missing.filter((file) => {
    const anchors = costs.files.get(file)?.flatMap(({ anchor }) => anchor ?? []) ?? []
    return anchors.length > 0 && findMoved(code, anchors)
  })
  return alike.length === 1 ? alike[0] : undefined
}
