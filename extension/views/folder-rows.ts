// Rows that stand for the folders of a workspace: in a workspace of one folder there are none.

import { basename } from 'node:path'
import * as vscode from 'vscode'
import type { Session } from '../profiler/session'

export interface OfFolder<Answer> {
  readonly folder: string
  readonly answer: Answer
}

/** The answers of all folders whose profiler runs, in the order of the workspace. */
export function askFolders<Answer>(
  { allProfilers }: Session,
  ask: (folder: string) => Promise<Answer>,
): Promise<OfFolder<Answer>[]> {
  const running = allProfilers.filter(({ status }) => status.is === 'running')
  return Promise.all(running.map(async ({ folder }) => ({ folder, answer: await ask(folder) })))
}

export function folderItem(folder: string): vscode.TreeItem {
  const item = new vscode.TreeItem(basename(folder), vscode.TreeItemCollapsibleState.Expanded)
  item.id = `folder ${folder}`
  item.tooltip = folder
  item.iconPath = new vscode.ThemeIcon('root-folder')
  item.contextValue = 'folder'
  return item
}
