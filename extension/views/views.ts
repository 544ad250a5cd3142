// Everything that the side bar, the status bar and the messages show, wired.

import * as vscode from 'vscode'
import { BUDGET_FILE } from '../../profiler-agent/budgets/file/budget-file'
import type { Session } from '../profiler/session'
import { registerAgentsTree } from './agents-tree'
import { registerBudgetsTree } from './budgets-tree'
import { registerCompareRuns } from './compare-runs'
import { registerFindingsTree } from './findings-tree'
import { registerImportTraffic } from './import-traffic'
import { NewestAnswer } from './newest-answer'
import { registerNotices } from './notices'
import { registerNotifications } from './notifications'
import { registerQuickMenu } from './quick-menu'
import { registerRowCommands } from './row-commands'
import { registerRunCommands } from './run-commands'
import { registerRunsTree } from './runs-tree'
import { registerStatusBar } from './status-bar'
import { registerWelcomeState } from './welcome-state'

/** `memento` keeps what the user chose for this workspace; `ruleUri` says where a rule is explained. */
export function registerViews(
  session: Session,
  memento: vscode.Memento,
  ruleUri: (rule: string) => vscode.Uri,
): vscode.Disposable[] {
  const budgetFiles = new BudgetFiles()
  const spent = new NewestAnswer(
    session,
    () => session.folder !== undefined,
    async () => (await session.askIfRunning<'spentToday'>({ ask: 'spentToday' }))?.spent,
    'what the day has cost',
  )
  return [
    budgetFiles,
    spent,
    budgetFiles.onDidChange(() => spent.askSoon(true)),
    ...registerRunsTree(session, memento),
    ...registerFindingsTree(session, memento, ruleUri),
    ...registerBudgetsTree(session, memento, budgetFiles.onDidChange),
    ...registerAgentsTree(session, memento),
    ...registerRowCommands(session),
    ...registerRunCommands(session),
    ...registerCompareRuns(session),
    ...registerStatusBar(session, spent),
    registerQuickMenu(session),
    registerImportTraffic(session),
    registerNotifications(session),
    ...registerNotices(session, memento, spent),
    ...registerWelcomeState(session, budgetFiles.onDidChange),
  ]
}

/** The budget files of all folders: written, begun or deleted. */
class BudgetFiles implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.changed.event
  private readonly watcher = vscode.workspace.createFileSystemWatcher(`**/.costflame/${BUDGET_FILE}`)

  constructor() {
    const tell = () => this.changed.fire()
    this.watcher.onDidChange(tell)
    this.watcher.onDidCreate(tell)
    this.watcher.onDidDelete(tell)
  }

  dispose() {
    this.watcher.dispose()
    this.changed.dispose()
  }
}
