// Says once for a workspace why a line that made calls shows nothing: its file is in no folder of the window, or is minified.

import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as vscode from 'vscode'
import type { LineCost } from '../../profiler-agent/model/line-cost'
import { isInWorkspace, uriOf } from '../locations'
import { plainText } from '../profiler/plain-text'
import type { Session } from '../profiler/session'

export type Obstacle = 'outside' | 'minified'

/** Longer lines are made by programs; where their calls stand is not looked for. */
const LONGEST_LINE = 10_000
/** Of a larger file nobody looks for the line. */
const MOST_BYTES = 8 * 1024 ** 2
const SAID = 'costflame.saidUnmarked'

/** `memento` keeps what was said in this workspace. */
export function registerUnmarkedLines(session: Session, memento: vscode.Memento): vscode.Disposable {
  let looked: readonly LineCost[] = []
  return session.onDidChange(() => {
    const { lines, currentRun } = session
    // A run that goes on is left alone.
    if (lines === looked || currentRun === undefined || currentRun.active) return
    looked = lines
    const own = lines.filter(({ runId }) => runId === currentRun.id)
    if (own.length > 0) void tellOnce(own, memento)
  })
}

async function tellOnce(lines: readonly LineCost[], memento: vscode.Memento): Promise<void> {
  for (const line of lines) {
    const uri = uriOf(line.callSite.file, line.root)
    const obstacle = uri && (await obstacleOf(line, uri))
    const said = memento.get<readonly Obstacle[]>(SAID, [])
    if (uri === undefined || obstacle === undefined || said.includes(obstacle)) continue
    await memento.update(SAID, [...said, obstacle])
    void tell(obstacle, line, uri)
  }
}

/** Of a file that is gone there is nothing to be said on its lines. */
async function obstacleOf({ anchor, callSite }: LineCost, uri: vscode.Uri): Promise<Obstacle | undefined> {
  const size = statSync(uri.fsPath, { throwIfNoEntry: false })?.size
  if (size === undefined) return undefined
  if (!isInWorkspace(uri)) return 'outside'
  if (anchor !== undefined || size > MOST_BYTES || size < LONGEST_LINE) return undefined
  const text = await readFile(uri.fsPath, 'utf8')
  const line = text.split(/\r\n|\r|\n/, callSite.line)[callSite.line - 1] ?? ''
  return line.length > LONGEST_LINE ? 'minified' : undefined
}

async function tell(obstacle: Obstacle, { runId, spanId }: LineCost, uri: vscode.Uri): Promise<void> {
  const { t } = vscode.l10n
  const flameGraph = t('Open Flame Graph')
  const addFolder = t('Add Folder to Workspace')
  const isOutside = obstacle === 'outside'
  const text = isOutside
    ? t(
        'Costflame: {0} called a model. It is in no folder of this window, so its line shows no cost.',
        uri.fsPath,
      )
    : t(
        'Costflame: {0} called a model. It is minified, so its line shows no cost; with a source map beside it, the lines of its sources do.',
        uri.fsPath,
      )
  const offers = isOutside ? [flameGraph, addFolder] : [flameGraph]
  const answer = await vscode.window.showInformationMessage(plainText(text), ...offers)
  if (answer === flameGraph) await vscode.commands.executeCommand('costflame.openFlameGraph', runId, spanId)
  if (answer === addFolder)
    vscode.workspace.updateWorkspaceFolders(vscode.workspace.workspaceFolders?.length ?? 0, 0, {
      uri: vscode.Uri.file(dirname(uri.fsPath)),
    })
}
