// The findings of the current run as diagnostics on their lines, in the Problems panel and under the text.

import * as vscode from 'vscode'
import { diagnosticSeverity } from '../diagnostic-severity'
import { placeOf } from './files-now'
import type { FindingMark, FindingMarks } from './finding-marks'

/** `ruleUri` says where a rule is explained. */
export function registerDiagnostics(
  marks: FindingMarks,
  ruleUri: (rule: string) => vscode.Uri,
): vscode.Disposable[] {
  const shown = new FindingDiagnostics(marks, ruleUri)
  return [
    shown,
    marks.onDidChange(() => void shown.refresh()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('costflame.diagnostics')) void shown.refresh()
    }),
  ]
}

class FindingDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('costflame')
  private version = 0

  constructor(
    private readonly marks: FindingMarks,
    private readonly ruleUri: (rule: string) => vscode.Uri,
  ) {}

  async refresh(): Promise<void> {
    const version = ++this.version
    const found = await Promise.all(
      this.marks.all.map(async (mark) => [mark.uri, await this.diagnosticsOf(mark)] as const),
    )
    // Files were read meanwhile; a newer state may have been shown.
    if (version !== this.version) return
    const byFile = Map.groupBy(found, ([uri]) => uri.toString())
    this.collection.clear()
    for (const entries of byFile.values()) {
      const [uri] = entries[0] ?? []
      if (uri !== undefined)
        this.collection.set(
          uri,
          entries.flatMap(([, diagnostics]) => diagnostics),
        )
    }
  }

  dispose() {
    this.collection.dispose()
  }

  /** None where the settings of the file want none. */
  private async diagnosticsOf(mark: FindingMark): Promise<vscode.Diagnostic[]> {
    const { finding, uri, range, isChanged } = mark
    const severity = diagnosticSeverity(finding, uri)
    if (severity === undefined) return []
    const shown = isChanged ? vscode.DiagnosticSeverity.Hint : severity
    const diagnostic = new vscode.Diagnostic(range, messageOf(mark), shown)
    diagnostic.source = 'costflame'
    diagnostic.code = { value: finding.rule, target: this.ruleUri(finding.rule) }
    diagnostic.relatedInformation = await relatedOf(mark)
    return [diagnostic]
  }
}

/** Of code that was edited since, nobody knows before the next run whether it still holds. */
function messageOf({ finding: { message }, isChanged }: FindingMark): string {
  return isChanged ? vscode.l10n.t('Changed since it was measured, run again. It was: {0}', message) : message
}

async function relatedOf({ finding, root }: FindingMark): Promise<vscode.DiagnosticRelatedInformation[]> {
  const related = finding.relatedLocations.map(async (location) => {
    const place = await placeOf(location, root)
    if (place === undefined) return []
    const there = new vscode.Location(place.uri, place.range)
    return [new vscode.DiagnosticRelatedInformation(there, location.message)]
  })
  return (await Promise.all(related)).flat()
}
