// What the welcome texts of the views go by: whether there are runs, findings and a budget file.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as vscode from 'vscode'
import { BUDGET_FILE } from '../../profiler-agent/budgets/file/budget-file'
import { costflameFolder } from '../profiler/data-folder'
import type { Session } from '../profiler/session'

/** `fileChanged` tells of budget files. Keeps the context keys `costflame.hasRuns` and `costflame.hasBudgetFile`. */
export function registerWelcomeState(session: Session, fileChanged: vscode.Event<void>): vscode.Disposable[] {
  const told = new Map<string, boolean>()
  const tell = (key: string, value: boolean) => {
    if (told.get(key) === value) return
    told.set(key, value)
    void vscode.commands.executeCommand('setContext', `costflame.${key}`, value)
  }
  const tellRuns = () => tell('hasRuns', session.runs.length > 0)
  const tellBudgetFile = () => tell('hasBudgetFile', session.folders.some(hasBudgetFile))
  tellRuns()
  tellBudgetFile()
  return [
    fileChanged(tellBudgetFile),
    vscode.workspace.onDidChangeWorkspaceFolders(tellBudgetFile),
    session.onDidChange(tellRuns),
  ]
}

function hasBudgetFile(folder: string): boolean {
  return existsSync(join(costflameFolder(folder), BUDGET_FILE))
}
