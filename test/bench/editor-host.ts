// What `editor.bench.mjs` runs in the extension host of a real VS Code: what it takes to show the costs of a file, with the code of the extension.

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import { CostLenses } from '../../extension/editor/code-lenses'
import { registerHeat } from '../../extension/editor/heat'
import { registerLiveCosts } from '../../extension/editor/live-costs'
import { DocumentMarks } from '../../extension/editor/marks/document-marks'
import { LineMarks, type ShownSession } from '../../extension/editor/marks/line-marks'
import type { LineCost } from '../../profiler-agent/model/line-cost'

const ROUNDS = 30
const KEYSTROKES = 1_000

/** Writes `figures.json` beside the workspace. */
export async function run(): Promise<void> {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? ''
  const folder = dirname(workspace)
  const answer = readFileSync(join(folder, 'lines.json'), 'utf8')
  const parse = times(() => JSON.parse(answer))
  const { lines } = JSON.parse(answer) as { lines: readonly LineCost[] }
  const figures = {
    parse: parse.best,
    file: await opened(join(workspace, 'steps-0.ts'), lines),
    longFile: await opened(join(workspace, 'steps-9.ts'), lines),
  }
  writeFileSync(join(folder, 'figures.json'), JSON.stringify(figures))
}

/** Milliseconds until lenses and decorations of a file that was just opened are handed to VS Code, and of a keystroke in it. */
async function opened(path: string, lines: readonly LineCost[]) {
  const document = await vscode.workspace.openTextDocument(path)
  await vscode.window.showTextDocument(document)
  const shown = { lenses: 0 }
  const open = times(() => {
    const marks = new LineMarks(sessionOf(lines))
    const lenses = new CostLenses(marks)
    shown.lenses = lenses.provideCodeLenses(document).length
    const decorations = vscode.Disposable.from(registerHeat(marks), registerLiveCosts(marks))
    return vscode.Disposable.from(lenses, decorations, marks)
  })
  return { ...open, ...shown, keystroke: keystroke(document, lines) }
}

function keystroke(document: vscode.TextDocument, lines: readonly LineCost[]): number {
  const marks = new DocumentMarks(document)
  marks.of(lines.filter(({ callSite }) => document.fileName.endsWith(callSite.file)))
  const at = new vscode.Position(0, 0)
  const change = { range: new vscode.Range(at, at), rangeOffset: 0, rangeLength: 0, text: 'x' }
  let { version } = document
  const all = times(() => {
    for (let key = 0; key < KEYSTROKES; key++) {
      version++
      const { lineCount } = document
      marks.edit({
        document: { version, lineCount } as vscode.TextDocument,
        contentChanges: [change],
        reason: undefined,
      })
    }
  })
  return all.best / KEYSTROKES
}

/** A session that has been told these lines and hears nothing new. */
function sessionOf(lines: readonly LineCost[]): ShownSession {
  return { lines, allProfilers: [], onDidChange: new vscode.EventEmitter<void>().event }
}

/** Milliseconds of the processor: other programs of the machine take turns with the editor. */
function times(work: () => unknown): { readonly first: number; readonly best: number } {
  const all = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage()
    const made = work()
    const { user, system } = process.cpuUsage(before)
    if (made instanceof vscode.Disposable) made.dispose()
    return (user + system) / 1000
  })
  return { first: all[0] ?? Number.NaN, best: Math.min(...all) }
}
