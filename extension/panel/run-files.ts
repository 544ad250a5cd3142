// Saved runs in the folders that are open, and what one of them can be compared with.

import * as vscode from 'vscode'
import type { OtherRun } from '../../profiler-agent/model/run-questions'
import type { Run } from '../../profiler-agent/model/span'
import type { Session } from '../profiler/session'

/** Of files that are not read yet: an id like this names one. */
const FILE = 'file:'
/** Each is offered by its name and date alone. */
const MOST_FILES = 50

export class RunFiles {
  constructor(private readonly session: Session) {}

  /** Throws what is wrong with the file, and where. */
  async read(uri: vscode.Uri): Promise<readonly Run[]> {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
    // Loaded when a file is opened: its schema library is larger than all the rest, and most windows open none.
    const { decodeRunFile } = await import('../../profiler-agent/formats/json')
    return decodeRunFile(text).runs
  }

  /** The first run of a file that `others` named; `undefined` for an id of something else. */
  async runOf(id: string): Promise<Run | undefined> {
    if (!id.startsWith(FILE)) return undefined
    return (await this.read(vscode.Uri.parse(id, true)))[0]
  }

  /** The other runs of the same file, those in files of the workspace, and those that a profiler here has recorded. */
  async others(uri: vscode.Uri, inFile: readonly Run[], shown: Run): Promise<readonly OtherRun[]> {
    const recorded = this.session.runs.filter(({ id }) => id !== shown.id)
    return [
      ...inFile.filter((run) => run !== shown).map(otherRun),
      ...(await this.otherFiles(uri)),
      ...recorded.map(otherRun),
    ]
  }

  private async otherFiles(uri: vscode.Uri): Promise<OtherRun[]> {
    const found = await vscode.workspace.findFiles('**/*.costflame.json', '**/node_modules/**', MOST_FILES)
    const others = found.filter((each) => each.toString() !== uri.toString() && each.scheme === 'file')
    return Promise.all(
      others.map(async (each) => ({
        id: each.toString(),
        name: vscode.workspace.asRelativePath(each),
        startTime: new Date((await vscode.workspace.fs.stat(each)).mtime).toISOString(),
        picoUsd: null,
      })),
    )
  }
}

function otherRun({
  id,
  name,
  startTime,
  totals,
}: Pick<Run, 'id' | 'name' | 'startTime' | 'totals'>): OtherRun {
  return { id, name, startTime, picoUsd: totals.cost?.picoUsd ?? null, calls: totals.calls }
}

export function fileName(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) ?? ''
}
