// The rare messages that nobody asked for: the profiler has gone while it was needed.

import * as vscode from 'vscode'
import { plainText } from '../profiler/plain-text'
import type { ProfilerStatus, Session } from '../profiler/session'

/** Says once that a running profiler has ended by itself; a start that fails is said by the command that asked for it. */
export function registerNotifications(session: Session): vscode.Disposable {
  const before = new Map<string, ProfilerStatus['is']>()
  return session.onDidChange(() => {
    for (const { folder, status } of session.allProfilers) {
      if (status.is === 'failed' && before.get(folder) === 'running')
        void tellThatItEnded(session, folder, status.why)
      before.set(folder, status.is)
    }
  })
}

async function tellThatItEnded(session: Session, folder: string, why: string) {
  const startAgain = vscode.l10n.t('Start Again')
  const showLog = vscode.l10n.t('Show Log')
  const text = vscode.l10n.t('Costflame: {0} Programs that run now call their providers directly.', why)
  const answer = await vscode.window.showErrorMessage(plainText(text), startAgain, showLog)
  if (answer === startAgain)
    await vscode.commands.executeCommand('costflame.startProfiler', vscode.Uri.file(folder))
  if (answer === showLog) session.log.show()
}
