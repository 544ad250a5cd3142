// Registers commands so that what goes wrong is said once, in a sentence, with the way to the log.

import * as vscode from 'vscode'
import { plainText } from './plain-text'
import type { Session } from './session'

/** Registers a command under `costflame.`; a failure is shown as a message and answered with `undefined`. */
export function registerCommand(
  session: Session,
  name: string,
  run: (...args: readonly unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(`costflame.${name}`, async (...args: unknown[]) => {
    try {
      return await run(...args)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      session.log.error(`${name}: ${why}`)
      // Not waited for: a test or a task that calls the command cannot press a button.
      void showFailure(session, why)
      return undefined
    }
  })
}

async function showFailure(session: Session, why: string) {
  const showLog = vscode.l10n.t('Show Log')
  if ((await vscode.window.showErrorMessage(plainText(why), showLog)) === showLog) session.log.show()
}

/** Commands that start the profiler of a folder (of a file in it, else the active one), and stop all of the window. */
export function registerProfilerCommands(session: Session): vscode.Disposable[] {
  return [
    registerCommand(session, 'startProfiler', async (uri) => {
      await session.start(uri instanceof vscode.Uri ? session.folderFor(uri) : undefined)
    }),
    registerCommand(session, 'stopProfiler', async () => {
      const wasAttached = session.profiler.is === 'running' && !session.profiler.isOurs
      await session.stop()
      if (wasAttached)
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Disconnected. The profiler goes on: it was started outside this window.'),
        )
    }),
  ]
}
