// What can be done about a finding, as code actions on its line.

import * as vscode from 'vscode'
import type { FindingMark, FindingMarks } from '../finding-marks'
import type { BaseTexts } from './base-texts'
import { mechanicalFix } from './mechanical-fix'

export function registerFixActions(marks: FindingMarks, bases: BaseTexts): vscode.Disposable[] {
  const provider = {
    provideCodeActions: async (
      { uri }: vscode.TextDocument,
      range: vscode.Range,
      { diagnostics }: vscode.CodeActionContext,
    ) => {
      const found = marks.of(uri).filter((mark) => mark.range.intersection(range) !== undefined)
      return (await Promise.all(found.map((mark) => actionsFor(mark, diagnostics, bases)))).flat()
    },
  }
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] }
  return [vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, provider, kinds)]
}

async function actionsFor(
  mark: FindingMark,
  diagnostics: readonly vscode.Diagnostic[],
  bases: BaseTexts,
): Promise<vscode.CodeAction[]> {
  const about = diagnostics.filter((diagnostic) => isAbout(diagnostic, mark))
  const fix = await fixAction(mark, bases)
  return [...fix, flameGraphAction(mark)].map((action) => Object.assign(action, { diagnostics: about }))
}

function isAbout({ source, code, message }: vscode.Diagnostic, { finding }: FindingMark): boolean {
  const rule = typeof code === 'object' ? code.value : code
  return source === 'costflame' && rule === finding.rule && message === finding.message
}

async function fixAction(mark: FindingMark, bases: BaseTexts): Promise<vscode.CodeAction[]> {
  const { fix } = mark.finding
  const change = await mechanicalFix(mark, bases)
  if (fix === undefined || change === undefined) return []
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix)
  if (change === 'outdated') {
    const reason = vscode.l10n.t('The code changed since the run. Run again for the exact change.')
    return [Object.assign(action, { disabled: { reason } })]
  }
  return [Object.assign(action, { edit: change, isPreferred: fix.safety === 'safe' })]
}

function flameGraphAction({ finding }: FindingMark): vscode.CodeAction {
  const title = vscode.l10n.t('Open Flame Graph')
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
  const target = [finding.runId, ...finding.spanIds.slice(0, 1)]
  return Object.assign(action, { command: { title, command: 'costflame.openFlameGraph', arguments: target } })
}
