// Commands on recorded runs: export one to a file, delete them all.

import { isAbsolute, join } from 'node:path'
import * as vscode from 'vscode'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { idsOfRuns } from './row-commands'

type ExportFormat = 'json' | 'html'

interface ExportRequest {
  readonly runId: string
  readonly format: ExportFormat
  /** Absent: the user is asked. */
  readonly path?: string
}

export function registerRunCommands(session: Session): vscode.Disposable[] {
  return [
    registerCommand(session, 'exportRun', (argument) => exportRun(session, argument)),
    registerCommand(session, 'clearRuns', async () => {
      const deleted = await clearRuns(session)
      await forgetDeleted()
      return deleted
    }),
    registerCommand(session, 'deleteRuns', (row, selected) => deleteRuns(session, row, selected)),
  ]
}

/** Takes `{run?, format?, path?}`, or the node of the tree that was clicked; gives the path of the file, `undefined` if the user gave up. */
async function exportRun(session: Session, argument: unknown): Promise<string | undefined> {
  await session.start()
  const request = readRequest(session, argument)
  const target =
    request.path === undefined ? await askForTarget(session, request) : targetOf(session, request.path)
  if (target === undefined) return undefined
  const format = target.fsPath.endsWith('.html') ? 'html' : request.format
  await vscode.workspace.fs.writeFile(
    target,
    new TextEncoder().encode(await exported(session, request.runId, format)),
  )
  if (request.path === undefined) void offerToOpen(target)
  return target.fsPath
}

function readRequest(session: Session, argument: unknown): ExportRequest {
  const given = typeof argument === 'object' && argument !== null ? (argument as Record<string, unknown>) : {}
  const clicked = given.is === 'run' ? (given.run as { id: string }).id : given.run
  const runId = typeof clicked === 'string' && clicked !== 'latest' ? clicked : session.currentRun?.id
  if (runId === undefined)
    throw new Error(vscode.l10n.t('There is no run to export yet. Profile a program first.'))
  if (given.format !== undefined && given.format !== 'json' && given.format !== 'html')
    throw new Error(
      vscode.l10n.t('Runs are exported here as "json" or "html", not as "{0}".', String(given.format)),
    )
  return {
    runId,
    format: given.format ?? 'json',
    ...(typeof given.path === 'string' ? { path: given.path } : {}),
  }
}

function targetOf(session: Session, path: string): vscode.Uri {
  return vscode.Uri.file(isAbsolute(path) ? path : join(session.folder ?? '', path))
}

async function askForTarget(
  session: Session,
  { runId, format }: ExportRequest,
): Promise<vscode.Uri | undefined> {
  const run = session.runs.find(({ id }) => id === runId)
  const name = (run?.name ?? runId).replace(/[^\w.-]+/g, '-')
  const types = { 'Costflame run': ['costflame.json'], 'HTML page': ['html'] }
  return vscode.window.showSaveDialog({
    defaultUri: targetOf(session, `${name}.${format === 'html' ? 'html' : 'costflame.json'}`),
    filters: types,
  })
}

async function exported(session: Session, runId: string, format: ExportFormat): Promise<string> {
  if (format === 'html') {
    const { html } = await session.ask<'html'>({ ask: 'html', runId })
    if (html !== null) return html
  } else {
    const run = await session.getRun(runId)
    const { encodeRunFile } = await import('../../profiler-agent/formats/json')
    if (run !== undefined) return encodeRunFile([run])
  }
  throw new Error(vscode.l10n.t('There is no run {0} any more.', runId))
}

async function offerToOpen(target: vscode.Uri) {
  const open = vscode.l10n.t('Open')
  const answer = await vscode.window.showInformationMessage(vscode.l10n.t('Saved {0}.', target.fsPath), open)
  if (answer !== open) return
  if (target.fsPath.endsWith('.html')) await vscode.env.openExternal(target)
  else await vscode.commands.executeCommand('vscode.open', target)
}

/** Takes ids, or the rows that were clicked, and asks about those first; gives the number of deleted runs. One that goes on stays. */
async function deleteRuns(session: Session, row: unknown, selected: unknown): Promise<number> {
  const ids = idsOfRuns(row, selected)
  const isClicked = typeof row === 'object' && !Array.isArray(row)
  if (ids.length === 0 || (isClicked && !(await isDeletionWanted(ids.length)))) return 0
  const deleted = await session.deleteRuns(ids)
  await forgetDeleted()
  return deleted
}

/** What the views have asked for and no profiler tells them of. */
async function forgetDeleted(): Promise<void> {
  await vscode.commands.executeCommand('costflame.refreshRuns')
  await vscode.commands.executeCommand('costflame.showNewestFindings')
}

async function isDeletionWanted(count: number): Promise<boolean> {
  const { t } = vscode.l10n
  const text = count === 1 ? t('Delete this run?') : t('Delete {0} runs?', count)
  const yes = t('Delete')
  const detail = t('What was recorded of it is gone for good.')
  return (await vscode.window.showWarningMessage(text, { modal: true, detail }, yes)) === yes
}

/** Deletes all runs that have ended; gives their number. The profiler lists only the newest, so what was below them comes up next. */
async function clearRuns(session: Session): Promise<number> {
  await session.start()
  let total = 0
  for (;;) {
    const runIds = session.runs.filter((run) => !run.active).map((run) => run.id)
    if (runIds.length === 0) return total
    const listChanged = nextChange(session, runIds)
    const deleted = await session.deleteRuns(runIds)
    total += deleted
    if (deleted === 0) return total
    await listChanged
  }
}

/** A profiler that dies in the middle tells nobody of the change; the list is right again when it is back. */
const LIST_LIMIT_MS = 3000

/** Resolves when none of these runs is listed any more. */
function nextChange(session: Session, runIds: readonly string[]): Promise<void> {
  const gone = new Set(runIds)
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(limit)
      subscription.dispose()
      resolve()
    }
    const subscription = session.onDidChangeRuns((runs) => {
      if (!runs.some((run) => gone.has(run.id))) done()
    })
    const limit = setTimeout(done, LIST_LIMIT_MS)
  })
}
