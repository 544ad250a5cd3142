// The item in the status bar: what the newest run and the day cost, and whether a profiler listens. A click opens the menu.

import * as vscode from 'vscode'
import type { SpentToday } from '../../profiler-agent/model/line-cost'
import { localDay } from '../../profiler-agent/model/local-day'
import { formatUsd, picoOfUsd } from '../../profiler-agent/model/money'
import { markdownText } from '../markdown-text'
import type { Session } from '../profiler/session'
import type { NewestAnswer } from './newest-answer'
import { runTooltip } from './run-text'
import {
  STATUS_PARTS,
  type Standing,
  type StatusPart,
  spentText,
  statusText,
  worstStanding,
} from './status-text'

const MINUTE_MS = 60_000

export function registerStatusBar(session: Session, spent: NewestAnswer<SpentToday>): vscode.Disposable[] {
  const item = vscode.window.createStatusBarItem('costflame.status', vscode.StatusBarAlignment.Left, 10)
  item.name = 'Costflame'
  item.command = 'costflame.showMenu'
  const refresh = () => refreshItem(item, session, ofToday(spent.value))
  const everyMinute = setInterval(() => {
    if (spent.value !== ofToday(spent.value)) spent.askSoon(true)
  }, MINUTE_MS)
  refresh()
  return [
    item,
    { dispose: () => clearInterval(everyMinute) },
    session.onDidChange(refresh),
    spent.onDidChange(refresh),
    vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('costflame.statusBar')) refresh()
    }),
  ]
}

/** What yesterday has cost is not said of today. */
function ofToday(spent: SpentToday | undefined): SpentToday | undefined {
  return spent?.day === localDay(Date.now()) ? spent : undefined
}

/** Runs change ten times a second: the workbench is only told of what differs. */
function refreshItem(item: vscode.StatusBarItem, session: Session, spent: SpentToday | undefined) {
  if (session.folder === undefined) return item.hide()
  const { text, tooltip, background } = contentOf(session, spent)
  if (item.text !== text) item.text = text
  if (item.tooltip instanceof vscode.MarkdownString && item.tooltip.value === tooltip) return item.show()
  item.tooltip = new vscode.MarkdownString(tooltip)
  item.accessibilityInformation = {
    label: `Costflame ${text.replaceAll(/\$\([^)]*\)\s*/g, '')}`,
    role: 'button',
  }
  item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background)
  item.show()
}

interface Content {
  readonly text: string
  /** Markdown. */
  readonly tooltip: string
  /** Id of a colour. */
  readonly background?: string | undefined
}

const BACKGROUNDS: Readonly<Record<Standing, string | undefined>> = {
  over: 'statusBarItem.errorBackground',
  near: 'statusBarItem.warningBackground',
  fine: undefined,
}

function contentOf({ profiler, currentRun, folder }: Session, spent: SpentToday | undefined): Content {
  const state = stateText(profiler)
  if (profiler.is === 'failed') {
    const tooltip = `${state}\n\n${markdownText(profiler.why)}`
    return { text: `$(flame) ${vscode.l10n.t('failed')}`, tooltip, background: BACKGROUNDS.over }
  }
  if (profiler.is === 'starting') return { text: '$(loading~spin) Costflame', tooltip: state }
  const text = statusText(wantedParts(folder), currentRun, spent, vscode.l10n)
  const parts = [
    currentRun && currentRun.totals.attempts > 0 ? runTooltip(currentRun, vscode.l10n) : undefined,
    spent && spent.calls > 0 ? dayLines(spent) : undefined,
    state,
  ]
  return {
    text: `$(flame) ${text === '' ? 'Costflame' : text}`,
    tooltip: parts.filter((part) => part !== undefined).join('\n\n'),
    background: BACKGROUNDS[worstStanding(currentRun, spent)],
  }
}

function wantedParts(folder: string | undefined): StatusPart[] {
  const uri = folder === undefined ? undefined : vscode.Uri.file(folder)
  const wanted = vscode.workspace.getConfiguration('costflame', uri).get<unknown>('statusBar.parts')
  const names: readonly unknown[] = Array.isArray(wanted) ? wanted : ['run', 'today']
  return names.flatMap((name) => STATUS_PARTS.find((part) => part === name) ?? [])
}

function dayLines(spent: SpentToday): string {
  const { t } = vscode.l10n
  const perRun = spent.allowedUsdPerRun
  const today = t('Today: {0}', spentText(spent, vscode.l10n))
  const allowed = perRun === undefined ? '' : ` · ${t('a run at most {0}', formatUsd(picoOfUsd(perRun)))}`
  return `**${markdownText(`${today}${allowed}`)}**`
}

/** Markdown. */
function stateText(profiler: Session['profiler']): string {
  const { t } = vscode.l10n
  switch (profiler.is) {
    case 'running':
      return profiler.isOurs
        ? t('Costflame: the profiler is listening')
        : t('Costflame: a profiler is listening that was started elsewhere (process {0})', profiler.ready.pid)
    case 'starting':
      return t('Costflame: the profiler is starting')
    case 'failed':
      return t('Costflame: the profiler has failed')
    default:
      return t('Costflame: the profiler is not running')
  }
}
