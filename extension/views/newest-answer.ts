// The newest answer to a question about everything that is recorded: asked again when runs change and somebody wants to know. Nobody waits for it.

import * as vscode from 'vscode'
import type { Session } from '../profiler/session'

/** Answers come at most that often … */
const QUIET_MS = 500
/** … and take at most this part of the profiler's time: an answer that took long is asked for more seldom, … */
const BUSY_SHARE = 0.1
/** … but never as seldom as that. */
const LONGEST_PAUSE_MS = 10_000

export class NewestAnswer<Answer> implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.changed.event
  private readonly subscription: vscode.Disposable
  private answer: Answer | undefined
  private answeredFor = ''
  private isAsking = false
  private timer: NodeJS.Timeout | undefined
  private notBefore = 0

  constructor(
    private readonly session: Session,
    private readonly isWanted: () => boolean,
    /** `undefined` where nobody can answer. */
    private readonly ask: () => Promise<Answer | undefined>,
    /** For the log, where there is no answer. */
    private readonly name: string,
  ) {
    this.subscription = session.onDidChange(() => this.askSoon())
    this.askSoon()
  }

  /** `undefined` until the first one has come, and when no profiler runs. */
  get value(): Answer | undefined {
    return this.isThere() ? this.answer : undefined
  }

  /** To be called when it becomes wanted; `isOther` when something else than runs changed. Starts no profiler. */
  askSoon(isOther = false) {
    if (isOther) this.answeredFor = ''
    if (this.isAsking || this.timer !== undefined || !this.isDue()) return
    const wait = this.answer === undefined ? 0 : Math.max(QUIET_MS, this.notBefore - performance.now())
    this.timer = setTimeout(() => {
      this.timer = undefined
      void this.askNow()
    }, wait)
  }

  dispose() {
    clearTimeout(this.timer)
    this.subscription.dispose()
    this.changed.dispose()
  }

  private isDue(): boolean {
    return this.isThere() && this.isWanted() && this.subject() !== this.answeredFor
  }

  private isThere(): boolean {
    return this.session.allProfilers.some(({ status }) => status.is === 'running')
  }

  private subject(): string {
    const { runs, folder, allProfilers } = this.session
    const running = allProfilers.map(({ status }) => status.is)
    return JSON.stringify([folder, running, runs.map(({ id, revision, active }) => [id, revision, active])])
  }

  private async askNow(): Promise<void> {
    if (!this.isDue()) return
    this.isAsking = true
    this.answeredFor = this.subject()
    const started = performance.now()
    try {
      this.answer = await this.ask()
      this.changed.fire()
    } catch (error) {
      this.session.log.warn(`${this.name} could not be read: ${error}`)
    } finally {
      this.isAsking = false
      const ended = performance.now()
      this.notBefore = ended + Math.min((ended - started) / BUSY_SHARE, LONGEST_PAUSE_MS)
      this.askSoon()
    }
  }
}
