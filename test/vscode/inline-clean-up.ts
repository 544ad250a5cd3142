// Leaves the workspace of the extension host as it was: other tests begin where nothing is recorded and no profiler runs.
import { rmSync } from 'node:fs'
import * as vscode from 'vscode'
import type { CostflameApi } from '../../extension/extension'
import { until } from '../support/until'
import { liveProfilers, runsWhen, workspacePath } from './recorded-call'

/** Where calls go up, by provider; nothing for the providers themselves. */
export function setUpstreams(
  upstreams: Readonly<Record<string, string | undefined>> | undefined,
): Thenable<void> {
  const settings = vscode.workspace.getConfiguration('costflame')
  return settings.update('upstreams', upstreams, vscode.ConfigurationTarget.Global)
}

/** Removes what was recorded and these files and folders of the workspace. */
export async function leaveNothing(api: CostflameApi, ...paths: readonly string[]): Promise<void> {
  await vscode.workspace.saveAll()
  await vscode.commands.executeCommand('workbench.action.closeAllEditors')
  for (const path of paths) remove(path)
  await runsWhen(api, (all) => all.every(({ active }) => !active))
  await vscode.commands.executeCommand('costflame.clearRuns')
  const profilers = liveProfilers()
  await vscode.commands.executeCommand('costflame.stopProfiler')
  // It takes its announcement away before it has closed its store.
  await until('the end of the profiler', () => !profilers.some(isAlive) && liveProfilers().length === 0)
  remove('.costflame/data')
  await setUpstreams(undefined)
}

function remove(path: string): void {
  rmSync(workspacePath(path), { recursive: true, force: true, maxRetries: 5 })
}

function isAlive({ pid }: { readonly pid: number }): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
