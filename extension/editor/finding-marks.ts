// Where the findings of the current run (of each folder) are in the files as they are now: diagnostics, code actions and hovers ask here.

import * as vscode from 'vscode'
import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding, Location } from '../../profiler-agent/model/finding'
import { isInWorkspace, type Place, rangeOf, readLines, uriOf } from '../locations'
import type { Session } from '../profiler/session'

export interface FindingMark {
  readonly finding: Finding
  /** Folder that files of the finding are relative to. */
  readonly root: string | undefined
  readonly uri: vscode.Uri
  readonly range: vscode.Range
}

export class FindingMarks implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  /** Fires when marks came, went or are elsewhere. */
  readonly onDidChange = this.changed.event
  private readonly subscription: vscode.Disposable
  private shown: readonly RunDetail[] = []
  private version = 0
  private byFile = new Map<string, readonly FindingMark[]>()

  constructor(private readonly session: Session) {
    this.subscription = session.onDidChange(() => void this.refresh())
    void this.refresh()
  }

  /** Those of one file, open or not. */
  of(uri: vscode.Uri): readonly FindingMark[] {
    return this.byFile.get(uri.toString()) ?? []
  }

  get all(): readonly FindingMark[] {
    return [...this.byFile.values()].flat()
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }

  private async refresh(): Promise<void> {
    const { details } = this.session
    if (details === this.shown) return
    this.shown = details
    const version = ++this.version
    const marks = await Promise.all(details.flatMap((detail) => detail.findings.map(markIn(detail))))
    // Files were read meanwhile; a newer state may have been shown.
    if (version !== this.version) return
    this.byFile = Map.groupBy(
      marks.filter((mark) => mark !== undefined),
      ({ uri }) => uri.toString(),
    )
    this.changed.fire()
  }
}

function markIn({ summary: { root } }: RunDetail): (finding: Finding) => Promise<FindingMark | undefined> {
  return async (finding) => {
    if (isSaidWhileTyped(finding)) return undefined
    const place = finding.location && (await placeOf(finding.location, root))
    return place && { finding, root, ...place }
  }
}

/** What is wrong in the budget file of a folder is said by `budgets/`, of the file as it is now. */
function isSaidWhileTyped({ rule, location }: Finding): boolean {
  return rule === 'profiler/budget-file' && location?.file.endsWith('.costflame/budgets.jsonc') === true
}

/** Where a location lies now; `undefined` when its file is not in the workspace, or not there, or has fewer lines. */
export async function placeOf(
  location: Location,
  root: string | undefined,
): Promise<{ uri: vscode.Uri; range: vscode.Range } | undefined> {
  const uri = uriOf(location.file, root)
  if (uri === undefined || !isInWorkspace(uri)) return undefined
  const lines = await readLines(uri)
  const range = lines === undefined ? undefined : rangeOf(lines, location satisfies Place)
  return range === undefined ? undefined : { uri, range }
}
