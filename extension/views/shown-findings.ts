// Which run's findings are shown: those of the newest run, until the user asks for those of another one.

import * as vscode from 'vscode'
import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Session } from '../profiler/session'

export class ShownFindings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.changed.event
  private readonly subscription: vscode.Disposable
  private pinned: RunDetail | undefined
  private told: RunDetail | undefined

  constructor(private readonly session: Session) {
    this.subscription = session.onDidChange(() => this.notice())
  }

  get detail(): RunDetail | undefined {
    return this.pinned ?? this.session.detail
  }

  get isNewest(): boolean {
    return this.pinned === undefined
  }

  async show(runId: string | undefined): Promise<void> {
    const isOther = runId !== undefined && runId !== this.session.currentRun?.id
    this.pinned = isOther ? await this.session.getDetail(runId) : undefined
    await vscode.commands.executeCommand('setContext', 'costflame.isOtherFindings', !this.isNewest)
    this.changed.fire()
  }

  dispose() {
    this.subscription.dispose()
    this.changed.dispose()
  }

  private notice() {
    if (this.detail === this.told) return
    this.told = this.detail
    this.changed.fire()
  }
}
