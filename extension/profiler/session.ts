// The one place where the parts of the extension meet: which profilers run, which runs there are, what the newest one cost where.
// It puts together what the profilers of the workspace folders know, and takes each question to the one that can answer it.

import { existsSync } from 'node:fs'
import * as vscode from 'vscode'
import type { Question, ReadyLine, RunDetail, RunSummary } from '../../profiler-agent/feed/protocol'
import type { LineCost } from '../../profiler-agent/model/line-cost'
import type { RunAnswer, RunQuestion } from '../../profiler-agent/model/run-questions'
import type { Run } from '../../profiler-agent/model/span'
import { dataFolder } from './data-folder'
import type { AnswerTo, FeedClient } from './feed-client'
import { FolderProfiler, type ProfilerStatus } from './folder-profiler'
import { mergedLines, mergedRuns, presentDetails, runIdsOf } from './merged-state'
import { ProfilerNotices } from './profiler-notices'
import { WorkspaceFolders } from './workspace-folders'

export type { ProfilerStatus } from './folder-profiler'

/** Without this a window that profiles in its own terminal would see nothing of it until somebody asks. */
const POLL_MS = 2_000

export class Session implements vscode.Disposable {
  /** By the folder of their data: folders of one repository share one. */
  private readonly profilers = new Map<string, FolderProfiler>()
  private readonly workspace = new WorkspaceFolders()
  private readonly notices: ProfilerNotices
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly runsChanged = new vscode.EventEmitter<readonly RunSummary[]>()
  private readonly detailsOfAll = presentDetails()
  private readonly runsOfAll = mergedRuns()
  private readonly linesOfAll = mergedLines()
  /** What menus and welcome texts know of the active profiler. */
  private toldStatus: ProfilerStatus['is'] | undefined
  private readonly poll: NodeJS.Timeout
  private readonly subscriptions: vscode.Disposable[]
  /** Any part of the state changed. */
  readonly onDidChange = this.changed.event
  readonly onDidChangeRuns = this.runsChanged.event

  constructor(
    /** Absolute path of the built command line. */
    readonly script: string,
    readonly log: vscode.LogOutputChannel,
  ) {
    this.notices = new ProfilerNotices(log)
    this.poll = setInterval(() => void this.attachWhereLive(), POLL_MS)
    this.subscriptions = [
      this.workspace,
      this.workspace.onDidChangeActive(() => this.tellChange()),
      this.workspace.onDidChangeFolders(() => void this.foldersChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.startWhereRecorded()),
    ]
  }

  /** Of the active folder. */
  get profiler(): ProfilerStatus {
    return this.active?.status ?? { is: 'stopped' }
  }

  /** Of all folders that have one. */
  get allProfilers(): readonly FolderProfiler[] {
    return [...this.profilers.values()]
  }

  /** Of all folders, newest first. */
  get runs(): readonly RunSummary[] {
    return this.runsOfAll(this.allProfilers.map(({ runs }) => runs))
  }

  /** The newest run that has made a call, else the newest. */
  get currentRun(): RunSummary | undefined {
    const { runs } = this
    return runs.find((run) => run.totals.attempts > 0) ?? runs[0]
  }

  /** Places and findings of the current run; of the one before until they have come. */
  get detail(): RunDetail | undefined {
    const { currentRun } = this
    return currentRun === undefined ? undefined : this.profilerWith(currentRun.id)?.detail
  }

  /** Those of the current run of each folder. Another array whenever one of them changed. */
  get details(): readonly RunDetail[] {
    return this.detailsOfAll(this.allProfilers.map(({ detail }) => detail))
  }

  /** What the lines of the code cost, over the last runs. Another array whenever anything of it changed. */
  get lines(): readonly LineCost[] {
    return this.linesOfAll(this.allProfilers.map(({ lines }) => lines))
  }

  /** The folders of the workspace that can be profiled: those on a disk. */
  get folders(): readonly string[] {
    return this.workspace.folders
  }

  /** The folder that is worked in: that of the editor which was active last, else the first. */
  get folder(): string | undefined {
    return this.workspace.active
  }

  /** The folder that a file belongs to. */
  folderFor(uri: vscode.Uri): string | undefined {
    return this.workspace.folderOf(uri)
  }

  /** The folder that recorded a run; `undefined` where no list has it. */
  folderOfRun(runId: string): string | undefined {
    return this.profilerWith(runId)?.folder
  }

  /** Attaches to a live profiler of the folder or starts one; resolves when it answers. Rejects with a sentence that says what to do. */
  async start(folder = this.folder): Promise<FeedClient> {
    return this.startable(folder).start()
  }

  /** Shows what this profiler records, which was started elsewhere for the folder. Rejects when it cannot be spoken with. */
  async attach(folder: string, ready: ReadyLine): Promise<void> {
    await this.startable(folder).attachTo(ready)
  }

  /** Starts the profilers of the folders that have recorded runs, where the user wants that. Never rejects. */
  async startWhereRecorded(): Promise<void> {
    if (!vscode.workspace.isTrusted) return
    const wanted = this.folders.filter((folder) => {
      const settings = vscode.workspace.getConfiguration('costflame', vscode.Uri.file(folder))
      return settings.get<boolean>('autoStart', true) && existsSync(dataFolder(folder))
    })
    // Why it failed is in the log and in the status bar.
    await Promise.all(wanted.map((folder) => this.start(folder).catch(() => undefined)))
  }

  /** Ends the profilers that this window started; lets go of those that it only attached to. */
  async stop(): Promise<void> {
    await Promise.all(this.allProfilers.map((each) => each.stop()))
  }

  /** Asks the profiler that has the run, or that of the folder; it is started if need be. */
  async ask<Ask extends Question['ask']>(
    question: Extract<Question, { ask: Ask }>,
    folder?: string,
  ): Promise<AnswerTo<Ask>> {
    const runIds = runIdsOf(question)
    const known = folder === undefined ? await this.profilerOf(runIds) : undefined
    return (known ?? this.startable(folder ?? this.folder)).ask<Ask>(question)
  }

  /** For what is shown without being asked for: starts nothing, and gives `undefined` where no profiler runs that could answer. */
  async askIfRunning<Ask extends Question['ask']>(
    question: Extract<Question, { ask: Ask }>,
    folder?: string,
  ): Promise<AnswerTo<Ask> | undefined> {
    const known = folder === undefined ? await this.profilerOf(runIdsOf(question)) : undefined
    return (known ?? this.profilerIn(folder ?? this.folder))?.askIfRunning<Ask>(question)
  }

  /** What a page that shows a run asks about it. Starts the profiler if need be. */
  async askAboutRun(question: RunQuestion): Promise<RunAnswer> {
    if (question.ask !== 'text') return this.ask<RunQuestion['ask']>(question)
    // A text is known by its hash alone: whichever folder has it.
    for (const each of this.running) {
      const answer = await each.ask<'text'>(question)
      if (answer.text !== null) return answer
    }
    return this.ask<'text'>(question)
  }

  /** How many of the runs could be deleted, whichever folder has them. */
  async deleteRuns(runIds: readonly string[]): Promise<number> {
    // Also those that no list shows: whoever does not have one counts none.
    const counts = this.running.map(
      async (each) => (await each.ask<'deleteRuns'>({ ask: 'deleteRuns', runIds })).deleted,
    )
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  }

  /** Tells the profiler of a folder something about a run, if it runs. */
  async tell(line: object, folder = this.folder): Promise<void> {
    await this.profilerIn(folder)?.tell(line)
  }

  async getRun(runId: string): Promise<Run | undefined> {
    return (await this.ask<'run'>({ ask: 'run', runId })).run ?? undefined
  }

  async getDetail(runId: string): Promise<RunDetail | undefined> {
    return (
      this.knownDetail(runId) ??
      (await this.ask<'runDetail'>({ ask: 'runDetail', runId })).detail ??
      undefined
    )
  }

  /** As `getDetail`, for what is shown without being asked for: `undefined` also where no profiler runs. */
  async detailIfRunning(runId: string): Promise<RunDetail | undefined> {
    return (
      this.knownDetail(runId) ??
      (await this.askIfRunning<'runDetail'>({ ask: 'runDetail', runId }))?.detail ??
      undefined
    )
  }

  /** Ends the children too; VS Code waits for the promise only in `deactivate`. */
  async dispose(): Promise<void> {
    clearInterval(this.poll)
    for (const subscription of this.subscriptions) subscription.dispose()
    await Promise.all(this.allProfilers.map((each) => each.dispose()))
    this.changed.dispose()
    this.runsChanged.dispose()
  }

  private knownDetail(runId: string): RunDetail | undefined {
    const run = this.runs.find(({ id }) => id === runId)
    return run && this.profilerWith(runId)?.knownDetail(run)
  }

  private get running(): readonly FolderProfiler[] {
    return this.allProfilers.filter(({ status }) => status.is === 'running')
  }

  private get active(): FolderProfiler | undefined {
    return this.profilerIn(this.folder)
  }

  private profilerIn(folder: string | undefined): FolderProfiler | undefined {
    return folder === undefined ? undefined : this.profilers.get(this.workspace.dataOf(folder))
  }

  /** The profiler of a folder, running or not. Throws where none may run. */
  private startable(folder: string | undefined): FolderProfiler {
    if (folder === undefined)
      throw new Error(
        vscode.l10n.t('Open a folder first: Costflame keeps the recorded runs in its .costflame folder.'),
      )
    if (!vscode.workspace.isTrusted)
      throw new Error(vscode.l10n.t('Trust this folder first: profiling runs programs from it.'))
    return this.profilerIn(folder) ?? this.added(folder)
  }

  private added(folder: string): FolderProfiler {
    const { script, log, notices } = this
    const made = new FolderProfiler({ folder, script, log, notices })
    made.onDidChange(() => this.tellChange())
    made.onDidChangeRuns(() => this.runsChanged.fire(this.runs))
    this.profilers.set(this.workspace.dataOf(folder), made)
    return made
  }

  private profilerWith(runId: string): FolderProfiler | undefined {
    return this.allProfilers.find(({ runs }) => runs.some(({ id }) => id === runId))
  }

  /** The profiler that has all of these runs. A list has only the newest: of older ones each profiler is asked. */
  private async profilerOf(runIds: readonly string[]): Promise<FolderProfiler | undefined> {
    const [first] = runIds
    if (first === undefined || this.profilers.size < 2) return undefined
    const found = await Promise.all(runIds.map(async (id) => this.profilerWith(id) ?? this.askedFor(id)))
    if (new Set(found).size > 1)
      throw new Error(
        vscode.l10n.t('These runs are of different folders: only runs of one folder can be compared.'),
      )
    return found[0]
  }

  private async askedFor(runId: string): Promise<FolderProfiler | undefined> {
    for (const each of this.running) {
      const { detail } = await each.ask<'runDetail'>({ ask: 'runDetail', runId })
      if (detail !== null) return each
    }
    return undefined
  }

  /** Saved runs are all that a folder shows which is not trusted. */
  private async attachWhereLive(): Promise<void> {
    if (!vscode.workspace.isTrusted) return
    await Promise.all(this.folders.map((folder) => this.startable(folder).attachIfLive()))
  }

  /** What a folder showed goes with it. */
  private async foldersChanged(): Promise<void> {
    const wanted = new Set(this.folders.map((folder) => this.workspace.dataOf(folder)))
    const gone = [...this.profilers].filter(([data]) => !wanted.has(data))
    for (const [data] of gone) this.profilers.delete(data)
    this.runsChanged.fire(this.runs)
    this.tellChange()
    await Promise.all(gone.map(([, each]) => each.dispose()))
    await this.startWhereRecorded()
  }

  private tellChange(): void {
    const { is } = this.profiler
    if (is !== this.toldStatus) void vscode.commands.executeCommand('setContext', 'costflame.profiler', is)
    this.toldStatus = is
    this.changed.fire()
  }
}
