// What can be done about findings, and on lines that were measured, as code actions where they stand.

import * as vscode from 'vscode'
import type { FindingMark, FindingMarks } from '../finding-marks'
import type { BaseTexts } from './base-texts'
import { whyNotIgnored } from './ignore-here'
import { commandAction, type LineActions } from './line-actions'
import { mechanicalFix } from './mechanical-fix'

const { QuickFix, Refactor } = vscode.CodeActionKind

export interface FixSources {
  readonly marks: FindingMarks
  readonly bases: BaseTexts
  readonly lines: LineActions
}

export function registerFixActions(sources: FixSources): vscode.Disposable {
  const provider = {
    provideCodeActions: (
      document: vscode.TextDocument,
      range: vscode.Range,
      context: vscode.CodeActionContext,
    ) => actionsAt(sources, document, range, context),
  }
  const kinds = { providedCodeActionKinds: [QuickFix, Refactor] }
  return vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, provider, kinds)
}

/** On a finding everything is a quick fix of it; on other lines, what can be done is offered and nothing is wrong. */
async function actionsAt(
  { marks, bases, lines }: FixSources,
  document: vscode.TextDocument,
  range: vscode.Range,
  { diagnostics }: vscode.CodeActionContext,
): Promise<vscode.CodeAction[]> {
  const found = marks.of(document.uri).filter((mark) => mark.range.intersection(range) !== undefined)
  const about = (mark: FindingMark) => diagnostics.filter((diagnostic) => isAbout(diagnostic, mark))
  const fixes = await Promise.all(
    found.map(async (mark) => withDiagnostics(await fixAction(mark, bases), about(mark))),
  )
  // Where a limit is violated, what `budgets/` offers comes first.
  const isWasteful = found.some(({ finding }) => !isOfLimit(finding))
  const here = lines.for(document, range, isWasteful ? QuickFix : Refactor)
  const onLine = here.length > 0 ? here : found.flatMap((mark) => lines.forCallOf(mark))
  const others = found.map((mark) => withDiagnostics(otherActions(mark), about(mark)))
  return [...fixes.flat(), ...withDiagnostics(onLine, found.flatMap(about)), ...others.flat()]
}

function withDiagnostics(
  actions: readonly vscode.CodeAction[],
  diagnostics: vscode.Diagnostic[],
): vscode.CodeAction[] {
  return actions.map((action) => Object.assign(action, { diagnostics }))
}

function isAbout({ source, code, message }: vscode.Diagnostic, { finding }: FindingMark): boolean {
  const rule = typeof code === 'object' ? code.value : code
  return source === 'costflame' && rule === finding.rule && message.endsWith(finding.message)
}

async function fixAction(mark: FindingMark, bases: BaseTexts): Promise<vscode.CodeAction[]> {
  const { fix, runId, id } = mark.finding
  const change = await mechanicalFix(mark, bases)
  if (fix === undefined || change === undefined) return []
  if (change === 'outdated') {
    const title = vscode.l10n.t('Run Again First: {0}', fix.title)
    return [commandAction(title, QuickFix, 'costflame.fixOutdated', fix.title)]
  }
  const action = new vscode.CodeAction(fix.title, QuickFix)
  // Runs when the change is made.
  const command = { title: fix.title, command: 'costflame.fixApplied', arguments: [runId, id] }
  return [Object.assign(action, { edit: change, command, isPreferred: fix.safety === 'safe' })]
}

function isOfLimit({ rule }: { readonly rule: string }): boolean {
  return rule.startsWith('budget/')
}

/** What can be done about a violated limit is said by `budgets/`. */
function otherActions({ finding: { rule, runId, id, spanIds } }: FindingMark): vscode.CodeAction[] {
  const { t } = vscode.l10n
  const explain = commandAction(t('Explain This'), QuickFix, 'costflame.explainFinding', runId, id)
  const ignore = commandAction(t('Ignore Here: {0}', rule), QuickFix, 'costflame.ignoreFinding', runId, id)
  if (isOfLimit({ rule })) return [Object.assign(ignore, { disabled: { reason: whyNotIgnored() } })]
  const span = spanIds.slice(0, 1)
  return [
    explain,
    commandAction(t('Open Flame Graph'), QuickFix, 'costflame.openFlameGraph', runId, ...span),
    ignore,
  ]
}
