// The tree of budgets: each limit of the budget file, how it stands, and the last invocations that it was held against.

import * as vscode from 'vscode'
import type { LimitUse } from '../../profiler-agent/model/budget'
import { limitKey, worstOf } from '../limit-values'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { invocationItem, limitGroupItem, limitItem } from './budget-items'
import { type BudgetGroup, type BudgetGroupRow, type BudgetSort, groupedLimits } from './budget-rows'
import { type FolderLimits, helpfulValue, limitsOfFolders } from './folder-limits'
import { folderItem } from './folder-rows'
import { NewestAnswer } from './newest-answer'
import { Tree, type TreeHead } from './tree'
import { ViewChoice } from './view-choice'

type BudgetNode =
  | { readonly is: 'folder'; readonly limits: FolderLimits }
  | { readonly is: 'group'; readonly limits: FolderLimits; readonly group: BudgetGroupRow }
  | LimitRow
  | {
      readonly is: 'invocation'
      readonly use: LimitUse
      readonly last: LimitUse['last'][number]
      readonly runId: string
      readonly spanId: string
    }

interface LimitRow {
  readonly is: 'limit'
  readonly limits: FolderLimits
  readonly use: LimitUse
  /** The invocation that says most about it. */
  readonly runId?: string
  readonly spanId?: string
}

/** `fileChanged` tells of budget files. */
export function registerBudgetsTree(
  session: Session,
  memento: vscode.Memento,
  fileChanged: vscode.Event<void>,
): vscode.Disposable[] {
  const choice = budgetChoice(session, memento)
  const limits: NewestAnswer<readonly FolderLimits[]> = new NewestAnswer(
    session,
    () => tree.isVisible,
    () => limitsOfFolders(session),
    'the limits of the budget file',
  )
  const tree: Tree<BudgetNode> = new Tree('costflame.budgets', new BudgetRows(limits, choice))
  return [
    choice,
    limits,
    tree,
    fileChanged(() => limits.askSoon(true)),
    choice.onDidChange(() => tree.refresh()),
    limits.onDidChange(() => tree.refreshSoon()),
    tree.view.onDidChangeVisibility(() => limits.askSoon()),
    ...registerLimitCommands(session),
  ]
}

function budgetChoice(session: Session, memento: vscode.Memento) {
  const { t } = vscode.l10n
  return new ViewChoice<BudgetGroup, BudgetSort>(session, memento, {
    name: 'Budgets',
    groups: { agent: t('By Agent'), verdict: t('By Verdict'), none: t('Not Grouped') },
    sorts: { file: t('As in the File'), used: t('Most Used First'), name: t('By Name') },
  })
}

/** What can be done about a row of this tree. */
function registerLimitCommands(session: Session): vscode.Disposable[] {
  const onLimit = (command: string, more: (use: LimitUse) => readonly unknown[]) => async (row: unknown) => {
    const { use, limits } = row as LimitRow
    const args = [limitKey(use.scope, use.limit), ...more(use), limits.folder]
    await vscode.commands.executeCommand(`costflame.${command}`, ...args)
  }
  return [
    registerCommand(
      session,
      'raiseThisLimit',
      onLimit('raiseLimit', (use) => [helpfulValue(use)]),
    ),
    registerCommand(
      session,
      'blockThisLimit',
      onLimit('blockNextTime', () => []),
    ),
  ]
}

class BudgetRows {
  constructor(
    private readonly answer: NewestAnswer<readonly FolderLimits[]>,
    private readonly choice: ViewChoice<BudgetGroup, BudgetSort>,
  ) {}

  children(node: BudgetNode | undefined): BudgetNode[] {
    if (node === undefined) return this.topmost()
    switch (node.is) {
      case 'folder':
        return this.rowsOf(node.limits)
      case 'group':
        return node.group.uses.map((use) => limitRow(node.limits, use))
      case 'limit':
        return node.use.last.map((last) => ({ is: 'invocation', use: node.use, last, ...last }))
      default:
        return []
    }
  }

  item(node: BudgetNode): vscode.TreeItem {
    switch (node.is) {
      case 'folder':
        return folderItem(node.limits.folder)
      case 'group':
        return limitGroupItem(node.limits, node.group)
      case 'limit':
        return limitItem(node.limits, node.use, this.choice.group)
      case 'invocation':
        return invocationItem(node.use, node.last)
      default:
        return node satisfies never
    }
  }

  head(): TreeHead {
    const { filter, description } = this.choice
    const hasLimits = (this.answer.value ?? []).some(({ uses }) => uses.length > 0)
    const isNothingFound = hasLimits && this.topmost().length === 0
    return {
      description,
      message: isNothingFound ? vscode.l10n.t('No limit has all of “{0}”.', filter) : undefined,
    }
  }

  /** Folders in which there is something to see; of one alone its limits. */
  private topmost(): BudgetNode[] {
    const folders = (this.answer.value ?? []).filter((limits) => this.rowsOf(limits).length > 0)
    if (folders.length > 1) return folders.map((limits) => ({ is: 'folder', limits }))
    return folders.flatMap((limits) => this.rowsOf(limits))
  }

  private rowsOf(limits: FolderLimits): BudgetNode[] {
    const groups = groupedLimits(limits.uses, this.choice, limits.gate, vscode.l10n)
    if (this.choice.group !== 'none') return groups.map((group) => ({ is: 'group', limits, group }))
    return groups.flatMap((group) => group.uses.map((use) => limitRow(limits, use)))
  }
}

function limitRow(limits: FolderLimits, use: LimitUse): LimitRow {
  const worst = worstOf(use)
  const isOfRun = worst !== undefined && worst.runId !== ''
  return { is: 'limit', limits, use, ...(isOfRun ? { runId: worst.runId, spanId: worst.spanId } : {}) }
}
