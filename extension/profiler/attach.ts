// `costflame.attachProfiler`: shows what a profiler records that was started elsewhere, such as `costflame serve` in a terminal.

import { execFile } from 'node:child_process'
import * as vscode from 'vscode'
import type { ReadyLine } from '../../profiler-agent/feed/protocol'
import { registerCommand } from './commands'
import { dataFolder, liveProfilers } from './data-folder'
import { type ProfilerOrigin, profilerOrigin } from './profiler-origin'
import type { Session } from './session'

/** Registers the command; it takes a process id, else asks where there are several, and resolves with that of the chosen one. */
export function registerAttach(session: Session): vscode.Disposable {
  return registerCommand(session, 'attachProfiler', async (pid) => {
    const { folder } = session
    if (folder === undefined) throw new Error(vscode.l10n.t('Open a folder first.'))
    const live = await liveProfilers(dataFolder(folder))
    const chosen = await choose(session, live, pid)
    if (chosen === undefined) return undefined
    await session.attach(folder, chosen)
    return chosen.pid
  })
}

async function choose(
  session: Session,
  live: readonly ReadyLine[],
  pid: unknown,
): Promise<ReadyLine | undefined> {
  const [first, ...others] = pid === undefined ? live : live.filter((each) => each.pid === pid)
  if (first === undefined)
    throw new Error(
      vscode.l10n.t(
        'No such profiler works in this folder. Start one with `costflame serve` in a terminal, or with "Start Profiler".',
      ),
    )
  if (others.length === 0) return first
  const items = await Promise.all(live.map((ready) => itemOf(session, ready)))
  const title = vscode.l10n.t('Several profilers work in this folder. Which one is to be shown?')
  return (await vscode.window.showQuickPick(items, { title }))?.ready
}

async function itemOf({ profiler }: Session, ready: ReadyLine) {
  const isShown = profiler.is === 'running' && profiler.ready.pid === ready.pid
  const origin = originText(profilerOrigin(await commandsOf(ready.pid)))
  return {
    ready,
    label: isShown ? vscode.l10n.t('{0} (shown now)', origin) : origin,
    description: vscode.l10n.t('process {0}, version {1}, {2}', ready.pid, ready.version, ready.proxy),
  }
}

function originText(origin: ProfilerOrigin): string {
  switch (origin) {
    case 'run':
      return vscode.l10n.t('Of a `costflame run`')
    case 'editor':
      return vscode.l10n.t('Of a VS Code window')
    case 'serve':
      return vscode.l10n.t('Of `costflame serve` in a terminal')
    default:
      return vscode.l10n.t('Of another program')
  }
}

/** How a process and the one that started it were called; empty where the system does not tell. */
async function commandsOf(pid: number): Promise<readonly string[]> {
  const own = await processTable('ppid=,args=', pid)
  const [, parent, command] = /^\s*(\d+)\s+(.*)$/.exec(own) ?? []
  if (parent === undefined || command === undefined) return []
  return [command, await processTable('args=', Number(parent))]
}

function processTable(columns: string, pid: number): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', columns, '-p', String(pid)], (error, stdout) =>
      // Where there is no such program it is the profiler of "another program".
      resolve(error === null ? stdout.trim() : ''),
    )
  })
}
