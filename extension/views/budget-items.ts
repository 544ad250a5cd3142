// The rows of the budgets tree as VS Code draws them.

import * as vscode from 'vscode'
import type { GateVerdict, LimitUse } from '../../profiler-agent/model/budget'
import { scopeText } from '../../profiler-agent/model/limit-text'
import { formatCount } from '../../profiler-agent/model/quantity'
import { formatValue, isOfMany, limitKey } from '../limit-values'
import { markdownText } from '../markdown-text'
import {
  type BudgetGroup,
  type BudgetGroupRow,
  limitDescription,
  limitLabel,
  verdictText,
} from './budget-rows'
import { type FolderLimits, helpfulValue } from './folder-limits'

export function limitGroupItem(
  { folder }: FolderLimits,
  { key, label, uses }: BudgetGroupRow,
): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = `group ${folder} ${key}`
  item.description = String(uses.length)
  item.contextValue = 'group'
  return item
}

/** A click opens the line of the limit. */
export function limitItem(limits: FolderLimits, use: LimitUse, group: BudgetGroup): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const key = limitKey(use.scope, use.limit)
  const label = limitLabel(use, group)
  const description = limitDescription(use, limits.gate, vscode.l10n)
  const item = new vscode.TreeItem(label, use.last.length > 0 ? Collapsed : None)
  item.id = `${limits.folder} ${key}`
  item.description = description
  item.tooltip = tooltip(use, description)
  item.iconPath = verdictIcon(use.verdict)
  item.contextValue = `limit${helpfulValue(use) === undefined ? '' : '.over'}`
  item.accessibilityInformation = {
    label: `${label}, ${verdictText(use.verdict, vscode.l10n)}, ${description}`,
  }
  const position = limits.positions.get(key)
  if (position)
    item.command = {
      command: 'costflame.revealPlace',
      title: '',
      arguments: [{ file: limits.uri.fsPath, line: position.line, column: position.column }],
    }
  return item
}

/** One of the last invocations, steps, runs or days that a limit was held against. A day is of many runs: there is none to open. */
export function invocationItem(use: LimitUse, last: LimitUse['last'][number]): vscode.TreeItem {
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
  const lines = [
    verdictText(use.verdict, vscode.l10n),
    description,
    ...(use.percentiles && isOfMany(use) ? [percentilesText(use, use.percentiles)] : []),
    vscode.l10n.t('{0} measured', formatCount(use.n)),
  ]
  const name = markdownText(`${scopeText(use.scope)} · ${use.limit}`)
  return new vscode.MarkdownString(
    `**${name}**\n\n${lines.map((line) => `- ${markdownText(line)}`).join('\n')}`,
  )
}

function percentilesText({ limit }: LimitUse, values: NonNullable<LimitUse['percentiles']>): string {
  const names = ['p50', 'p95', 'p99'] as const
  return names.map((name) => `${name} ${formatValue(limit, values[name])}`).join(' · ')
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
