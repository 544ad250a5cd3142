// Brings recorded traffic in as runs: files and folders go to `costflame import`, and what it made of them is shown.

import { isAbsolute, join } from 'node:path'
import * as vscode from 'vscode'
import { outputOf } from '../profiler/command-line'
import { registerCommand } from '../profiler/commands'
import { dataFolder } from '../profiler/data-folder'
import { plainText } from '../profiler/plain-text'
import type { Session } from '../profiler/session'

/** What the command line says of an import, as far as it is used here. */
interface Imported {
  readonly runs: readonly { readonly id: string }[]
  readonly passedOver: readonly { readonly file: string; readonly reason: string }[]
}

interface ImportRequest {
  readonly paths: readonly string[]
  readonly format: string
  readonly at?: string | undefined
}

/**
 * Registers `costflame.importTraffic`, which takes a path or URI, several of them, or `{paths, format?, at?}`, as the command line
 * does; without any it asks. Resolves with the ids of the runs; `undefined` if the user gave up.
 */
export function registerImportTraffic(session: Session): vscode.Disposable {
  return registerCommand(session, 'importTraffic', async (argument, selected) => {
    const { folder } = session
    if (folder === undefined)
      throw new Error(vscode.l10n.t('Open a folder first: imported runs are kept in its .costflame folder.'))
    const request = requestOf(argument, selected, folder) ?? (await askForFiles(folder))
    if (request === undefined) return undefined
    const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Costflame: importing') }
    return vscode.window.withProgress(options, () => importFrom(session, folder, request))
  })
}

async function importFrom(session: Session, folder: string, { paths, format, at }: ImportRequest) {
  const flags = [
    '--format',
    format,
    ...(at === undefined ? [] : ['--at', at]),
    '--data',
    dataFolder(folder),
    '--json',
  ]
  // Where nothing comes of it, it says why and the command fails with that.
  const { runs, passedOver }: Imported = JSON.parse(await outputOf(session, ['import', ...paths, ...flags]))
  for (const { file, reason } of passedOver) session.log.warn(`import: passed over ${file}: ${reason}`)
  // The profiler notices by itself that another process has written.
  await session.start(folder)
  void tell(session, runs, passedOver.length)
  return runs.map(({ id }) => id)
}

async function tell(session: Session, runs: Imported['runs'], passedOver: number): Promise<void> {
  const { t } = vscode.l10n
  const [only] = runs
  const count = runs.length === 1 ? t('1 run was imported.') : t('{0} runs were imported.', runs.length)
  const others = passedOver === 0 ? '' : ` ${t('Files that were passed over: {0}, see the log.', passedOver)}`
  const open = t('Open Flame Graph')
  const showLog = t('Show Log')
  const buttons = [...(runs.length === 1 ? [open] : []), ...(passedOver === 0 ? [] : [showLog])]
  const chosen = await vscode.window.showInformationMessage(plainText(`${count}${others}`), ...buttons)
  if (chosen === open) await vscode.commands.executeCommand('costflame.openFlameGraph', only?.id)
  if (chosen === showLog) session.log.show()
}

/** The Explorer hands over the file that was clicked, and all that are selected. */
function requestOf(argument: unknown, selected: unknown, folder: string): ImportRequest | undefined {
  if (argument === undefined) return undefined
  if (isRecord(argument) && 'paths' in argument) {
    const { paths, format, at } = argument
    return {
      paths: pathsOf(paths, folder),
      format: typeof format === 'string' ? format : 'auto',
      at: typeof at === 'string' ? at : undefined,
    }
  }
  const isMany = Array.isArray(selected) && selected.length > 0
  return { paths: pathsOf(isMany ? selected : argument, folder), format: 'auto' }
}

function pathsOf(given: unknown, folder: string): string[] {
  const all: readonly unknown[] = Array.isArray(given) ? given : [given]
  return all.map((each) => {
    if (each instanceof vscode.Uri) return each.fsPath
    if (typeof each !== 'string')
      throw new Error(vscode.l10n.t('What is imported is a path of a file or a folder.'))
    return isAbsolute(each) ? each : join(folder, each)
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof vscode.Uri)
  )
}

/** Most systems have no dialog that picks both. */
async function askForFiles(folder: string): Promise<ImportRequest | undefined> {
  const { t } = vscode.l10n
  const files = {
    label: t('Files…'),
    iconPath: new vscode.ThemeIcon('files'),
    detail: t('Recorded exchanges, one run for each file'),
  }
  const all = {
    label: t('A Folder…'),
    iconPath: new vscode.ThemeIcon('folder'),
    detail: t('All .json files in it and below'),
  }
  const chosen = await vscode.window.showQuickPick([files, all], { title: t('What is to be imported?') })
  if (chosen === undefined) return undefined
  const uris = await vscode.window.showOpenDialog({
    defaultUri: vscode.Uri.file(folder),
    canSelectFiles: chosen === files,
    canSelectFolders: chosen === all,
    canSelectMany: true,
    openLabel: t('Import'),
    ...(chosen === files ? { filters: { JSON: ['json'], [t('All Files')]: ['*'] } } : {}),
  })
  return uris === undefined ? undefined : { paths: uris.map(({ fsPath }) => fsPath), format: 'auto' }
}
