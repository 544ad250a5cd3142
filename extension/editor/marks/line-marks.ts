// Which lines of an open document cost what, at the places where their code is now: everything that the editor shows on lines asks here.

import * as vscode from 'vscode'
import { findAgain } from '../../../profiler-agent/anchor/anchor'
import { CodeText } from '../../../profiler-agent/anchor/code-text'
import type { LineCost } from '../../../profiler-agent/model/line-cost'
import { isInWorkspace, uriOf } from '../../locations'
import type { Session } from '../../profiler/session'

/** The calls of a line, where that line is now. */
export interface Mark {
  readonly cost: LineCost
  /** The statement that makes the calls. */
  readonly range: vscode.Range
  /** The statement is another one than was measured: what it cost says little of what it will. */
  readonly isChanged: boolean
}

export class LineMarks implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri | undefined>()
  /** Marks of a document changed, or of all of them. */
  readonly onDidChange = this.changed.event
  private readonly subscription: vscode.Disposable

  constructor(private readonly session: Session) {
    let shown = session.lines
    this.subscription = session.onDidChange(() => {
      if (session.lines === shown) return
      shown = session.lines
      this.changed.fire(undefined)
    })
  }

  /** In the order of the document; empty where nothing was measured. */
  of(document: vscode.TextDocument): readonly Mark[] {
    if (!isInWorkspace(document.uri)) return []
    const costs = this.session.lines.filter(
      ({ callSite, root }) => uriOf(callSite.file, root)?.toString() === document.uri.toString(),
    )
    if (costs.length === 0) return []
    const places = costs.map(({ callSite, anchor }) => ({ ...callSite, ...(anchor ? { anchor } : {}) }))
    const found = findAgain(new CodeText(document.getText()), places)
    return costs.flatMap((cost, index) => {
      const place = found[index]
      if (place === undefined) return []
      const { line, column, endLine, endColumn } = place.region
      const range = new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1)
      return [{ cost, range, isChanged: cost.anchor !== undefined && place.isChanged }]
    })
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }
}
