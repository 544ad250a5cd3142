// One code lens above each line that makes calls, with what they cost in the newest run that reached it.

import * as vscode from 'vscode'
import { lensParts, lensText } from './lens-text'
import type { LineMarks, Mark } from './marks/line-marks'
import { CELL_SCHEME } from './marks/notebook-cells'

export function registerCodeLenses(marks: LineMarks): vscode.Disposable[] {
  const provider = new CostLenses(marks)
  return [
    provider,
    vscode.languages.registerCodeLensProvider([{ scheme: 'file' }, { scheme: CELL_SCHEME }], provider),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('costflame.codeLens')) provider.refresh()
    }),
  ]
}

export class CostLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChangeCodeLenses = this.changed.event
  private readonly subscription: vscode.Disposable

  constructor(private readonly marks: LineMarks) {
    this.subscription = marks.onDidChange(() => this.refresh())
  }

  refresh() {
    this.changed.fire()
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const settings = vscode.workspace.getConfiguration('costflame.codeLens', document)
    const parts = lensParts(settings.get('parts'))
    if (!settings.get<boolean>('enabled', true) || parts.length === 0) return []
    return this.marks.of(document).map(
      ({ range, cost, isChanged }: Mark) =>
        new vscode.CodeLens(range, {
          title: lensText(cost, parts, isChanged, vscode.l10n),
          tooltip: vscode.l10n.t('Show in the flame graph'),
          command: 'costflame.openFlameGraph',
          arguments: [cost.runId, cost.spanId],
        }),
    )
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }
}
