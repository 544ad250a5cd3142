// Opens the source line that a run names. The views and the panel ask for it by command, because they know no ranges.

import { isAbsolute } from 'node:path'
import * as vscode from 'vscode'
import { linesOfDocument, type Place, rangeOf, uriOf } from '../locations'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'

/** Registers `costflame.revealPlace(place, root?)`, which is ours alone and not offered to users. */
export function registerReveal(session: Session): vscode.Disposable[] {
  return [
    registerCommand(session, 'revealPlace', (place, root) =>
      reveal(place as Place, root as string | undefined),
    ),
  ]
}

async function reveal(place: Place, root: string | undefined) {
  const document = await documentOf(place.file, root)
  const range = rangeOf(linesOfDocument(document), place)
  const start = range === undefined ? undefined : lineStart(document, range)
  const editor = await vscode.window.showTextDocument(document, {
    viewColumn: columnFor(document.uri),
    ...(start === undefined ? {} : { selection: start }),
  })
  if (start !== undefined) editor.revealRange(start, vscode.TextEditorRevealType.InCenterIfOutsideViewport)
}

/** The file where the run says, else in the open folders: a saved run may come from another machine. */
async function documentOf(file: string, root: string | undefined): Promise<vscode.TextDocument> {
  const folders = isAbsolute(file) ? [] : (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri)
  const said = uriOf(file, root)
  const places = [
    ...(said === undefined ? [] : [said]),
    ...folders.map((uri) => vscode.Uri.joinPath(uri, file)),
  ]
  for (const uri of places) {
    try {
      return await vscode.workspace.openTextDocument(uri)
    } catch {
      // Not there: the next place, or the message below.
    }
  }
  if (said === undefined)
    throw new Error(vscode.l10n.t('The run does not say in which folder {0} lies.', file))
  throw new Error(vscode.l10n.t('{0} is not there any more, or not on this machine.', said.fsPath))
}

/** The first letter of the line: at the call itself a narrow editor would scroll sideways. */
function lineStart(document: vscode.TextDocument, { start }: vscode.Range): vscode.Range {
  const position = new vscode.Position(
    start.line,
    document.lineAt(start.line).firstNonWhitespaceCharacterIndex,
  )
  return new vscode.Range(position, position)
}

/** Where the file is open already, else beside whatever asked: a flame graph stays on the screen. */
function columnFor(uri: vscode.Uri): vscode.ViewColumn {
  const open = vscode.window.tabGroups.all.find((group) =>
    group.tabs.some(
      (tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString(),
    ),
  )
  if (open !== undefined) return open.viewColumn
  const isEditor = vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputWebview
  return isEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active
}
