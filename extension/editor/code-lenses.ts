// One code lens above each line that made calls in the current run, with what they cost.

import * as vscode from 'vscode'
import type { CallSiteCost, RunDetail } from '../../profiler-agent/feed/protocol'
import { addTotals } from '../../profiler-agent/model/totals'
import { isInWorkspace, linesOfDocument, rangeOf, uriOf } from '../locations'
import type { Session } from '../profiler/session'
import { lensText } from './lens-text'

export function registerCodeLenses(session: Session): vscode.Disposable[] {
  const provider = new CallSiteLenses(session)
  return [
    provider,
    vscode.languages.registerCodeLensProvider({ scheme: 'file' }, provider),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('costflame.codeLens')) provider.refresh()
    }),
  ]
}

class CallSiteLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCodeLenses = this.changed.event
  private readonly subscription: vscode.Disposable
  private shown: RunDetail | undefined
  /** Call sites of `shown` by file, so that an open file looks only at its own. */
  private byFile = new Map<string, readonly CallSiteCost[]>()

  constructor(private readonly session: Session) {
    this.subscription = session.onDidChange(() => {
      if (session.detail !== this.shown) this.refresh()
    })
  }

  refresh() {
    this.changed.fire()
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const isEnabled = vscode.workspace
      .getConfiguration('costflame.codeLens', document)
      .get<boolean>('enabled', true)
    const detail = this.session.detail
    if (!isEnabled || detail === undefined || !isInWorkspace(document.uri)) return []
    if (detail !== this.shown) this.index(detail)
    return [...byLine(this.byFile.get(document.uri.toString()) ?? []).values()].flatMap((sites) => {
      const lens = lensOf(document, detail.summary.id, sites)
      return lens === undefined ? [] : [lens]
    })
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }

  private index(detail: RunDetail) {
    this.shown = detail
    this.byFile = groupBy(
      detail.callSites,
      ({ callSite }) => uriOf(callSite.file, detail.summary.root)?.toString() ?? '',
    )
  }
}

function byLine(sites: readonly CallSiteCost[]): Map<number, readonly CallSiteCost[]> {
  return groupBy(sites, ({ callSite }) => callSite.line)
}

function groupBy<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

/** One lens for all call sites of a line; it opens the flame graph at the most expensive of them. */
function lensOf(
  document: vscode.TextDocument,
  runId: string,
  sites: readonly CallSiteCost[],
): vscode.CodeLens | undefined {
  const [first] = sites
  const range = first === undefined ? undefined : rangeOf(linesOfDocument(document), first.callSite)
  if (range === undefined) return undefined
  const dearest = sites.reduce((a, b) =>
    (b.totals.cost?.picoUsd ?? 0) > (a.totals.cost?.picoUsd ?? 0) ? b : a,
  )
  return new vscode.CodeLens(range, {
    title: lensText(addTotals(sites.map((site) => site.totals))),
    tooltip: vscode.l10n.t('Show in the flame graph'),
    command: 'costflame.openFlameGraph',
    arguments: [runId, dearest.spanId],
  })
}
