// The rows of the findings tree as VS Code draws them.

import * as vscode from 'vscode'
import type { Finding, Location, RelatedLocation, Severity } from '../../profiler-agent/model/finding'
import { markdownText } from '../markdown-text'
import { type FindingGroup, type FindingGroupRow, findingTexts, placeLabel, savingText } from './finding-rows'

export interface FindingRow {
  readonly is: 'finding'
  /** One finding may stand in several groups. */
  readonly groupKey: string
  readonly finding: Finding
  readonly root?: string | undefined
  /** Where it is opened in the flame graph. */
  readonly runId: string
  readonly spanId?: string | undefined
}

export function findingGroupItem({ key, label, findings }: FindingGroupRow): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = `group ${key}`
  item.description = String(findings.length)
  item.contextValue = 'group'
  return item
}

/** A click opens its line, or the call where no line is known. Below it is where else it shows: the limit, the prompt text, the call. */
export function findingItem({ finding, groupKey, root }: FindingRow, group: FindingGroup): vscode.TreeItem {
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const { label, description } = findingTexts(finding, group, vscode.l10n)
  const { rule, location, severity, message, runId, spanIds, relatedLocations } = finding
  const item = new vscode.TreeItem(label, relatedLocations.length > 0 ? Collapsed : None)
  item.id = `finding ${groupKey} ${finding.id}`
  item.description = description
  item.iconPath = severityIcon(severity)
  item.contextValue = `finding.${rule.split('/')[0]}${location === undefined ? '' : '.placed'}`
  item.accessibilityInformation = { label: `${severityText(severity)}: ${label}, ${message}` }
  const open = { command: 'costflame.openFlameGraph', title: '', arguments: [runId, spanIds[0]] }
  item.command = location === undefined ? open : revealCommand(location, root)
  return item
}

/** `ruleUri` says where a rule is explained. */
export function findingTooltip(
  finding: Finding,
  ruleUri: (rule: string) => vscode.Uri,
): vscode.MarkdownString {
  const { rule, message, fix, location } = finding
  const text = new vscode.MarkdownString('', true)
  text.appendMarkdown(`**[${markdownText(rule)}](${ruleUri(rule)})** · ${severityText(finding.severity)}\n\n`)
  text.appendMarkdown(`${markdownText(message)}\n\n`)
  const lines = [
    savingLine(finding),
    fix === undefined ? undefined : vscode.l10n.t('Fix: {0}', fix.title),
    location && `${location.file}:${location.line}`,
  ]
  for (const line of lines) if (line !== undefined) text.appendMarkdown(`- ${markdownText(line)}\n`)
  return text
}

function savingLine(finding: Finding): string | undefined {
  const saving = savingText(finding, vscode.l10n)
  const assumption = finding.saving?.assumption ?? ''
  return saving === undefined || assumption === '' ? saving : saving + vscode.l10n.t(', if {0}', assumption)
}

export function placeItem(place: RelatedLocation, root: string | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(placeLabel(place))
  item.description = place.message
  item.tooltip = `${place.file}:${place.line}\n${place.message}`
  item.iconPath = new vscode.ThemeIcon('link')
  item.command = revealCommand(place, root)
  return item
}

function revealCommand({ file, line, column }: Location, root: string | undefined): vscode.Command {
  return { command: 'costflame.revealPlace', title: '', arguments: [{ file, line, column }, root] }
}

const ICONS: Readonly<Record<Severity, readonly [icon: string, color: string]>> = {
  error: ['error', 'problemsErrorIcon.foreground'],
  warning: ['warning', 'problemsWarningIcon.foreground'],
  info: ['info', 'problemsInfoIcon.foreground'],
  hint: ['lightbulb', 'problemsInfoIcon.foreground'],
}

function severityIcon(severity: Severity): vscode.ThemeIcon {
  const [icon, color] = ICONS[severity]
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color))
}

function severityText(severity: Severity): string {
  const { t } = vscode.l10n
  const texts = { error: t('error'), warning: t('warning'), info: t('information'), hint: t('hint') }
  return texts[severity]
}
