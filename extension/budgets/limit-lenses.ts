// A code lens above each limit of a budget file: what was measured against it.

import * as vscode from 'vscode'
import type { LimitUse } from '../../profiler-agent/model/budget'
import { worstOf } from '../limit-values'
import { linesOfDocument } from '../locations'
import { BUDGET_SELECTOR, fileOf, limitRange, limitsOf, type PlacedLimit } from './budget-file'
import { useText } from './limit-words'
import type { MeasuredLimits } from './measured-limits'

export function registerLimitLenses(measured: MeasuredLimits): vscode.Disposable[] {
  return [vscode.languages.registerCodeLensProvider(BUDGET_SELECTOR, new LimitLenses(measured))]
}

class LimitLenses implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>

  constructor(private readonly measured: MeasuredLimits) {
    this.onDidChangeCodeLenses = measured.onDidChange
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const isEnabled = vscode.workspace
      .getConfiguration('costflame.codeLens', document)
      .get<boolean>('enabled', true)
    if (!isEnabled) return []
    const { gate } = fileOf(document)
    const lines = linesOfDocument(document)
    const placed = limitsOf(fileOf(document))
    return placed.flatMap((each) => {
      const use = this.measured.useOf(document.uri, each.key)
      const range = limitRange(lines, each)
      if (use === undefined || range === undefined) return []
      const text = useText({ ...use, allowed: each.limit.value }, gate)
      return [
        new vscode.CodeLens(
          range,
          commandOf(use, hasLineOfItsOwn(each, placed) ? text : `${each.name}: ${text}`),
        ),
      ]
    })
  }
}

/** Lenses of one line stand side by side: then each has to say which limit it is about. */
function hasLineOfItsOwn({ limit }: PlacedLimit, all: readonly PlacedLimit[]): boolean {
  return all.filter((other) => other.limit.position.line === limit.position.line).length === 1
}

/** Opens what used most of the limit of late. */
function commandOf(use: LimitUse, text: string): vscode.Command {
  // An ordinary space after an icon is not drawn.
  const title = use.verdict === 'over' ? `$(warning)\u00a0${text}` : text
  const worst = worstOf(use)
  // A day is of many runs.
  if (worst === undefined || worst.runId === '') return { title, command: '' }
  return {
    title,
    tooltip: vscode.l10n.t('Show the one of the last that used most in the flame graph'),
    command: 'costflame.openFlameGraph',
    arguments: [worst.runId, worst.spanId],
  }
}
