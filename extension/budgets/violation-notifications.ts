// Says once that a limit is violated while the run still goes on, with what can be done about it.

import * as vscode from 'vscode'
import type { Finding } from '../../profiler-agent/model/finding'
import type { Session } from '../profiler/session'
import type { MeasuredLimits } from './measured-limits'
import { offersFor } from './violation-actions'
import { violationsOf } from './violations'

/** A prompt that grows breaks several limits at once: more messages than these would hide the code. */
const MOST_AT_ONCE = 2

export function registerViolationNotifications(
  session: Session,
  measured: MeasuredLimits,
): vscode.Disposable {
  const told = new Set<string>()
  return session.onDidChange(() => {
    const { detail } = session
    if (detail?.summary.active !== true) return
    const fresh = violationsOf(session).filter(({ id, runId }) => !told.has(`${runId} ${id}`))
    for (const { id, runId } of fresh) told.add(`${runId} ${id}`)
    if (!vscode.workspace.getConfiguration('costflame').get<boolean>('budgetNotifications', true)) return
    for (const finding of fresh.slice(0, MOST_AT_ONCE)) void tell(session, measured, finding)
    if (fresh.length > MOST_AT_ONCE) void tellOfMore(fresh.length - MOST_AT_ONCE)
  })
}

async function tell(session: Session, measured: MeasuredLimits, finding: Finding): Promise<void> {
  const offers = offersFor(session, measured, finding)
  const chosen = await vscode.window.showWarningMessage(finding.message, ...offers)
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, ...chosen.arguments)
}

async function tellOfMore(count: number): Promise<void> {
  const show = vscode.l10n.t('Show Problems')
  const text =
    count === 1
      ? vscode.l10n.t('One more limit is exceeded in this run.')
      : vscode.l10n.t('{0} more limits are exceeded in this run.', count)
  if ((await vscode.window.showWarningMessage(text, show)) === show)
    await vscode.commands.executeCommand('workbench.actions.view.problems')
}
