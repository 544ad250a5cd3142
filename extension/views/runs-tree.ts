// The tree of recorded runs, newest first, each with the lines that made its calls.

import * as vscode from 'vscode'
import type { CallSiteCost, RunSummary } from '../../profiler-agent/feed/protocol'
import type { Session } from '../profiler/session'
import { callSiteDescription, callSiteLabel, runDescription, runLabel, runTooltip } from './run-text'

const RUNS_VIEW = 'costflame.runs'

export type RunNode =
  | { readonly is: 'run'; readonly run: RunSummary }
  | { readonly is: 'callSite'; readonly run: RunSummary; readonly site: CallSiteCost }
  | { readonly is: 'nothing'; readonly run: RunSummary }

export function registerRunsTree(session: Session): vscode.Disposable[] {
  const tree = new RunsTree(session)
  return [tree, vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: tree, showCollapseAll: true })]
}

class RunsTree implements vscode.TreeDataProvider<RunNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>()
  readonly onDidChangeTreeData = this.changed.event
  private readonly subscription: vscode.Disposable

  constructor(private readonly session: Session) {
    this.subscription = session.onDidChangeRuns(() => this.changed.fire(undefined))
  }

  getTreeItem(node: RunNode): vscode.TreeItem {
    switch (node.is) {
      case 'run':
        return runItem(node.run)
      case 'callSite':
        return callSiteItem(node.run, node.site)
      case 'nothing':
        return new vscode.TreeItem(vscode.l10n.t('No line of code is known for its calls'))
      default:
        return node satisfies never
    }
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (node === undefined) return this.session.runs.map((run) => ({ is: 'run', run }))
    if (node.is !== 'run') return []
    const detail = await this.session.getDetail(node.run.id)
    const sites = [...(detail?.callSites ?? [])].sort((a, b) => picoUsdOf(b) - picoUsdOf(a))
    if (sites.length === 0) return [{ is: 'nothing', run: node.run }]
    return sites.map((site) => ({ is: 'callSite', run: node.run, site }))
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }
}

function picoUsdOf({ totals }: CallSiteCost): number {
  return totals.cost?.picoUsd ?? 0
}

function runItem(run: RunSummary): vscode.TreeItem {
  const state =
    run.totals.attempts > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None
  const item = new vscode.TreeItem(runLabel(run), state)
  item.id = run.id
  item.description = runDescription(run)
  item.tooltip = runTooltip(run)
  item.contextValue = run.active ? 'run.active' : 'run'
  item.iconPath = runIcon(run)
  item.command = { command: 'costflame.openFlameGraph', title: '', arguments: [run.id] }
  item.accessibilityInformation = {
    label: `${run.name}, ${runDescription(run)}${run.active ? ', running' : ''}`,
  }
  return item
}

function runIcon(run: RunSummary): vscode.ThemeIcon {
  if (run.active) return new vscode.ThemeIcon('sync~spin')
  const failed = run.totals.calls > 0 && run.totals.errors >= run.totals.calls
  if (failed) return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'))
  return new vscode.ThemeIcon('flame', new vscode.ThemeColor('costflame.flame'))
}

function callSiteItem(run: RunSummary, site: CallSiteCost): vscode.TreeItem {
  const { callSite } = site
  const item = new vscode.TreeItem(callSiteLabel(site))
  item.description = callSiteDescription(site)
  item.tooltip = `${callSite.file}:${callSite.line}\n${callSiteDescription(site)}`
  item.iconPath = new vscode.ThemeIcon('symbol-method')
  item.contextValue = 'callSite'
  const place = { file: callSite.file, line: callSite.line, column: callSite.column }
  item.command = { command: 'costflame.revealPlace', title: '', arguments: [place, run.root] }
  return item
}
