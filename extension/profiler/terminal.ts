// Terminals whose commands are profiled: they get the environment that points programs at the profiler.

import * as vscode from 'vscode'
import { present } from '../../profiler-agent/model/present'
import { registerCommand } from './commands'
import { profiledVariables, terminalSettings } from './environment'
import type { Session } from './session'

/** Registers `costflame.newProfiledTerminal(uri?)`, whose terminal is of the folder of a file or folder, else of the active one. */
export function registerTerminalCommands(session: Session): vscode.Disposable {
  return registerCommand(session, 'newProfiledTerminal', async (uri) => {
    const folder = uri instanceof vscode.Uri ? session.folderFor(uri) : undefined
    const terminal = await createProfiledTerminal(session, folder ?? session.folder)
    terminal.show()
    return terminal
  })
}

/** A new terminal, not shown yet. Each command typed there that makes calls is one run. */
export async function createProfiledTerminal(
  session: Session,
  folder: string | undefined,
): Promise<vscode.Terminal> {
  const env = await profiledVariables(session, {
    environment: { ...process.env, ...terminalSettings() },
    folder: folder === undefined ? undefined : vscode.Uri.file(folder),
  })
  return vscode.window.createTerminal({
    name: 'Costflame',
    iconPath: new vscode.ThemeIcon('flame'),
    message: vscode.l10n.t(
      'Commands in this terminal are profiled: each one that calls a model is a run in the Costflame view.',
    ),
    env,
    ...present({ cwd: folder }),
    // After a reload the variables would point at a profiler that has gone.
    isTransient: true,
  })
}
