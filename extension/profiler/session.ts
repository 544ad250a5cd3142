// The one place where the parts of the extension meet: which profiler runs, which runs there are, what the newest one cost where.
// It holds the current state and says when it changes; nobody else talks to the profiler.

import * as vscode from 'vscode'
import type { Question, ReadyLine, RunDetail, RunSummary } from '../../profiler-agent/feed/protocol'
import { HEADERS } from '../../profiler-agent/model/headers'
import type { LineCost } from '../../profiler-agent/model/line-cost'
import type { RunAnswer, RunQuestion } from '../../profiler-agent/model/run-questions'
import type { Run } from '../../profiler-agent/model/span'
import { dataFolder, liveProfilers } from './data-folder'
import type { AnswerTo, FeedClient } from './feed-client'
import { type ServeProcess, startServe } from './serve-process'
import { serveFlags } from './serve-settings'

export type ProfilerStatus =
  | { readonly is: 'stopped' }
  | { readonly is: 'starting' }
  | { readonly is: 'running'; readonly ready: ReadyLine; readonly isOurs: boolean }
  | { readonly is: 'failed'; readonly why: string }

/** Without this a window that profiles in its own terminal would see nothing of it until somebody asks. */
const POLL_MS = 2_000
/** The list of runs comes right after the greeting; whoever asked for the profiler shall find it there. */
const FIRST_STATE_MS = 3_000

export class Session implements vscode.Disposable {
  private profilerStatus: ProfilerStatus = { is: 'stopped' }
  private allRuns: readonly RunSummary[] = []
  private currentDetail: RunDetail | undefined
  private client: FeedClient | undefined
  private child: ServeProcess | undefined
  private connecting: Promise<FeedClient> | undefined
  private isRefreshing = false
  private currentLines: readonly LineCost[] = []
  private isAskingForLines = false
  /** Of the runs that `currentLines` were asked for. */
  private linesOf = ''
  /** Set when the user stopped the profiler: then another one is not attached to behind their back. */
  private isStoppedByUser = false
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly runsChanged = new vscode.EventEmitter<readonly RunSummary[]>()
  private readonly poll: NodeJS.Timeout
  /** Any part of the state changed. */
  readonly onDidChange = this.changed.event
  readonly onDidChangeRuns = this.runsChanged.event

  constructor(
    /** Absolute path of the built command line. */
    readonly script: string,
    readonly log: vscode.LogOutputChannel,
  ) {
    this.poll = setInterval(() => void this.attachIfLive(), POLL_MS)
  }

  get profiler(): ProfilerStatus {
    return this.profilerStatus
  }

  /** Newest first. */
  get runs(): readonly RunSummary[] {
    return this.allRuns
  }

  /** The newest run that has made a call, else the newest. */
  get currentRun(): RunSummary | undefined {
    return this.allRuns.find((run) => run.totals.attempts > 0) ?? this.allRuns[0]
  }

  /** Places and findings of the current run; of the one before until they have come. */
  get detail(): RunDetail | undefined {
    return this.currentDetail
  }

  /** What the lines of the code cost, over the last runs. Another array whenever anything of it changed. */
  get lines(): readonly LineCost[] {
    return this.currentLines
  }

  /** The folder that is profiled: the first of the workspace. */
  get folder(): string | undefined {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri
    return folder?.scheme === 'file' ? folder.fsPath : undefined
  }

  /** Attaches to a live profiler of this folder or starts one; resolves when it answers. Rejects with a sentence that says what to do. */
  start(): Promise<FeedClient> {
    if (this.client !== undefined) return Promise.resolve(this.client)
    this.isStoppedByUser = false
    this.connecting ??= this.connect().finally(() => {
      this.connecting = undefined
    })
    return this.connecting
  }

  /** Ends the profiler that this window started; lets go of one that it only attached to. */
  async stop(): Promise<void> {
    this.isStoppedByUser = true
    const { child, client } = this
    this.child = undefined
    this.client = undefined
    client?.close()
    await child?.stop()
    this.setStatus({ is: 'stopped' })
  }

  /** Starts the profiler if need be. */
  async ask<Ask extends Question['ask']>(question: Extract<Question, { ask: Ask }>): Promise<AnswerTo<Ask>> {
    const client = await this.start()
    return client.ask<Ask>(question)
  }

  /** What a page that shows a run asks about it. Starts the profiler if need be. */
  askAboutRun(question: RunQuestion): Promise<RunAnswer> {
    return this.ask<RunQuestion['ask']>(question)
  }

  /** Tells the profiler that runs something about a run (`POST /ingest`). Without one there is nobody to hear; that it failed is in the log. */
  async tell(line: object): Promise<void> {
    if (this.profilerStatus.is !== 'running') return
    const { proxy, token } = this.profilerStatus.ready
    try {
      const response = await fetch(`${proxy}/ingest`, {
        method: 'POST',
        headers: { [HEADERS.token]: token, 'content-type': 'application/x-ndjson' },
        body: `${JSON.stringify(line)}\n`,
      })
      if (!response.ok) throw new Error(await response.text())
    } catch (error) {
      this.log.warn(`the profiler was not told of a run: ${error}`)
    }
  }

  async getRun(runId: string): Promise<Run | undefined> {
    return (await this.ask<'run'>({ ask: 'run', runId })).run ?? undefined
  }

  async getDetail(runId: string): Promise<RunDetail | undefined> {
    const known = this.allRuns.find((run) => run.id === runId)
    if (known !== undefined && isUpToDate(this.currentDetail, known)) return this.currentDetail
    return (await this.ask<'runDetail'>({ ask: 'runDetail', runId })).detail ?? undefined
  }

  /** Ends the child too; VS Code waits for the promise only in `deactivate`. */
  async dispose(): Promise<void> {
    clearInterval(this.poll)
    await this.stop()
    this.changed.dispose()
    this.runsChanged.dispose()
  }

  private async connect(): Promise<FeedClient> {
    const folder = this.folder
    if (folder === undefined)
      throw new Error('Open a folder first: Costflame keeps the recorded runs in its .costflame folder.')
    if (!vscode.workspace.isTrusted)
      throw new Error('Trust this folder first: profiling runs programs from it.')
    this.setStatus({ is: 'starting' })
    try {
      return (await this.attach(folder)) ?? (await this.launch(folder))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.log.error(why)
      this.setStatus({ is: 'failed', why })
      throw error
    }
  }

  private async attach(folder: string): Promise<FeedClient | undefined> {
    for (const ready of await liveProfilers(dataFolder(folder))) {
      try {
        return await this.join(ready, false)
      } catch (error) {
        // Its file is a leftover, or it speaks another version: one of our own serves as well.
        this.log.info(`not attaching to the profiler with process id ${ready.pid}: ${error}`)
      }
    }
    return undefined
  }

  private async launch(folder: string): Promise<FeedClient> {
    const settings = vscode.workspace.getConfiguration('costflame')
    const child = await startServe({
      script: this.script,
      folder,
      data: dataFolder(folder),
      // Machine settings: no folder can set them. What is not set is left to the user's settings file.
      flags: serveFlags((key) => settings.inspect(key)?.globalValue),
      log: (line) => this.log.info(line),
    })
    this.child = child
    void child.ended.then((why) => this.childEnded(child, why))
    return this.join(child.ready, true)
  }

  private childEnded(child: ServeProcess, why: string) {
    if (this.child !== child) return
    this.child = undefined
    this.client?.close()
    this.client = undefined
    this.log.error(why)
    this.setStatus({ is: 'failed', why })
  }

  private async join(ready: ReadyLine, isOurs: boolean): Promise<FeedClient> {
    const { promise: firstState, resolve: stateHasCome } = Promise.withResolvers<void>()
    // Loaded when there is somebody to talk to: a window without a profiler does not pay for the library below it.
    const { FeedClient: Client } = await import('./feed-client')
    const client: FeedClient = await Client.connect(ready, {
      runs: (runs) => {
        this.receive(runs)
        stateHasCome()
      },
      closed: (why) => this.left(client, why),
    })
    this.client = client
    await within(FIRST_STATE_MS, firstState)
    this.log.info(`connected to the profiler with process id ${ready.pid}, data in ${ready.data}`)
    this.setStatus({ is: 'running', ready, isOurs })
    return client
  }

  private left(client: FeedClient, why: string) {
    if (this.client !== client) return
    this.client = undefined
    this.log.info(`feed closed: ${why}`)
    if (this.isStoppedByUser || this.child !== undefined) return
    this.setStatus({ is: 'stopped' })
    // A `costflame run` has ended: its runs are in the store, and a profiler of our own shows what it recorded last.
    void this.start().catch(() => undefined)
  }

  /** Cheap while nothing is there: one look into a folder. */
  private async attachIfLive(): Promise<void> {
    const { folder } = this
    if (
      folder === undefined ||
      this.client !== undefined ||
      this.connecting !== undefined ||
      this.isStoppedByUser
    )
      return
    if ((await liveProfilers(dataFolder(folder))).length === 0) return
    this.connecting ??= this.attachOrFail(folder).finally(() => {
      this.connecting = undefined
    })
    // Nobody asked for this one, so nobody needs to hear that it failed; the log has it.
    await this.connecting.catch(() => undefined)
  }

  private async attachOrFail(folder: string): Promise<FeedClient> {
    const client = await this.attach(folder)
    if (client === undefined) throw new Error('The profiler that was there has gone. Start one.')
    return client
  }

  private receive(runs: readonly RunSummary[]) {
    this.allRuns = runs
    this.runsChanged.fire(runs)
    this.changed.fire()
    void this.refreshDetail()
    void this.refreshLines()
  }

  /** Like the detail: one question at a time. */
  private async refreshLines(): Promise<void> {
    const stamp = () => JSON.stringify(this.allRuns.map(({ id, revision, active }) => [id, revision, active]))
    if (this.isAskingForLines) return
    this.isAskingForLines = true
    try {
      while (this.client !== undefined && this.linesOf !== stamp()) {
        this.linesOf = stamp()
        this.currentLines = (await this.client.ask<'lines'>({ ask: 'lines' })).lines
        this.changed.fire()
      }
    } catch (error) {
      this.log.warn(`what the lines of the code cost could not be read: ${error}`)
    } finally {
      this.isAskingForLines = false
    }
  }

  /** One question at a time: changes that come meanwhile are answered by the next one together. */
  private async refreshDetail(): Promise<void> {
    if (this.isRefreshing) return
    this.isRefreshing = true
    try {
      while (this.client !== undefined && !isUpToDate(this.currentDetail, this.currentRun)) {
        const runId = this.currentRun?.id
        const answer =
          runId === undefined ? undefined : await this.client.ask<'runDetail'>({ ask: 'runDetail', runId })
        this.currentDetail = answer?.detail ?? undefined
        this.changed.fire()
        if (answer?.detail === null) break
      }
    } catch (error) {
      this.log.warn(`the places of the current run could not be read: ${error}`)
    } finally {
      this.isRefreshing = false
    }
  }

  private setStatus(status: ProfilerStatus) {
    this.profilerStatus = status
    void vscode.commands.executeCommand('setContext', 'costflame.profiler', status.is)
    this.changed.fire()
  }
}

function isUpToDate(detail: RunDetail | undefined, run: RunSummary | undefined): boolean {
  return detail?.summary.id === run?.id && (detail?.summary.revision ?? 0) >= (run?.revision ?? 0)
}

/** Resolves with the promise or when the time is up, whichever is first. */
function within(milliseconds: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    void promise.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
