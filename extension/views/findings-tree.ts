// The tree of findings: of the newest run, or of one that the user asked for.

import * as vscode from 'vscode'
import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding, RelatedLocation } from '../../profiler-agent/model/finding'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { type FindingRow, findingGroupItem, findingItem, findingTooltip, placeItem } from './finding-items'
import {
  countOfWarnings,
  type FindingGroup,
  type FindingGroupRow,
  type FindingSort,
  groupedFindings,
} from './finding-rows'
import { idOfRun } from './row-commands'
import { runLabel } from './run-text'
import { ShownFindings } from './shown-findings'
import { Tree, type TreeHead } from './tree'
import { ViewChoice } from './view-choice'

const VIEW = 'costflame.findings'

type FindingNode =
  | { readonly is: 'group'; readonly group: FindingGroupRow }
  | FindingRow
  | { readonly is: 'place'; readonly place: RelatedLocation; readonly root?: string | undefined }

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
    return node.finding.relatedLocations.map((place) => ({ is: 'place', place, root }))
  }

  item(node: FindingNode): vscode.TreeItem {
    switch (node.is) {
      case 'group':
        return findingGroupItem(node.group)
      case 'finding':
        return findingItem(node, this.choice.group)
      case 'place':
        return placeItem(node.place, node.root)
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

  tooltip(node: FindingNode): vscode.MarkdownString | undefined {
    return node.is === 'finding' ? findingTooltip(node.finding, this.ruleUri) : undefined
  }
}

function rowOf(finding: Finding, groupKey: string, root: string | undefined): FindingRow {
  return { is: 'finding', groupKey, finding, root, runId: finding.runId, spanId: finding.spanIds[0] }
}

function badgeText(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 warning in the newest run')
    : vscode.l10n.t('{0} warnings in the newest run', count)
}
