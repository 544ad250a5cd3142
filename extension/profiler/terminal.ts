// Terminals whose commands are profiled: they get the environment that points programs at the profiler.

import { extname } from 'node:path'
import * as vscode from 'vscode'
import { registerCommand } from './commands'
import { profiledVariables, terminalSettings } from './environment'
import type { Session } from './session'

export function registerTerminalCommands(session: Session): vscode.Disposable[] {
  return [
    registerCommand(session, 'newProfiledTerminal', async () => {
      const terminal = await createProfiledTerminal(session)
      terminal.show()
      return terminal
    }),
    registerCommand(session, 'profileCurrentFile', (uri) => profileFile(session, uri)),
  ]
}

/** A new terminal, not shown yet. Each command typed there that makes calls is one run. */
async function createProfiledTerminal(session: Session): Promise<vscode.Terminal> {
  const env = await profiledVariables(session, { environment: { ...process.env, ...terminalSettings() } })
  return vscode.window.createTerminal({
    name: 'Costflame',
    iconPath: new vscode.ThemeIcon('flame'),
    message: vscode.l10n.t(
      'Commands in this terminal are profiled: each one that calls a model is a run in the Costflame view.',
    ),
    env,
    // After a reload the variables would point at a profiler that has gone.
    isTransient: true,
  })
}

async function profileFile(session: Session, argument: unknown) {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri
  if (uri === undefined || uri.scheme !== 'file')
    throw new Error(
      vscode.l10n.t('Open the program to profile first: there is no file in the active editor.'),
    )
  const program = programFor(uri.fsPath)
  if (program === undefined)
    throw new Error(
      vscode.l10n.t('Costflame does not know how to run {0}. Run it in a profiled terminal.', uri.fsPath),
    )
  const terminal = await createProfiledTerminal(session)
  terminal.show()
  terminal.sendText(`${program} ${quoted(uri.fsPath)}`)
  return terminal
}

function programFor(file: string): string | undefined {
  const extension = extname(file).toLowerCase()
  if (['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'].includes(extension)) return 'node'
  if (extension === '.py') return process.platform === 'win32' ? 'py' : 'python3'
  return undefined
}

/** In single quotes nothing is expanded, in POSIX shells and in PowerShell alike. */
function quoted(path: string): string {
  if (/^[\w./:@%+,-]+$/.test(path)) return path
  return process.platform === 'win32'
    ? `'${path.replaceAll("'", "''")}'`
    : `'${path.replaceAll("'", `'\\''`)}'`
}
