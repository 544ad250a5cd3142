// The findings of the current run as diagnostics on their lines, in the Problems panel and under the text.

import * as vscode from 'vscode'
import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding, Location, Severity } from '../../profiler-agent/model/finding'
import { isInWorkspace, type Place, rangeOf, readLines, uriOf } from '../locations'
import type { Session } from '../profiler/session'

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
}

/** `ruleUri` says where a rule is explained. */
export function registerDiagnostics(
  session: Session,
  ruleUri: (rule: string) => vscode.Uri,
): vscode.Disposable[] {
  const shown = new FindingDiagnostics(session, ruleUri)
  return [
    shown,
    session.onDidChange(() => void shown.refresh()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('costflame.diagnostics')) void shown.refresh(true)
    }),
  ]
}

class FindingDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('costflame')
  private shown: RunDetail | undefined
  private version = 0

  constructor(
    private readonly session: Session,
    private readonly ruleUri: (rule: string) => vscode.Uri,
  ) {}

  async refresh(force = false): Promise<void> {
    const { detail } = this.session
    if (detail === this.shown && !force) return
    this.shown = detail
    const version = ++this.version
    const isEnabled = vscode.workspace.getConfiguration('costflame.diagnostics').get<boolean>('enabled', true)
    const found = detail === undefined || !isEnabled ? [] : await this.diagnosticsOf(detail)
    // Files were read meanwhile; a newer state may have been shown.
    if (version !== this.version) return
    this.collection.clear()
    this.collection.set(found)
  }

  dispose() {
    this.collection.dispose()
  }

  private async diagnosticsOf(detail: RunDetail): Promise<[vscode.Uri, vscode.Diagnostic[]][]> {
    const byFile = new Map<string, [vscode.Uri, vscode.Diagnostic[]]>()
    for (const finding of detail.findings) {
      if (isSaidWhileTyped(finding)) continue
      const place = finding.location && (await placeOf(finding.location, detail.summary.root))
      if (place === undefined) continue
      const key = place.uri.toString()
      const entry = byFile.get(key) ?? [place.uri, []]
      entry[1].push(await this.diagnosticOf(finding, place.range, detail.summary.root))
      byFile.set(key, entry)
    }
    return [...byFile.values()]
  }

  private async diagnosticOf(finding: Finding, range: vscode.Range, root: string | undefined) {
    const diagnostic = new vscode.Diagnostic(range, finding.message, SEVERITIES[finding.severity])
    diagnostic.source = 'costflame'
    diagnostic.code = { value: finding.rule, target: this.ruleUri(finding.rule) }
    const related = await Promise.all(
      finding.relatedLocations.map(async (location) => {
        const place = await placeOf(location, root)
        return place === undefined
          ? []
          : [
              new vscode.DiagnosticRelatedInformation(
                new vscode.Location(place.uri, place.range),
                location.message,
              ),
            ]
      }),
    )
    diagnostic.relatedInformation = related.flat()
    return diagnostic
  }
}

/** What is wrong in the budget file of a folder is said by `budgets/`, of the file as it is now. */
function isSaidWhileTyped({ rule, location }: Finding): boolean {
  return rule === 'profiler/budget-file' && location?.file.endsWith('.costflame/budgets.jsonc') === true
}

/** Where a location lies now; `undefined` when its file is not in the workspace, or not there, or has fewer lines. */
async function placeOf(
  location: Location,
  root: string | undefined,
): Promise<{ uri: vscode.Uri; range: vscode.Range } | undefined> {
  const uri = uriOf(location.file, root)
  if (uri === undefined || !isInWorkspace(uri)) return undefined
  const lines = await readLines(uri)
  const range = lines === undefined ? undefined : rangeOf(lines, location satisfies Place)
  return range === undefined ? undefined : { uri, range }
}
