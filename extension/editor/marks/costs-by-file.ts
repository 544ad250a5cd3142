// Measured lines by the file that they are in now: a file that was renamed in the editor takes its lines along.

import type * as vscode from 'vscode'
import type { LineCost } from '../../../profiler-agent/model/line-cost'
import { uriOf } from '../../locations'

interface Rename {
  readonly from: string
  readonly to: string
  /** Milliseconds; what was measured later has the new name already. */
  readonly at: number
}

export class CostsByFile {
  private readonly renames: Rename[] = []
  private lines: readonly LineCost[] = []
  private byFile: ReadonlyMap<string, readonly LineCost[]> | undefined

  show(lines: readonly LineCost[]): void {
    this.lines = lines
    this.byFile = undefined
  }

  /** Files or folders. */
  renamed(files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): void {
    for (const { oldUri, newUri } of files)
      this.renames.push({ from: oldUri.toString(), to: newUri.toString(), at: Date.now() })
    this.byFile = undefined
  }

  of(uri: vscode.Uri): readonly LineCost[] {
    return this.index().get(uri.toString()) ?? []
  }

  /** Every file that lines were measured in, with its lines. */
  get files(): ReadonlyMap<string, readonly LineCost[]> {
    return this.index()
  }

  /** Built when it is asked for: while nobody looks at a file, a run that goes on costs nothing here. */
  private index(): ReadonlyMap<string, readonly LineCost[]> {
    if (this.byFile !== undefined) return this.byFile
    const uris = new Map<string, string | undefined>()
    const byFile = new Map<string, LineCost[]>()
    for (const line of this.lines) {
      const { callSite, root, startTime } = line
      const said = `${root ?? ''}\n${callSite.file}`
      if (!uris.has(said)) uris.set(said, uriOf(callSite.file, root)?.toString())
      const uri = uris.get(said)
      if (uri === undefined) continue
      const now = this.nowAt(uri, startTime)
      const lines = byFile.get(now)
      if (lines === undefined) byFile.set(now, [line])
      else lines.push(line)
    }
    this.byFile = byFile
    return byFile
  }

  private nowAt(uri: string, measuredAt: string): string {
    if (this.renames.length === 0) return uri
    const time = Date.parse(measuredAt)
    return this.renames.reduce((now, { from, to, at }) => {
      if (at < time) return now
      if (now === from) return to
      return now.startsWith(`${from}/`) ? `${to}${now.slice(from.length)}` : now
    }, uri)
  }
}
