// The tree of budgets: each limit of the budget file, how it stands, and the last invocations that it was held against.

import * as vscode from 'vscode'
import { BUDGET_FILE, readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import {
  type BudgetPosition,
  type GateRule,
  type GateVerdict,
  type LimitUse,
  USUAL_GATE,
} from '../../profiler-agent/model/budget'
import { scopeText } from '../../profiler-agent/model/limit-text'
import { formatValue, isFloor, isOfMany, limitFor, limitKey, worstOf } from '../limit-values'
import { registerCommand } from '../profiler/commands'
import { costflameFolder } from '../profiler/data-folder'
import type { Session } from '../profiler/session'
import {
  type BudgetGroup,
  type BudgetGroupRow,
  type BudgetSort,
  groupedLimits,
  limitDescription,
  limitLabel,
  verdictText,
} from './budget-rows'
import { markdownText } from './markdown-text'
import { NewestAnswer } from './newest-answer'
import { Tree, type TreeHead } from './tree'
import { ViewChoice } from './view-choice'

/** The file of the folder, and how its limits stand. */
interface Limits {
  readonly uri: vscode.Uri
  /** `undefined` while there is no file. */
  readonly text: string | undefined
  readonly gate: GateRule
  readonly uses: readonly LimitUse[]
  /** By `limitKey`. */
  readonly positions: ReadonlyMap<string, BudgetPosition>
}

type Last = LimitUse['last'][number]

type BudgetNode =
  | { readonly is: 'group'; readonly group: BudgetGroupRow }
  | LimitRow
  | {
      readonly is: 'invocation'
      readonly use: LimitUse
      readonly last: Last
      readonly runId: string
      readonly spanId: string
    }

interface LimitRow {
  readonly is: 'limit'
  readonly use: LimitUse
  /** Of the one that says most about it. */
  readonly runId?: string | undefined
  readonly spanId?: string | undefined
}

export function registerBudgetsTree(session: Session, memento: vscode.Memento): vscode.Disposable[] {
  const { t } = vscode.l10n
  const choice = new ViewChoice<BudgetGroup, BudgetSort>(session, memento, {
    name: 'Budgets',
    groups: { agent: t('By Agent'), verdict: t('By Verdict'), none: t('Not Grouped') },
    sorts: { file: t('As in the File'), used: t('Most Used First'), name: t('By Name') },
  })
  const limits: NewestAnswer<Limits | undefined> = new NewestAnswer(
    session,
    () => tree.isVisible,
    () => limitsOf(session),
    'the limits of the budget file',
  )
  const rows = new BudgetRows(limits, choice)
  const tree: Tree<BudgetNode> = new Tree('costflame.budgets', rows)
  const watcher = vscode.workspace.createFileSystemWatcher(`**/.costflame/${BUDGET_FILE}`)
  const fileChanged = () => limits.askSoon(true)
  return [
    choice,
    limits,
    tree,
    watcher,
    watcher.onDidChange(fileChanged),
    watcher.onDidCreate(fileChanged),
    watcher.onDidDelete(fileChanged),
    choice.onDidChange(() => tree.refresh()),
    limits.onDidChange(() => tree.refreshSoon()),
    tree.view.onDidChangeVisibility(() => limits.askSoon()),
    registerCommand(session, 'raiseThisLimit', async (row) => {
      const { use } = row as LimitRow
      await vscode.commands.executeCommand(
        'costflame.raiseLimit',
        limitKey(use.scope, use.limit),
        helpfulValue(use),
      )
    }),
    registerCommand(session, 'blockThisLimit', async (row) => {
      const { use } = row as LimitRow
      await vscode.commands.executeCommand('costflame.blockNextTime', limitKey(use.scope, use.limit))
    }),
  ]
}

/** The file is read first: without one nothing has to be measured. */
async function limitsOf(session: Session): Promise<Limits | undefined> {
  if (session.folder === undefined) return undefined
  const uri = vscode.Uri.joinPath(vscode.Uri.file(costflameFolder(session.folder)), BUDGET_FILE)
  const text = await textOf(uri)
  if (text === undefined) return { uri, text, gate: USUAL_GATE, uses: [], positions: new Map() }
  const { budgets, gate } = readBudgetFile(text)
  const positions = new Map(
    budgets.flatMap(({ scope, limits }) =>
      Object.entries(limits).map(([name, { position }]) => [limitKey(scope, name), position] as const),
    ),
  )
  const { limits } = await session.ask<'budgets'>({ ask: 'budgets' })
  return { uri, text, gate, uses: limits, positions }
}

async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch {
    // There is none: the welcome view says what to do.
    return undefined
  }
}

/** A value within which what was measured would have been; `undefined` when it is within the limit already. */
function helpfulValue(use: LimitUse): number | undefined {
  const reached = isOfMany(use) ? use.percentiles?.p99 : use.worst
  const value = reached === undefined ? undefined : limitFor(use.limit, reached)
  if (value === undefined) return undefined
  return (isFloor(use.limit) ? value < use.allowed : value > use.allowed) ? value : undefined
}

class BudgetRows {
  constructor(
    private readonly limits: NewestAnswer<Limits | undefined>,
    private readonly choice: ViewChoice<BudgetGroup, BudgetSort>,
  ) {}

  children(node: BudgetNode | undefined): BudgetNode[] {
    if (node === undefined) return this.topmost()
    if (node.is === 'group') return node.group.uses.map(limitRow)
    if (node.is === 'invocation') return []
    const { use } = node
    // A day is of many runs: there is no one to open.
    return use.last.map((last) => ({ is: 'invocation', use, last, runId: last.runId, spanId: last.spanId }))
  }

  item(node: BudgetNode): vscode.TreeItem {
    switch (node.is) {
      case 'group':
        return groupItem(node.group)
      case 'limit':
        return this.limitItem(node)
      case 'invocation':
        return invocationItem(node)
      default:
        return node satisfies never
    }
  }

  head(): TreeHead {
    const { filter, description } = this.choice
    const limits = this.limits.value
    void vscode.commands.executeCommand('setContext', 'costflame.hasBudgetFile', limits?.text !== undefined)
    const isNothingFound = filter !== '' && (limits?.uses.length ?? 0) > 0 && this.topmost().length === 0
    return {
      description,
      message: isNothingFound ? vscode.l10n.t('No limit has all of “{0}”.', filter) : undefined,
    }
  }

  private topmost(): BudgetNode[] {
    const { uses = [], gate = USUAL_GATE } = this.limits.value ?? {}
    const groups = groupedLimits(uses, this.choice, gate, vscode.l10n)
    if (this.choice.group === 'none') return groups.flatMap((group) => group.uses.map(limitRow))
    return groups.map((group) => ({ is: 'group', group }))
  }

  private limitItem({ use }: LimitRow): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState
    const key = limitKey(use.scope, use.limit)
    const label = limitLabel(use, this.choice.group)
    const description = limitDescription(use, this.limits.value?.gate ?? USUAL_GATE, vscode.l10n)
    const item = new vscode.TreeItem(label, use.last.length > 0 ? Collapsed : None)
    item.id = key
    item.description = description
    item.tooltip = tooltip(use, description)
    item.iconPath = verdictIcon(use.verdict)
    item.contextValue = `limit${helpfulValue(use) === undefined ? '' : '.over'}`
    item.accessibilityInformation = {
      label: `${label}, ${verdictText(use.verdict, vscode.l10n)}, ${description}`,
    }
    const { uri, positions } = this.limits.value ?? {}
    const position = positions?.get(key)
    if (uri && position)
      item.command = {
        command: 'costflame.revealPlace',
        title: '',
        arguments: [{ file: uri.fsPath, line: position.line, column: position.column }],
      }
    return item
  }
}

function limitRow(use: LimitUse): LimitRow {
  const worst = worstOf(use)
  const isOfRun = worst !== undefined && worst.runId !== ''
  return { is: 'limit', use, ...(isOfRun ? { runId: worst.runId, spanId: worst.spanId } : {}) }
}

function groupItem({ key, label, uses }: BudgetGroupRow): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = `group ${key}`
  item.description = String(uses.length)
  item.contextValue = 'group'
  return item
}

function invocationItem({ use, last }: Extract<BudgetNode, { is: 'invocation' }>): vscode.TreeItem {
  const { t } = vscode.l10n
  const when = new Date(last.startTime).toLocaleString()
  const value = last.value === null ? t('not known') : formatValue(use.limit, last.value)
  const item = new vscode.TreeItem(value)
  item.description = when
  item.tooltip = last.isOver ? t('{0}: over the limit', when) : when
  item.iconPath = verdictIcon(last.isOver ? 'over' : 'fine')
  item.accessibilityInformation = { label: `${value}, ${item.tooltip}` }
  if (last.runId === '') return item
  item.contextValue = 'invocation'
  item.command = { command: 'costflame.openFlameGraph', title: '', arguments: [last.runId, last.spanId] }
  return item
}

function tooltip(use: LimitUse, description: string): vscode.MarkdownString {
  const { percentiles, n } = use
  const lines = [
    verdictText(use.verdict, vscode.l10n),
    description,
    percentiles && isOfMany(use)
      ? (['p50', 'p95', 'p99'] as const)
          .map((name) => `${name} ${formatValue(use.limit, percentiles[name])}`)
          .join(' · ')
      : undefined,
    vscode.l10n.t('{0} measured', n),
  ]
  const text = lines
    .filter((line) => line !== undefined && line !== null)
    .map((line) => `- ${markdownText(line)}`)
  return new vscode.MarkdownString(
    `**${markdownText(`${scopeText(use.scope)} · ${use.limit}`)}**\n\n${text.join('\n')}`,
  )
}

const ICONS: Readonly<Record<GateVerdict, readonly [icon: string, color: string]>> = {
  over: ['error', 'problemsErrorIcon.foreground'],
  near: ['warning', 'problemsWarningIcon.foreground'],
  fine: ['pass', 'testing.iconPassed'],
  stale: ['history', 'problemsInfoIcon.foreground'],
  indeterminate: ['circle-outline', 'descriptionForeground'],
}

function verdictIcon(verdict: GateVerdict): vscode.ThemeIcon {
  const [icon, color] = ICONS[verdict]
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color))
}
