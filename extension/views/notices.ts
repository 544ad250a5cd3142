// The rare messages about money that nobody asked for: the day's budget is used up, or a run could cost much less. Each is said once.

import * as vscode from 'vscode'
import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding } from '../../profiler-agent/model/finding'
import type { SpentToday } from '../../profiler-agent/model/line-cost'
import { formatShare } from '../../profiler-agent/model/quantity'
import { plainText } from '../profiler/plain-text'
import type { Session } from '../profiler/session'
import { savingText } from './finding-rows'
import type { NewestAnswer } from './newest-answer'
import { runLabel } from './run-text'
import { spentText, standingOf } from './status-text'
import { worthTelling } from './worth-telling'

/** What was said is known for so many findings and days. */
const REMEMBERED = 500

interface Button {
  readonly title: string
  readonly press: () => Thenable<unknown>
}

export function registerNotices(
  session: Session,
  memento: vscode.Memento,
  spent: NewestAnswer<SpentToday>,
): vscode.Disposable[] {
  const told = new Told(memento)
  // What was recorded before the window opened is no news.
  const live = new Set<string>()
  return [
    spent.onDidChange(() => tellOfDay(spent.value, told)),
    session.onDidChange(() => {
      for (const { id, active } of session.runs) if (active) live.add(id)
      for (const detail of session.details)
        if (live.has(detail.summary.id) && !detail.summary.active) tellOfSaving(detail, told)
    }),
  ]
}

/** What was said in this workspace, also before it was opened again. */
class Told {
  constructor(private readonly memento: vscode.Memento) {}

  /** Whether this is the first time. */
  isNew(what: string): boolean {
    const all = this.memento.get<readonly string[]>('told', [])
    if (all.includes(what)) return false
    void this.memento.update('told', [...all, what].slice(-REMEMBERED))
    return true
  }
}

function tellOfDay(spent: SpentToday | undefined, told: Told) {
  const { t } = vscode.l10n
  if (spent === undefined || !isWanted('budgetNotifications')) return
  const standing = standingOf(spent.picoUsd, spent.allowedUsdPerDay)
  if (standing === 'fine' || !told.isNew(`${spent.day} ${standing}`)) return
  const text = t('Today’s runs have cost {0}.', spentText(spent, vscode.l10n))
  const buttons = [
    button(t('Open Budgets'), 'costflame.openBudgets'),
    button(t('Show Runs'), 'costflame.runs.focus'),
  ]
  const show = standing === 'over' ? vscode.window.showWarningMessage : vscode.window.showInformationMessage
  void say(show, text, buttons, 'budgetNotifications')
}

function tellOfSaving(detail: RunDetail, told: Told) {
  if (!isWanted('savingNotifications')) return
  const found = worthTelling(detail)
  if (found === undefined || !told.isNew(found.finding.id)) return
  const { t } = vscode.l10n
  const { finding, share } = found
  const text = t(
    '{0}: {1} of its cost need not be. {2}',
    runLabel(detail.summary),
    formatShare(share),
    savingSentence(finding),
  )
  const buttons = [
    { title: t('Show'), press: () => reveal(finding, detail.summary.root) },
    button(t('Show Findings'), 'costflame.showFindings', detail.summary.id),
  ]
  void say(vscode.window.showInformationMessage, text, buttons, 'savingNotifications')
}

function savingSentence(finding: Finding): string {
  const title = finding.fix?.title
  const saving = savingText(finding, vscode.l10n) ?? ''
  return title === undefined ? `${finding.rule}: ${saving}.` : `${title}: ${saving}.`
}

function reveal({ location, runId, spanIds }: Finding, root: string | undefined): Thenable<unknown> {
  return location === undefined
    ? vscode.commands.executeCommand('costflame.openFlameGraph', runId, spanIds[0])
    : vscode.commands.executeCommand('costflame.revealPlace', location, root)
}

function button(title: string, command: string, ...args: readonly unknown[]): Button {
  return { title, press: () => vscode.commands.executeCommand(command, ...args) }
}

type Show = (message: string, ...items: Button[]) => Thenable<Button | undefined>

/** With a last button that switches messages of this kind off, in the user's settings. */
async function say(show: Show, text: string, buttons: readonly Button[], setting: string): Promise<void> {
  const never = {
    title: vscode.l10n.t('Don’t Show Again'),
    press: () =>
      vscode.workspace
        .getConfiguration('costflame')
        .update(setting, false, vscode.ConfigurationTarget.Global),
  }
  const pressed = await show(plainText(`Costflame: ${text}`), ...buttons, never)
  await pressed?.press()
}

function isWanted(setting: string): boolean {
  return vscode.workspace.getConfiguration('costflame').get<boolean>(setting, true)
}
