// The tree of recorded runs, each with the lines that made its calls.

import * as vscode from 'vscode'
import type { CallSiteCost, RunSummary } from '../../profiler-agent/feed/protocol'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { ListedRuns } from './listed-runs'
import {
  groupDescription,
  groupedRuns,
  isFailed,
  type RunGroup,
  type RunGroupRow,
  type RunSort,
} from './run-rows'
import { callSiteDescription, callSiteLabel, runDescription, runLabels, runTooltip } from './run-text'
import { Tree, type TreeHead } from './tree'
import { ViewChoice } from './view-choice'

const RUNS_VIEW = 'costflame.runs'

type RunNode =
  | { readonly is: 'group'; readonly group: RunGroupRow }
  | RunRow
  | { readonly is: 'callSite'; readonly run: RunSummary; readonly site: CallSiteCost }
  | { readonly is: 'nothing'; readonly run: RunSummary }
  | { readonly is: 'unread'; readonly run: RunSummary }
  | { readonly is: 'older' }

interface RunRow {
  readonly is: 'run'
  /** As it is now: the row stays the same. */
  run: RunSummary
}

export function registerRunsTree(session: Session, memento: vscode.Memento): vscode.Disposable[] {
  const { t } = vscode.l10n
  const choice = new ViewChoice<RunGroup, RunSort>(session, memento, {
    name: 'Runs',
    groups: { none: t('Not Grouped'), day: t('By Day'), command: t('By Command'), commit: t('By Commit') },
    sorts: { time: t('Newest First'), cost: t('Most Expensive First'), findings: t('Most Findings First') },
  })
  const listed = new ListedRuns(session)
  const tree = new Tree<RunNode>(RUNS_VIEW, new RunRows(session, listed, choice), { canSelectMany: true })
  return [
    choice,
    listed,
    tree,
    choice.onDidChange(() => tree.refresh()),
    listed.onDidChange(() => tree.refreshSoon()),
    registerCommand(session, 'showOlderRuns', () => listed.showOlder()),
    registerCommand(session, 'refreshRuns', () => listed.forgetOlder()),
  ]
}

class RunRows {
  /** By id: a row that changes is drawn again alone. */
  private readonly rows = new Map<string, RunRow>()
  private shape = ''
  /** As the runs are labelled that are listed. */
  private labels = runLabels([])

  constructor(
    private readonly session: Session,
    private readonly listed: ListedRuns,
    private readonly choice: ViewChoice<RunGroup, RunSort>,
  ) {}

  changedRows(): RunRow[] | undefined {
    if (this.shapeOf(this.groups()) !== this.shape) return undefined
    return this.listed.runs.flatMap((run) => {
      const row = this.rows.get(run.id)
      if (row === undefined || row.run === run) return []
      row.run = run
      return [row]
    })
  }

  async children(node: RunNode | undefined): Promise<RunNode[]> {
    if (node === undefined) return this.topmost()
    if (node.is === 'group') return node.group.runs.map((run) => this.rowOf(run))
    if (node.is !== 'run') return []
    const detail = await this.session.detailIfRunning(node.run.id)
    if (detail === undefined) return [{ is: 'unread', run: node.run }]
    const sites = [...detail.callSites].sort((a, b) => picoUsdOf(b) - picoUsdOf(a))
    if (sites.length === 0) return [{ is: 'nothing', run: node.run }]
    return sites.map((site) => ({ is: 'callSite', run: node.run, site }))
  }

  item(node: RunNode): vscode.TreeItem {
    switch (node.is) {
      case 'group':
        return groupItem(node.group)
      case 'run':
        return runItem(node.run, this.labels(node.run))
      case 'callSite':
        return callSiteItem(node.run, node.site)
      case 'nothing':
        return new vscode.TreeItem(vscode.l10n.t('No line of code is known for its calls'))
      case 'unread':
        return unreadItem()
      case 'older':
        return olderItem()
      default:
        return node satisfies never
    }
  }

  tooltip(node: RunNode): vscode.MarkdownString | undefined {
    return node.is === 'run' ? new vscode.MarkdownString(runTooltip(node.run, vscode.l10n)) : undefined
  }

  head(): TreeHead {
    const { filter, description } = this.choice
    const isNothingFound = filter !== '' && this.listed.runs.length > 0 && this.groups().length === 0
    return {
      description,
      message: isNothingFound ? vscode.l10n.t('No run has all of “{0}”.', filter) : undefined,
    }
  }

  private topmost(): RunNode[] {
    const groups = this.groups()
    this.shape = this.shapeOf(groups)
    this.labels = runLabels(this.listed.runs)
    this.forgetOthers()
    const rows: RunNode[] =
      this.choice.group === 'none'
        ? groups.flatMap(({ runs }) => runs.map((run) => this.rowOf(run)))
        : groups.map((group) => ({ is: 'group', group }))
    return this.listed.hasOlder ? [...rows, { is: 'older' }] : rows
  }

  private groups(): RunGroupRow[] {
    return groupedRuns(this.listed.runs, this.choice, Date.now(), vscode.l10n)
  }

  /** Groups say what their runs cost together: those of a run that goes on are drawn again with it. */
  private shapeOf(groups: readonly RunGroupRow[]): string {
    const isGrouped = this.choice.group !== 'none'
    return JSON.stringify([
      this.listed.hasOlder,
      groups.map(({ key, runs }) => [key, runs.map(({ id, revision }) => (isGrouped ? [id, revision] : id))]),
    ])
  }

  private rowOf(run: RunSummary): RunRow {
    const row = this.rows.get(run.id) ?? { is: 'run', run }
    row.run = run
    this.rows.set(run.id, row)
    return row
  }

  private forgetOthers() {
    const listed = new Set(this.listed.runs.map(({ id }) => id))
    for (const id of this.rows.keys()) if (!listed.has(id)) this.rows.delete(id)
  }
}

function picoUsdOf({ totals }: CallSiteCost): number {
  return totals.cost?.picoUsd ?? 0
}

function groupItem(group: RunGroupRow): vscode.TreeItem {
  const item = new vscode.TreeItem(group.label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = `group ${group.key}`
  item.description = groupDescription(group, vscode.l10n)
  item.contextValue = 'group'
  return item
}

function runItem(run: RunSummary, label: string): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const description = runDescription(run, vscode.l10n)
  const item = new vscode.TreeItem(label, run.totals.attempts > 0 ? Collapsed : None)
  item.id = run.id
  item.description = description
  item.contextValue = run.active ? 'run.active' : 'run'
  item.iconPath = runIcon(run)
  item.command = { command: 'costflame.openFlameGraph', title: '', arguments: [run.id] }
  item.accessibilityInformation = { label: [run.name, description, ...stateTexts(run)].join(', ') }
  return item
}

/** What the icon says. */
function stateTexts(run: RunSummary): string[] {
  const { t } = vscode.l10n
  return [...(run.active ? [t('running')] : []), ...(isFailed(run) ? [t('failed')] : [])]
}

function runIcon(run: RunSummary): vscode.ThemeIcon {
  if (run.active) return new vscode.ThemeIcon('sync~spin')
  if (isFailed(run)) return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
  return new vscode.ThemeIcon('flame', new vscode.ThemeColor('costflame.flame'))
}

function callSiteItem(run: RunSummary, site: CallSiteCost): vscode.TreeItem {
  const { callSite } = site
  const description = callSiteDescription(site, vscode.l10n)
  const item = new vscode.TreeItem(callSiteLabel(site))
  item.description = description
  item.tooltip = `${callSite.file}:${callSite.line}\n${description}`
  item.iconPath = new vscode.ThemeIcon('symbol-method')
  item.contextValue = 'callSite'
  const place = { file: callSite.file, line: callSite.line, column: callSite.column }
  item.command = { command: 'costflame.revealPlace', title: '', arguments: [place, run.root] }
  return item
}

/** Opening a row starts no profiler: the user may have stopped it. */
function unreadItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Start the profiler to read this run'))
  item.iconPath = new vscode.ThemeIcon('play')
  item.command = { command: 'costflame.startProfiler', title: '' }
  return item
}

function olderItem(): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show Older Runs'))
  item.iconPath = new vscode.ThemeIcon('history')
  item.command = { command: 'costflame.showOlderRuns', title: '' }
  return item
}
