// Changes of the budget file that a click makes: another limit, another reaction. Comments and layout stay.

import { applyEdits, type Edit } from 'jsonc-parser'
import * as vscode from 'vscode'
import { raiseLimit, setOnExceed } from '../../profiler-agent/budgets/file/edits'
import { linesOfDocument } from '../locations'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { budgetUri, fileOf, limitRange, limitsOf, type PlacedLimit } from './budget-file'

/**
 * Registers `costflame.raiseLimit(key, value, folder?)` and `costflame.blockNextTime(key, folder?)`, which are ours alone: a key
 * names a limit (`limitKey`) of the folder, by default of the active one.
 */
export function registerLimitEdits(session: Session): vscode.Disposable[] {
  return [
    registerCommand(session, 'raiseLimit', (key, value, folder) =>
      edit(folder ?? session.folder, key, (text, { budget, name }) =>
        raiseLimit(text, budget.scope, name, Number(value)),
      ),
    ),
    registerCommand(session, 'blockNextTime', (key, folder) =>
      edit(folder ?? session.folder, key, (text, { budget }) => setOnExceed(text, budget.scope, 'block')),
    ),
  ]
}

type MakeEdits = (text: string, placed: PlacedLimit) => readonly Edit[]

async function edit(folder: unknown, key: unknown, editsOf: MakeEdits): Promise<boolean> {
  if (typeof folder !== 'string') throw new Error(vscode.l10n.t('Open a folder first.'))
  const document = await vscode.workspace.openTextDocument(budgetUri(folder))
  const placed = limitsOf(fileOf(document)).find((each) => each.key === key)
  if (placed === undefined) throw new Error(vscode.l10n.t('The limit is not in the budget file any more.'))
  return changeBudgetFile(document, placed.key, (text) => {
    const edits = editsOf(text, placed)
    return edits.length === 0 ? undefined : applyEdits(text, [...edits])
  })
}

/**
 * Makes a change, saves it, and shows the limit; what was typed and not saved is left for its user to save. `changed` gives `undefined`
 * where the text cannot be changed; then this throws with a sentence that says what to do.
 */
export async function changeBudgetFile(
  document: vscode.TextDocument,
  key: string,
  changed: (text: string) => string | undefined,
): Promise<boolean> {
  const wasSaved = !document.isDirty
  const before = document.getText()
  const after = changed(before)
  if (after === undefined)
    throw new Error(vscode.l10n.t('The budget file cannot be changed there: mend its problems first.'))
  const change = new vscode.WorkspaceEdit()
  const { start, end, text } = differenceOf(before, after)
  change.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text)
  const isDone = await vscode.workspace.applyEdit(change)
  if (isDone && wasSaved) await document.save()
  await showLimit(document, key)
  return isDone
}

/** The one part in which two texts differ: the rest of the document stays as it is, and so do the places in it. */
function differenceOf(before: string, after: string): { start: number; end: number; text: string } {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let same = 0
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same++
  return { start, end: before.length - same, text: after.slice(start, after.length - same) }
}

/** Where it is open already, else beside the code: who clicked there wants to stay there. */
export async function showLimit(document: vscode.TextDocument, key: string): Promise<void> {
  const placed = limitsOf(fileOf(document)).find((each) => each.key === key)
  const range = placed && limitRange(linesOfDocument(document), placed)
  const open = vscode.window.tabGroups.all.find((group) =>
    group.tabs.some(
      ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === document.uri.toString(),
    ),
  )
  await vscode.window.showTextDocument(document, {
    preview: false,
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.Beside,
    ...(range === undefined ? {} : { selection: range }),
  })
}
