// Stops a run: from then on the profiler that its calls go through refuses them.

import * as vscode from 'vscode'
import { registerCommand } from './commands'
import { dataFolder, liveProfilers } from './data-folder'
import { plainText } from './plain-text'
import type { Session } from './session'

/** Registers `costflame.stopRun(run?)`, which takes an id or a node of the runs tree and resolves with whether calls are refused now. */
export function registerStopRun(session: Session): vscode.Disposable {
  return registerCommand(session, 'stopRun', async (argument) => {
    const run = session.runs.find(({ id }) => id === idOf(argument)) ?? activeRun(session, argument)
    if (run === undefined) throw new Error(vscode.l10n.t('No run goes on that could be stopped.'))
    const isStopped = await stopRun(session, run.id)
    const said = isStopped
      ? vscode.l10n.t('{0} is stopped: its next model call is refused.', run.name)
      : vscode.l10n.t('No profiler that runs now has calls of {0}.', run.name)
    // Not waited for: nobody has to press a button.
    void vscode.window.showInformationMessage(plainText(said))
    return isStopped
  })
}

function idOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument
  if (typeof argument !== 'object' || argument === null || !('run' in argument)) return undefined
  const { run } = argument
  return typeof run === 'object' && run !== null && 'id' in run ? String(run.id) : undefined
}

/** Without an argument: the newest run that goes on. */
function activeRun(session: Session, argument: unknown) {
  return argument === undefined ? session.runs.find(({ active }) => active) : undefined
}

/** `costflame run` has a profiler of its own: where ours does not know the run, the others of the folder are asked. */
async function stopRun(session: Session, runId: string): Promise<boolean> {
  if ((await session.ask<'stopRun'>({ ask: 'stopRun', runId })).stopped) return true
  const folder = session.folderOfRun(runId) ?? session.folder
  if (folder === undefined) return false
  const own = session.allProfilers.flatMap(({ status }) =>
    status.is === 'running' ? [status.ready.pid] : [],
  )
  const others = (await liveProfilers(dataFolder(folder))).filter(({ pid }) => !own.includes(pid))
  const { FeedClient } = await import('./feed-client')
  const nobodyListens = { runs: () => undefined, closed: () => undefined }
  for (const ready of others) {
    // One that has gone meanwhile has no calls to refuse.
    const client = await FeedClient.connect(ready, nobodyListens).catch(() => undefined)
    const answer = await client?.ask<'stopRun'>({ ask: 'stopRun', runId }).catch(() => undefined)
    client?.close()
    if (answer?.stopped === true) return true
  }
  return false
}
