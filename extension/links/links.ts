// Opens what `vscode://costflame.costflame/…` links point at, and gives out such links. They reveal; nothing else can be asked of them.

import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import * as vscode from 'vscode'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { type LinkTarget, linkTarget, linkToLine, linkToRun } from './link-target'

/** Registers the handler of links and `costflame.copyLink(run?)`: to a run, or without one to the line of the active editor. */
export function registerLinks(session: Session): vscode.Disposable[] {
  return [
    vscode.window.registerUriHandler({
      handleUri: async (uri) => {
        try {
          await reveal(session, linkTarget(uri))
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error)
          session.log.info(`link ${uri.path}: ${why}`)
          void vscode.window.showWarningMessage(why)
        }
      },
    }),
    registerCommand(session, 'copyLink', async (run) => {
      const link = linkOf(run)
      await vscode.env.clipboard.writeText(link)
      return link
    }),
  ]
}

async function reveal(session: Session, target: LinkTarget | undefined): Promise<void> {
  if (target === undefined)
    throw new Error(
      vscode.l10n.t(
        'Costflame does not open this link: links only show a run, a span or a line of an open folder.',
      ),
    )
  if (target.reveal === 'line') return revealLine(target)
  // The run may be one of any folder.
  await Promise.all([session.start(), session.startWhereRecorded()])
  const { runId } = target
  const run = runId === 'latest' ? session.currentRun : session.runs.find(({ id }) => id === runId)
  if (run === undefined && (runId === 'latest' || (await session.getDetail(runId)) === undefined))
    throw new Error(vscode.l10n.t('The run {0} is not recorded in the folders of this window.', runId))
  await vscode.commands.executeCommand('costflame.openFlameGraph', run?.id ?? runId, target.spanId)
}

/** Shows the line in the first open folder that has the file; a link out of the folder does not count as in it. */
async function revealLine({ path, ...place }: Extract<LinkTarget, { reveal: 'line' }>): Promise<void> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme !== 'file' || !(await isInside(uri.fsPath, join(uri.fsPath, path)))) continue
    await vscode.commands.executeCommand('costflame.revealPlace', { ...place, file: path }, uri.fsPath)
    return
  }
  throw new Error(vscode.l10n.t('There is no file {0} in the folders of this window.', path))
}

async function isInside(folder: string, file: string): Promise<boolean> {
  try {
    const way = relative(await realpath(folder), await realpath(file))
    return way !== '' && !way.startsWith('..') && !isAbsolute(way)
  } catch {
    // Not there; the next folder may have it.
    return false
  }
}

/** Of a run: its id, or a row of the runs tree. */
function linkOf(argument: unknown): string {
  const { uriScheme } = vscode.env
  const runId = runIdOf(argument)
  if (runId !== undefined) return linkToRun(uriScheme, runId)
  const editor = vscode.window.activeTextEditor
  const folder = editor && vscode.workspace.getWorkspaceFolder(editor.document.uri)
  if (editor === undefined || folder === undefined)
    throw new Error(vscode.l10n.t('Open a file of this folder first: the link leads to its line.'))
  const path = relative(folder.uri.fsPath, editor.document.uri.fsPath).replaceAll('\\', '/')
  return linkToLine(uriScheme, path, editor.selection.active.line + 1)
}

function runIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument
  if (typeof argument !== 'object' || argument === null || !('run' in argument)) return undefined
  const { run } = argument
  return typeof run === 'object' && run !== null && 'id' in run ? String(run.id) : undefined
}
