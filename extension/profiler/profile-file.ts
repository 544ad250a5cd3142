// `costflame.profileCurrentFile`: runs the file of an editor in a profiled terminal, or says in a sentence why that cannot be.

import { execFile } from 'node:child_process'
import { isAbsolute, relative } from 'node:path'
import * as vscode from 'vscode'
import { registerCommand } from './commands'
import { terminalSettings } from './environment'
import { type FileProgram, isInstalledFor, programFor, pythonOf, quotedPath } from './file-program'
import type { Session } from './session'
import { createProfiledTerminal } from './terminal'

/** `node --version` takes some ten milliseconds; one that is silent for long is no help. */
const VERSION_LIMIT_MS = 5_000

/** Registers the command; it takes the uri of a file, else that of the active editor, and resolves with the terminal. */
export function registerProfileFile(session: Session): vscode.Disposable {
  return registerCommand(session, 'profileCurrentFile', async (argument) => {
    const uri = await savedFile(argument)
    const folder = session.folderFor(uri) ?? session.folder
    const found = programFor(uri.fsPath, {
      nodeVersion: isTypeScript(uri) ? await nodeVersion(folder) : undefined,
      hasTsx: isInstalledFor(uri.fsPath, 'tsx'),
      python: pythonOf(folder ?? ''),
    })
    if ('problem' in found) throw new Error(problemText(found, uri))
    const terminal = await createProfiledTerminal(session, folder)
    terminal.show()
    terminal.sendText(`${found.program} ${quotedPath(pathIn(folder, uri.fsPath))}`)
    return terminal
  })
}

/** The file on disk as the editor shows it. */
async function savedFile(argument: unknown): Promise<vscode.Uri> {
  const uri = argument instanceof vscode.Uri ? argument : activeUri()
  if (uri === undefined)
    throw new Error(
      vscode.l10n.t('Open the program to profile first: there is no file in the active editor.'),
    )
  if (uri.scheme === 'vscode-notebook-cell' || uri.path.endsWith('.ipynb'))
    throw new Error(
      vscode.l10n.t(
        'A notebook is run by its kernel: start Jupyter in a profiled terminal and connect to that, or put the variables of "Copy Environment" into the kernel.',
      ),
    )
  if (uri.scheme === 'untitled')
    throw new Error(vscode.l10n.t('Save this program first: it is run from the disk.'))
  if (uri.scheme !== 'file')
    throw new Error(vscode.l10n.t('{0} is not on this disk, so it cannot be run here.', uri.path))
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString())
  if (document?.isDirty && !(await document.save()))
    throw new Error(vscode.l10n.t('{0} could not be saved, and what is on the disk is older.', uri.fsPath))
  return uri
}

function activeUri(): vscode.Uri | undefined {
  return vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri
}

function isTypeScript({ path }: vscode.Uri): boolean {
  return /\.[mc]?ts$/i.test(path)
}

/** As a terminal of the folder finds it; `undefined` where there is none. */
function nodeVersion(folder: string | undefined): Promise<string | undefined> {
  const env = { ...process.env, ...terminalSettings() }
  return new Promise((resolve) => {
    execFile('node', ['--version'], { cwd: folder, env, timeout: VERSION_LIMIT_MS }, (error, stdout) =>
      // The terminal says what it could not find.
      resolve(error === null ? stdout.trim() : undefined),
    )
  })
}

function problemText({ problem }: Extract<FileProgram, { problem: string }>, uri: vscode.Uri): string {
  switch (problem) {
    case 'old-node':
      return vscode.l10n.t(
        'The Node of this folder does not run TypeScript. Install tsx (npm install --save-dev tsx), or Node 22.18 or newer.',
      )
    case 'jsx':
      return vscode.l10n.t(
        'Node does not run JSX. Install tsx (npm install --save-dev tsx), or run the program in a profiled terminal.',
      )
    default:
      return vscode.l10n.t(
        'Costflame does not know how to run {0}. Run it in a profiled terminal.',
        uri.fsPath,
      )
  }
}

/** Short where the terminal is in the folder that it lies in. */
function pathIn(folder: string | undefined, file: string): string {
  const path = relative(folder ?? '', file)
  return folder === undefined || path.startsWith('..') || isAbsolute(path) ? file : path
}
