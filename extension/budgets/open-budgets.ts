// Opens the budget file of the folder, or offers to begin one.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { registerCommand } from '../profiler/commands'
import { costflameFolder } from '../profiler/data-folder'
import type { Session } from '../profiler/session'

const FIRST_BUDGETS = `{
  "version": 1,
  "workspace": {
    // What one run of anything in this repository may cost, in US dollars.
    "limits": { "costUsdPerRun": 1 }
  }
}
`

export function registerOpenBudgets(session: Session): vscode.Disposable[] {
  return [registerCommand(session, 'openBudgets', () => openBudgets(session))]
}

async function openBudgets(session: Session) {
  if (session.folder === undefined)
    throw new Error(vscode.l10n.t('Open a folder first: budgets lie in its .costflame folder.'))
  const path = join(costflameFolder(session.folder), 'budgets.jsonc')
  const uri = vscode.Uri.file(path)
  if (existsSync(path)) return vscode.window.showTextDocument(uri)
  void offerToCreate(uri)
  return undefined
}

async function offerToCreate(uri: vscode.Uri) {
  const create = vscode.l10n.t('Create It')
  const text = vscode.l10n.t(
    'There is no budget file yet. Budgets are limits in .costflame/budgets.jsonc, committed with the code.',
  )
  if ((await vscode.window.showInformationMessage(text, create)) !== create) return
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(FIRST_BUDGETS))
  await vscode.window.showTextDocument(uri)
}
