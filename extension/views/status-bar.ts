// The item in the status bar: what the current run costs, and whether a profiler listens.

import * as vscode from 'vscode'
import { totalCostText } from '../../profiler-agent/model/totals'
import type { Session } from '../profiler/session'
import { runTooltip } from './run-text'

export function registerStatusBar(session: Session): vscode.Disposable[] {
  const item = vscode.window.createStatusBarItem('costflame.status', vscode.StatusBarAlignment.Left, 10)
  item.name = 'Costflame'
  const refresh = () => refreshItem(item, session)
  refresh()
  return [item, session.onDidChange(refresh), vscode.workspace.onDidChangeWorkspaceFolders(refresh)]
}

function refreshItem(item: vscode.StatusBarItem, session: Session) {
  if (session.folder === undefined) return item.hide()
  const { text, tooltip, command, isError } = contentOf(session)
  item.text = text
  item.tooltip = tooltip
  item.command = command
  item.accessibilityInformation = { label: `Costflame ${text.replace(/\$\([^)]*\)\s*/, '')}`, role: 'button' }
  item.backgroundColor = isError ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined
  item.show()
}

interface Content {
  readonly text: string
  readonly tooltip: string
  readonly command: string
  readonly isError?: boolean
}

function contentOf({ profiler, currentRun }: Session): Content {
  const state = stateText(profiler.is)
  if (profiler.is === 'failed')
    return {
      text: '$(flame) failed',
      tooltip: `Costflame: ${profiler.why}\n${vscode.l10n.t('Click to start the profiler again.')}`,
      command: 'costflame.startProfiler',
      isError: true,
    }
  if (profiler.is === 'starting')
    return { text: '$(loading~spin) Costflame', tooltip: state, command: 'costflame.openFlameGraph' }
  if (currentRun !== undefined && currentRun.totals.attempts > 0)
    return {
      text: `$(flame) ${totalCostText(currentRun.totals)}`,
      tooltip: `${runTooltip(currentRun)}\n\n${state}`,
      command: 'costflame.openFlameGraph',
    }
  if (profiler.is === 'running')
    return { text: '$(flame) Costflame', tooltip: state, command: 'costflame.newProfiledTerminal' }
  return {
    text: '$(flame) Costflame',
    tooltip: `${state}\n${vscode.l10n.t('Click to start it.')}`,
    command: 'costflame.startProfiler',
  }
}

function stateText(state: Session['profiler']['is']): string {
  switch (state) {
    case 'running':
      return vscode.l10n.t('Costflame: the profiler is listening')
    case 'starting':
      return vscode.l10n.t('Costflame: the profiler is starting')
    default:
      return vscode.l10n.t('Costflame: the profiler is not running')
  }
}
