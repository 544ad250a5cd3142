// Changes of the budget file that a click makes: another limit, another reaction. Comments and layout stay.

import type { Edit } from 'jsonc-parser'
import * as vscode from 'vscode'
import { raiseLimit, setOnExceed } from '../../profiler-agent/budgets/file/edits'
import { linesOfDocument } from '../locations'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { budgetUri, fileOf, limitRange, limitsOf, type PlacedLimit } from './budget-file'

/** Registers `costflame.raiseLimit(key, value)` and `costflame.blockNextTime(key)`, which are ours alone: a key names a limit (`limitKey`). */
export function registerLimitEdits(session: Session): vscode.Disposable[] {
  return [
    registerCommand(session, 'raiseLimit', (key, value) =>
      edit(session, key, (text, { budget, name }) => raiseLimit(text, budget.scope, name, Number(value))),
    ),
    registerCommand(session, 'blockNextTime', (key) =>
      edit(session, key, (text, { budget }) => setOnExceed(text, budget.scope, 'block')),
    ),
  ]
}

type MakeEdits = (text: string, placed: PlacedLimit) => readonly Edit[]

/** Makes the change, saves it, and shows it; what was typed and not saved is left for its user to save. */
async function edit(session: Session, key: unknown, editsOf: MakeEdits): Promise<boolean> {
  if (session.folder === undefined) throw new Error(vscode.l10n.t('Open a folder first.'))
  const document = await vscode.workspace.openTextDocument(budgetUri(session.folder))
  const placed = limitsOf(fileOf(document)).find((each) => each.key === key)
  if (placed === undefined) throw new Error(vscode.l10n.t('The limit is not in the budget file any more.'))
  const wasSaved = !document.isDirty
  const edits = editsOf(document.getText(), placed)
  if (edits.length === 0)
    throw new Error(vscode.l10n.t('The budget file cannot be changed there: mend its problems first.'))
  const isDone = await vscode.workspace.applyEdit(asWorkspaceEdit(document, edits))
  if (isDone && wasSaved) await document.save()
  await show(document, key)
  return isDone
}

function asWorkspaceEdit(document: vscode.TextDocument, edits: readonly Edit[]): vscode.WorkspaceEdit {
  const change = new vscode.WorkspaceEdit()
  for (const { offset, length, content } of edits) {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length))
    change.replace(document.uri, range, content)
  }
  return change
}

/** Where it is open already, else beside the code: who clicked there wants to stay there. */
async function show(document: vscode.TextDocument, key: unknown): Promise<void> {
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
