// The tree of findings: of the newest run, or of one that the user asked for.

import * as vscode from 'vscode'
import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding, Location, Severity } from '../../profiler-agent/model/finding'
import { markdownText } from '../markdown-text'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import {
  countOfWarnings,
  type FindingGroup,
  type FindingGroupRow,
  type FindingSort,
  findingTexts,
  groupedFindings,
  placeLabel,
  savingText,
} from './finding-rows'
import { idOfRun } from './row-commands'
import { runLabel } from './run-text'
import { Tree, type TreeHead } from './tree'
import { ViewChoice } from './view-choice'

const VIEW = 'costflame.findings'

type FindingNode =
  | { readonly is: 'group'; readonly group: FindingGroupRow }
  | FindingRow
  | {
      readonly is: 'place'
      readonly place: Location
      readonly message: string
      readonly root?: string | undefined
    }

interface FindingRow {
  readonly is: 'finding'
  /** One finding may stand in several groups. */
  readonly groupKey: string
  readonly finding: Finding
  readonly root?: string | undefined
  /** Where it is opened in the flame graph. */
  readonly runId: string
  readonly spanId?: string | undefined
}

/** `ruleUri` says where a rule is explained. */
export function registerFindingsTree(
  session: Session,
  memento: vscode.Memento,
  ruleUri: (rule: string) => vscode.Uri,
): vscode.Disposable[] {
  const { t } = vscode.l10n
  const choice = new ViewChoice<FindingGroup, FindingSort>(session, memento, {
    name: 'Findings',
    groups: {
      rule: t('By Rule'),
      file: t('By File'),
      severity: t('By Severity'),
      agent: t('By Agent'),
      none: t('Not Grouped'),
    },
    sorts: {
      saving: t('Largest Saving First'),
      severity: t('Most Severe First'),
      place: t('By Place in the Code'),
    },
  })
  const shown = new ShownFindings(session)
  const tree = new Tree(VIEW, new FindingRows(session, shown, choice, ruleUri))
  return [
    choice,
    shown,
    tree,
    choice.onDidChange(() => tree.refresh()),
    shown.onDidChange(() => tree.refreshSoon()),
    registerCommand(session, 'showFindings', async (run) => {
      await shown.show(idOfRun(run))
      await vscode.commands.executeCommand(`${VIEW}.focus`)
    }),
    registerCommand(session, 'showNewestFindings', () => shown.show(undefined)),
    ...registerFindingCommands(session),
  ]
}

/** What can be done about a row of this tree. */
function registerFindingCommands(session: Session): vscode.Disposable[] {
  const onFinding = (command: string) => async (row: unknown) => {
    const { finding } = row as FindingRow
    await vscode.commands.executeCommand(`costflame.${command}`, finding.runId, finding.id)
  }
  return [
    registerCommand(session, 'explainRow', onFinding('explainFinding')),
    registerCommand(session, 'ignoreRow', onFinding('ignoreFinding')),
    registerCommand(session, 'showFixesOfRow', async (row) => {
      const { finding, root } = row as FindingRow
      await vscode.commands.executeCommand('costflame.revealPlace', finding.location, root)
      await vscode.commands.executeCommand('editor.action.quickFix')
    }),
  ]
}

/** The findings of the newest run, until the user asks for those of another one. */
class ShownFindings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.changed.event
  private readonly subscription: vscode.Disposable
  private pinned: RunDetail | undefined
  private told: RunDetail | undefined

  constructor(private readonly session: Session) {
    this.subscription = session.onDidChange(() => this.notice())
  }

  get detail(): RunDetail | undefined {
    return this.pinned ?? this.session.detail
  }

  get isNewest(): boolean {
    return this.pinned === undefined
  }

  async show(runId: string | undefined): Promise<void> {
    const isOther = runId !== undefined && runId !== this.session.currentRun?.id
    this.pinned = isOther ? await this.session.getDetail(runId) : undefined
    await vscode.commands.executeCommand('setContext', 'costflame.isOtherFindings', !this.isNewest)
    this.changed.fire()
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }

  private notice() {
    if (this.detail === this.told) return
    this.told = this.detail
    this.changed.fire()
  }
}

class FindingRows {
  constructor(
    private readonly session: Session,
    private readonly shown: ShownFindings,
    private readonly choice: ViewChoice<FindingGroup, FindingSort>,
    private readonly ruleUri: (rule: string) => vscode.Uri,
  ) {}

  children(node: FindingNode | undefined): FindingNode[] {
    const { detail } = this.shown
    if (detail === undefined) return []
    const { root } = detail.summary
    if (node === undefined) return this.topmost(detail)
    if (node.is === 'group') return node.group.findings.map((finding) => rowOf(finding, node.group.key, root))
    if (node.is === 'place') return []
    return placesOf(node.finding).map((place) => ({ is: 'place', place, message: place.message, root }))
  }

  item(node: FindingNode): vscode.TreeItem {
    switch (node.is) {
      case 'group':
        return groupItem(node.group)
      case 'finding':
        return this.findingItem(node)
      case 'place':
        return placeItem(node)
      default:
        return node satisfies never
    }
  }

  head(): TreeHead {
    const { detail, isNewest } = this.shown
    const { description } = this.choice
    const count = countOfWarnings(this.session.detail?.findings ?? [])
    const badge = { value: count, tooltip: badgeText(count) }
    if (detail === undefined) return { description }
    const { findings, ignoredFindings = 0, summary } = detail
    const parts = [
      findings.length > 0 || !isNewest ? runLabel(summary) : '',
      ignoredFindings > 0 ? vscode.l10n.t('{0} ignored', ignoredFindings) : '',
      description,
    ]
    return {
      description: parts.filter((part) => part !== '').join(' · '),
      message: this.emptyText(detail),
      badge: count === 0 ? undefined : badge,
    }
  }

  /** Instead of the welcome text, where that would not be true. */
  private emptyText(detail: RunDetail): string | undefined {
    if (this.topmost(detail).length > 0) return undefined
    if (detail.findings.length > 0) return vscode.l10n.t('No finding has all of “{0}”.', this.choice.filter)
    return this.shown.isNewest ? undefined : vscode.l10n.t('Nothing was found in this run.')
  }

  private topmost(detail: RunDetail): FindingNode[] {
    const groups = groupedFindings(detail, this.choice, vscode.l10n)
    if (this.choice.group !== 'none') return groups.map((group) => ({ is: 'group', group }))
    return groups.flatMap(({ findings }) =>
      findings.map((finding) => rowOf(finding, '', detail.summary.root)),
    )
  }

  private findingItem({ finding, groupKey, root }: FindingRow): vscode.TreeItem {
    const { Collapsed, None } = vscode.TreeItemCollapsibleState
    const { label, description } = findingTexts(finding, this.choice.group, vscode.l10n)
    const item = new vscode.TreeItem(label, placesOf(finding).length > 0 ? Collapsed : None)
    item.id = `${groupKey} ${finding.id}`
    item.description = description
    item.iconPath = severityIcon(finding.severity)
    item.contextValue = `finding.${finding.rule.split('/')[0]}${finding.location === undefined ? '' : '.placed'}`
    item.accessibilityInformation = { label: `${finding.severity}: ${label}, ${finding.message}` }
    if (finding.location) item.command = revealCommand(finding.location, root)
    else
      item.command = {
        command: 'costflame.openFlameGraph',
        title: '',
        arguments: [finding.runId, finding.spanIds[0]],
      }
    return item
  }

  tooltip(node: FindingNode): vscode.MarkdownString | undefined {
    return node.is === 'finding' ? this.findingTooltip(node.finding) : undefined
  }

  private findingTooltip(finding: Finding): vscode.MarkdownString {
    const { rule, message, saving, fix, location } = finding
    const text = new vscode.MarkdownString('', true)
    text.appendMarkdown(
      `**[${markdownText(rule)}](${this.ruleUri(rule)})** · ${severityText(finding.severity)}\n\n`,
    )
    text.appendMarkdown(`${markdownText(message)}\n\n`)
    const lines = [
      savingText(finding, vscode.l10n),
      saving?.assumption,
      fix === undefined ? undefined : vscode.l10n.t('Fix: {0}', fix.title),
      location && `${location.file}:${location.line}`,
    ]
    for (const line of lines) if (line !== undefined) text.appendMarkdown(`- ${markdownText(line)}\n`)
    return text
  }
}

function rowOf(finding: Finding, groupKey: string, root: string | undefined): FindingRow {
  return { is: 'finding', groupKey, finding, root, runId: finding.runId, spanId: finding.spanIds[0] }
}

/** Where else it shows: the limit in the budget file, the prompt text, the call. */
function placesOf({ relatedLocations }: Finding) {
  return relatedLocations
}

function groupItem({ key, label, findings }: FindingGroupRow): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = `group ${key}`
  item.description = String(findings.length)
  item.contextValue = 'group'
  return item
}

function placeItem({ place, message, root }: Extract<FindingNode, { is: 'place' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(placeLabel(place))
  item.description = message
  item.tooltip = `${place.file}:${place.line}\n${message}`
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

function badgeText(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 warning in the newest run')
    : vscode.l10n.t('{0} warnings in the newest run', count)
}
