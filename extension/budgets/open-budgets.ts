// Opens the budget file of the folder, or offers to begin one.

import { existsSync } from 'node:fs'
import * as vscode from 'vscode'
import { outputOf } from '../profiler/command-line'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { budgetUri } from './budget-file'

export function registerOpenBudgets(session: Session): vscode.Disposable[] {
  return [registerCommand(session, 'openBudgets', () => openBudgets(session))]
}

async function openBudgets(session: Session) {
  if (session.folder === undefined)
    throw new Error(vscode.l10n.t('Open a folder first: budgets lie in its .costflame folder.'))
  const uri = budgetUri(session.folder)
  if (existsSync(uri.fsPath)) return vscode.window.showTextDocument(uri)
  void offerToCreate(session, uri)
  return undefined
}

async function offerToCreate(session: Session, uri: vscode.Uri) {
  const { t } = vscode.l10n
  const create = t('Create It')
  const derive = t('Derive It from Recorded Runs')
  const isMeasured = session.runs.some(({ totals }) => totals.calls > 0)
  const text = t(
    'There is no budget file yet. Budgets are limits in .costflame/budgets.jsonc, committed with the code.',
  )
  const answer = await vscode.window.showInformationMessage(text, ...(isMeasured ? [derive] : []), create)
  if (answer === derive) await vscode.commands.executeCommand('costflame.exportBudgets')
  if (answer !== create) return
  await outputOf(session, ['budgets', 'init'])
  await vscode.window.showTextDocument(uri)
}
