// What was measured against the limits of the folder's budget file: asked of the profiler when runs or limits change. Nobody waits for it.

import * as vscode from 'vscode'
import { BUDGET_FILE, type BudgetFile, readBudgetFile } from '../../profiler-agent/budgets/file/budget-file'
import type { MeasuredAgent } from '../../profiler-agent/feed/protocol'
import type { LimitUse } from '../../profiler-agent/model/budget'
import { limitKey } from '../limit-values'
import { type Lines, linesOfText } from '../locations'
import type { Session } from '../profiler/session'
import { budgetUri, isBudgetFile } from './budget-file'

/** Typing and a lively run change things many times a second. */
const QUIET_MS = 250
/** An answer that took long, because much is recorded, is asked for more seldom: at most this part of the profiler's time. */
const BUSY_SHARE = 0.1
/** … but what is shown is never older than that. */
const LONGEST_PAUSE_MS = 3_000

/** The budget file as it stands in the editor, else on disk. */
export interface BudgetText {
  readonly uri: vscode.Uri
  readonly text: string
  readonly file: BudgetFile
  readonly lines: Lines
}

export class MeasuredLimits implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  /** The text or what was measured changed. */
  readonly onDidChange = this.changed.event
  private readonly subscriptions: vscode.Disposable[]
  private uses = new Map<string, LimitUse>()
  private measuredAgents: readonly MeasuredAgent[] = []
  private folder: string | undefined
  private read: BudgetText | undefined
  private readTimer: NodeJS.Timeout | undefined
  private measureTimer: NodeJS.Timeout | undefined
  private isMeasuring = false
  private notBefore = 0
  private measuredFor = ''

  constructor(private readonly session: Session) {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/.costflame/${BUDGET_FILE}`)
    const refresh = () => this.readSoon()
    this.subscriptions = [
      this.changed,
      watcher,
      watcher.onDidChange(refresh),
      watcher.onDidCreate(refresh),
      watcher.onDidDelete(refresh),
      session.onDidChange(() => {
        // Another folder is worked in, which has limits of its own.
        if (session.folder !== this.folder) this.follow(session.folder)
        this.measureSoon()
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isBudgetFile(document)) refresh()
      }),
    ]
    this.follow(session.folder)
  }

  /** `undefined` while the folder has no budget file. */
  get current(): BudgetText | undefined {
    return this.read
  }

  /** Agents that were measured, with their intents and steps. */
  get agents(): readonly MeasuredAgent[] {
    return this.measuredAgents
  }

  /** What was measured against a limit of the folder's file; `undefined` when that is not known (yet). */
  useOf(uri: vscode.Uri, key: string): LimitUse | undefined {
    return this.read?.uri.toString() === uri.toString() ? this.uses.get(key) : undefined
  }

  dispose() {
    clearTimeout(this.readTimer)
    clearTimeout(this.measureTimer)
    for (const subscription of this.subscriptions) subscription.dispose()
  }

  private follow(folder: string | undefined) {
    this.folder = folder
    this.readSoon()
  }

  private readSoon() {
    clearTimeout(this.readTimer)
    this.readTimer = setTimeout(() => void this.readFile(), QUIET_MS)
  }

  private async readFile(): Promise<void> {
    const { folder } = this
    const uri = folder === undefined ? undefined : budgetUri(folder)
    const text = uri === undefined ? undefined : await textOf(uri)
    if (text === this.read?.text && uri?.toString() === this.read?.uri.toString()) return
    this.read =
      uri === undefined || text === undefined
        ? undefined
        : { uri, text, file: readBudgetFile(text), lines: linesOfText(text) }
    this.changed.fire()
    this.measureSoon()
  }

  private measureSoon() {
    if (this.isMeasuring || this.measureTimer !== undefined || !this.isMeasureDue()) return
    const wait = Math.max(QUIET_MS, this.notBefore - performance.now())
    this.measureTimer = setTimeout(() => {
      this.measureTimer = undefined
      void this.measure()
    }, wait)
  }

  /** Whether runs or limits are other ones than the last time. */
  private isMeasureDue(): boolean {
    return (
      this.session.profiler.is === 'running' && this.read !== undefined && this.subject() !== this.measuredFor
    )
  }

  private subject(): string {
    const runs = this.session.runs.map(({ id, revision, active }) => [id, revision, active])
    return JSON.stringify([runs, this.read?.text])
  }

  /** Starts no profiler. */
  private async measure(): Promise<void> {
    const { session, read } = this
    if (!this.isMeasureDue() || read === undefined) return
    this.isMeasuring = true
    this.measuredFor = this.subject()
    const started = performance.now()
    try {
      const answer = await session.askIfRunning<'budgets'>({ ask: 'budgets', text: read.text }, this.folder)
      if (answer === undefined) return
      this.uses = new Map(answer.limits.map((use) => [limitKey(use.scope, use.limit), use]))
      this.measuredAgents = answer.agents
      this.changed.fire()
    } catch (error) {
      session.log.warn(`the limits of the budget file could not be measured: ${error}`)
    } finally {
      this.isMeasuring = false
      const ended = performance.now()
      this.notBefore = ended + Math.min((ended - started) / BUSY_SHARE, LONGEST_PAUSE_MS)
      this.measureSoon()
    }
  }
}

/** As the editor has it, else as it is on disk; `undefined` when there is none. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString())
  if (open !== undefined) return open.getText()
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch {
    // There is none: nothing to measure against.
    return undefined
  }
}
