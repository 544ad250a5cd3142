// Shows what a run of the demo has come to: the flame graph beside the code, the line that costs too much, and after the fix what was saved.

import * as vscode from 'vscode'
import type { RunSummary } from '../../profiler-agent/feed/protocol'
import { formatUsd } from '../../profiler-agent/model/money'
import { formatPlural } from '../../profiler-agent/model/quantity'
import { totalCostText } from '../../profiler-agent/model/totals'
import type { Session } from '../profiler/session'

/** `before` is the run of the same program before it. */
export async function showResult(
  session: Session,
  program: vscode.Uri,
  run: RunSummary,
  before: RunSummary | undefined,
): Promise<void> {
  await vscode.commands.executeCommand('costflame.runs.focus')
  // The program is over; the picture needs the room.
  await vscode.commands.executeCommand('workbench.action.closePanel')
  // The picture opens beside the code that is in front, which a window that still restores itself may have changed.
  await vscode.window.showTextDocument(program, { viewColumn: vscode.ViewColumn.One, preview: false })
  await vscode.commands.executeCommand('costflame.openFlameGraph', run.id)
  const isOpen = await revealFinding(session, program, run)
  // Not waited for: whoever called the command without UI cannot press a button.
  if (isOpen) void offerNextStep(run)
  else if (before !== undefined) void offerComparison(savedText(run, before), before, run)
}

/** Puts the cursor where the finding of a run is, so that its quick fix is one key away; false where there is none any more. */
export async function revealFinding(
  session: Session,
  program: vscode.Uri,
  { id }: Pick<RunSummary, 'id'>,
): Promise<boolean> {
  const detail = await session.getDetail(id)
  const location = detail?.findings.find(({ rule }) => rule.startsWith('cache/'))?.location
  const editor = await vscode.window.showTextDocument(program, { viewColumn: vscode.ViewColumn.One })
  if (location === undefined) return false
  const start = new vscode.Position(location.line - 1, location.column - 1)
  editor.selection = new vscode.Selection(start, start)
  editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.InCenter)
  return true
}

/** Findings are looked for in a file when it is opened; one that is slower than this has none, which its quick fix says itself. */
const UNDERLINED_MS = 10_000

/** Resolves when something of ours is underlined in the file. */
export async function underlined(file: vscode.Uri): Promise<void> {
  const isThere = () => vscode.languages.getDiagnostics(file).some(({ source }) => source === 'costflame')
  if (isThere()) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, UNDERLINED_MS)
  const subscription = vscode.languages.onDidChangeDiagnostics(() => {
    if (isThere()) resolve()
  })
  await promise
  clearTimeout(timer)
  subscription.dispose()
}

function savedText({ totals }: RunSummary, before: RunSummary): string {
  const [now, then] = [totals.cost?.picoUsd, before.totals.cost?.picoUsd]
  const cost = totalCostText(totals)
  return now === undefined || then === undefined || now >= then
    ? vscode.l10n.t('The demo cost {0}.', cost)
    : vscode.l10n.t('The demo cost {0}, {1} less than the run before.', cost, formatUsd(then - now))
}

async function offerComparison(saved: string, before: RunSummary, run: RunSummary): Promise<void> {
  const compare = vscode.l10n.t('Compare the Runs')
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('The demo cost {0}', saved),
    compare,
  )
  if (answer === compare) await vscode.commands.executeCommand('costflame.compareRuns', before.id, run.id)
}

async function offerNextStep(run: RunSummary): Promise<void> {
  const fix = vscode.l10n.t('Show Quick Fix')
  const steps = vscode.l10n.t('Next Steps')
  const text = vscode.l10n.t(
    'The demo cost {0} in {1}. One line of it spoils the prompt cache: mend it by its quick fix, and profile the demo again.',
    totalCostText(run.totals),
    formatPlural(run.totals.calls, 'call'),
  )
  const answer = await vscode.window.showInformationMessage(text, fix, steps)
  if (answer === fix) await vscode.commands.executeCommand('costflame.showDemoFix')
  if (answer === steps)
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, true)
}

const WALKTHROUGH = 'costflame.costflame#costflame.start'
