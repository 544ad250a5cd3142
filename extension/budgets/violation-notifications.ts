// Says once that a limit is violated in a run that goes on, with what can be done about it.

import * as vscode from 'vscode'
import type { Finding } from '../../profiler-agent/model/finding'
import { plainText } from '../profiler/plain-text'
import type { Session } from '../profiler/session'
import type { MeasuredLimits } from './measured-limits'
import { offersFor } from './violation-actions'
import { excessOf, isOver, violationsOf } from './violations'

export function registerViolationNotifications(
  session: Session,
  measured: MeasuredLimits,
): vscode.Disposable {
  const told = new Set<string>()
  // A short run may be over before its findings come: what was seen going on counts as live.
  const live = new Set<string>()
  return session.onDidChange(() => {
    for (const { id, active } of session.runs) if (active) live.add(id)
    const fresh = violationsOf(session).filter(
      (finding) => isOver(finding) && live.has(finding.runId) && !told.has(`${finding.runId} ${finding.id}`),
    )
    for (const { id, runId } of fresh) told.add(`${runId} ${id}`)
    if (!vscode.workspace.getConfiguration('costflame').get<boolean>('budgetNotifications', true)) return
    // One change of a program often breaks several limits at once: that is one message, about the worst.
    const [worst, ...others] = fresh.sort((left, right) => excessOf(right) - excessOf(left))
    if (worst !== undefined) void tell(session, measured, worst, others.length)
  })
}

async function tell(
  session: Session,
  measured: MeasuredLimits,
  finding: Finding,
  others: number,
): Promise<void> {
  const offers = offersFor(session, measured, finding)
  const buttons = offers.map(({ short, ...offer }) => ({ ...offer, title: short }))
  const text = [firstSentence(finding.message), othersText(others)].filter((part) => part !== '').join(' ')
  const never = vscode.l10n.t('Don’t Show Again')
  const chosen = await vscode.window.showWarningMessage<Button>(plainText(text), ...buttons, { title: never })
  if (chosen?.command !== undefined)
    await vscode.commands.executeCommand(chosen.command, ...(chosen.arguments ?? []))
  else if (chosen !== undefined)
    await vscode.workspace
      .getConfiguration('costflame')
      .update('budgetNotifications', false, vscode.ConfigurationTarget.Global)
}

interface Button extends vscode.MessageItem {
  readonly command?: string
  readonly arguments?: readonly unknown[]
}

/** The rest is in Problems: a message is read in passing. */
function firstSentence(message: string): string {
  return /^.*?[.](?=\s|$)/.exec(message)?.[0] ?? message
}

function othersText(count: number): string {
  const { t } = vscode.l10n
  if (count === 0) return ''
  return count === 1
    ? t('One more limit is exceeded, see Problems.')
    : t('{0} more limits are exceeded, see Problems.', count)
}
