// The menu behind the item in the status bar: what can be done now, the most likely first.

import * as vscode from 'vscode'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { runDescription, runLabel } from './run-text'

interface Entry extends vscode.QuickPickItem {
  readonly command?: string
  readonly arguments?: readonly unknown[]
}

/** Registers `costflame.showMenu`. */
export function registerQuickMenu(session: Session): vscode.Disposable {
  return registerCommand(session, 'showMenu', async () => {
    const chosen = await vscode.window.showQuickPick(entriesOf(session), {
      title: 'Costflame',
      matchOnDescription: true,
    })
    if (chosen?.command !== undefined)
      await vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []))
  })
}

function entriesOf(session: Session): Entry[] {
  const { t } = vscode.l10n
  return [
    ...runEntries(session),
    separator(t('Profile')),
    entry('terminal', t('New Profiled Terminal'), 'newProfiledTerminal'),
    entry('play-circle', t('Profile Current File'), 'profileCurrentFile'),
    entry('copy', t('Copy Environment…'), 'copyEnvironment'),
    entry('cloud-download', t('Import Recorded Traffic…'), 'importTraffic'),
    separator(t('Budgets')),
    entry('law', t('Open Budgets'), 'openBudgets'),
    entry('graph-line', t('Export Budgets from Measured Runs'), 'exportBudgets'),
    separator(t('Costflame')),
    ...profilerEntries(session),
    entry('gear', t('Settings'), 'workbench.action.openSettings', '@ext:costflame.costflame'),
  ]
}

function runEntries({ currentRun, runs, detail }: Session): Entry[] {
  if (currentRun === undefined) return []
  const { t } = vscode.l10n
  const active = runs.find((run) => run.active)
  const findings = detail?.findings.length ?? 0
  const flames = entry('flame', t('Open Flame Graph'), 'openFlameGraph', currentRun.id)
  return [
    separator(runLabel(currentRun)),
    { ...flames, description: runDescription(currentRun, vscode.l10n) },
    ...(active
      ? [{ ...entry('debug-stop', t('Stop Run'), 'stopRun', active.id), description: runLabel(active) }]
      : []),
    { ...entry('lightbulb', t('Show Findings'), 'costflame.findings.focus'), description: String(findings) },
    ...(runs.length > 1 ? [entry('diff', t('Compare Runs…'), 'compareRuns')] : []),
  ]
}

function profilerEntries({ profiler }: Session): Entry[] {
  const { t } = vscode.l10n
  const isUp = profiler.is === 'running' || profiler.is === 'starting'
  return [
    isUp
      ? entry('debug-stop', t('Stop Profiler'), 'stopProfiler')
      : entry('play', t('Start Profiler'), 'startProfiler'),
    entry('plug', t('Show a Profiler That Was Started Elsewhere…'), 'attachProfiler'),
    entry('pulse', t('Doctor: What Is Wrong?'), 'doctor'),
    entry('output', t('Show Log'), 'showLog'),
  ]
}

/** A command of ours goes by its short name. */
function entry(icon: string, label: string, command: string, ...args: readonly unknown[]): Entry {
  return {
    label,
    iconPath: new vscode.ThemeIcon(icon),
    command: command.includes('.') ? command : `costflame.${command}`,
    arguments: args,
  }
}

function separator(label: string): Entry {
  return { label, kind: vscode.QuickPickItemKind.Separator }
}
