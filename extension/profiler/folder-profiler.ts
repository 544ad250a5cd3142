// The profiler of one folder: attached to, started, followed over its feed and ended. It holds what the feed told last, and says when that changes.

import * as vscode from 'vscode'
import type { Question, ReadyLine, RunDetail, RunSummary } from '../../profiler-agent/feed/protocol'
import { HEADERS } from '../../profiler-agent/model/headers'
import type { LineCost } from '../../profiler-agent/model/line-cost'
import { dataFolder, liveProfilers } from './data-folder'
import type { AnswerTo, FeedClient } from './feed-client'
import { Latest } from './latest'
import type { ProfilerNotices } from './profiler-notices'
import { type ServePlace, type ServeProcess, startServe } from './serve-process'
import { serveFlags } from './serve-settings'

export type ProfilerStatus =
  | { readonly is: 'stopped' }
  | { readonly is: 'starting' }
  | { readonly is: 'running'; readonly ready: ReadyLine; readonly isOurs: boolean }
  | { readonly is: 'failed'; readonly why: string }

export interface FolderProfilerOptions {
  /** Absolute path. */
  readonly folder: string
  /** Absolute path of the built command line. */
  readonly script: string
  readonly log: vscode.LogOutputChannel
  readonly notices: ProfilerNotices
}

/** The list of runs comes right after the greeting; whoever asked for the profiler shall find it there. */
const FIRST_STATE_MS = 3_000

export class FolderProfiler implements vscode.Disposable {
  private currentStatus: ProfilerStatus = { is: 'stopped' }
  private allRuns: readonly RunSummary[] = []
  private client: FeedClient | undefined
  private child: ServeProcess | undefined
  private connecting: Promise<FeedClient> | undefined
  /** Set when the user stopped the profiler: then another one is not attached to behind their back. */
  private isStoppedByUser = false
  /** Where the profiler listens whose address programs were given: the next one is found there, too. */
  private givenPlace: ServePlace | undefined
  /** Of the runs that `lines` were asked for. */
  private linesOf = ''
  /** Processes that could not be spoken with: not tried again until somebody asks. */
  private readonly strangers = new Set<number>()
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly runsChanged = new vscode.EventEmitter<void>()
  private readonly latestDetail: Latest<RunDetail | undefined>
  private readonly latestLines: Latest<readonly LineCost[]>
  /** Any part of the state changed. */
  readonly onDidChange = this.changed.event
  readonly onDidChangeRuns = this.runsChanged.event

  constructor(private readonly options: FolderProfilerOptions) {
    const { log } = options
    const told = {
      changed: () => this.changed.fire(),
      failed: (what: string, error: unknown) => log.warn(`${what} could not be read: ${error}`),
    }
    this.latestDetail = new Latest<RunDetail | undefined>('the places of the current run', undefined, told)
    this.latestLines = new Latest<readonly LineCost[]>('what the lines of the code cost', [], told)
  }

  get folder(): string {
    return this.options.folder
  }

  get status(): ProfilerStatus {
    return this.currentStatus
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
    return this.latestDetail.value
  }

  /** What the lines of the code cost, over the last runs. Another array whenever anything of it changed. */
  get lines(): readonly LineCost[] {
    return this.latestLines.value
  }

  /** Attaches to a live profiler of the folder or starts one; resolves when it answers. Rejects with a sentence that says what to do. */
  start(): Promise<FeedClient> {
    if (this.client !== undefined) return Promise.resolve(this.client)
    this.isStoppedByUser = false
    return this.connectOnce(() => this.connect())
  }

  /** Leaves the profiler that it is with, and attaches to this one. Rejects when that one cannot be spoken with. */
  async attachTo(ready: ReadyLine): Promise<void> {
    await this.stop()
    this.isStoppedByUser = false
    await this.connectOnce(() => this.join(ready, false))
  }

  /** Attaches where a profiler announced itself. Cheap while nothing is there: one look into a folder. */
  async attachIfLive(): Promise<void> {
    if (this.client !== undefined || this.connecting !== undefined || this.isStoppedByUser) return
    const live = await liveProfilers(dataFolder(this.folder))
    if (live.every(({ pid }) => this.strangers.has(pid))) return
    // Nobody asked for this one, so nobody needs to hear that it failed; the log has it.
    await this.connectOnce(() => this.attachOrFail()).catch(() => undefined)
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
    if (question.ask === 'environment') this.keepPlace()
    return client.ask<Ask>(question)
  }

  /** Tells the profiler that runs something about a run (`POST /ingest`). Without one there is nobody to hear; that it failed is in the log. */
  async tell(line: object): Promise<void> {
    if (this.currentStatus.is !== 'running') return
    const { proxy, token } = this.currentStatus.ready
    try {
      const response = await fetch(`${proxy}/ingest`, {
        method: 'POST',
        headers: { [HEADERS.token]: token, 'content-type': 'application/x-ndjson' },
        body: `${JSON.stringify(line)}\n`,
      })
      if (!response.ok) throw new Error(await response.text())
    } catch (error) {
      this.options.log.warn(`the profiler was not told of a run: ${error}`)
    }
  }

  /** What is known of a run already; `undefined` when it has to be asked for. */
  knownDetail(run: RunSummary): RunDetail | undefined {
    return isUpToDate(this.detail, run) ? this.detail : undefined
  }

  /** Ends the child too. */
  async dispose(): Promise<void> {
    await this.stop()
    this.changed.dispose()
    this.runsChanged.dispose()
  }

  private connectOnce(connect: () => Promise<FeedClient>): Promise<FeedClient> {
    this.connecting ??= connect().finally(() => {
      this.connecting = undefined
    })
    return this.connecting
  }

  private async connect(): Promise<FeedClient> {
    this.setStatus({ is: 'starting' })
    try {
      return (await this.attach()) ?? (await this.launch())
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.options.log.error(why)
      this.setStatus({ is: 'failed', why })
      throw error
    }
  }

  private async attach(): Promise<FeedClient | undefined> {
    for (const ready of await liveProfilers(dataFolder(this.folder))) {
      try {
        return await this.join(ready, false)
      } catch (error) {
        // Its file is a leftover, or it speaks another version: one of our own serves as well.
        this.options.log.info(`not attaching to the profiler with process id ${ready.pid}: ${error}`)
        this.options.notices.couldNotAttach(ready, error)
        this.strangers.add(ready.pid)
      }
    }
    return undefined
  }

  private async attachOrFail(): Promise<FeedClient> {
    const client = await this.attach()
    if (client === undefined) throw new Error('The profiler that was there has gone. Start one.')
    return client
  }

  private async launch(): Promise<FeedClient> {
    const child = await this.serve()
    this.child = child
    void child.ended.then((why) => this.childEnded(child, why))
    return this.join(child.ready, true)
  }

  /** Where the one before listened, if that can be: terminals and programs that know it find the profiler again. */
  private async serve(): Promise<ServeProcess> {
    const { folder, script, log, notices } = this.options
    const settings = vscode.workspace.getConfiguration('costflame')
    const options = {
      script,
      folder,
      data: dataFolder(folder),
      // Machine settings: no folder can set them. What is not set is left to the user's settings file.
      flags: serveFlags((key) => settings.inspect(key)?.globalValue),
      log: (line: string) => {
        log.info(line)
        notices.profilerSaid(line)
      },
    }
    const place = this.givenPlace
    this.givenPlace = undefined
    if (place === undefined) return startServe(options)
    return startServe({ ...options, place }).catch((error) => {
      log.info(`not on port ${place.port} again: ${error}`)
      return startServe(options)
    })
  }

  private keepPlace(): void {
    if (this.currentStatus.is !== 'running') return
    const { proxy, token } = this.currentStatus.ready
    this.givenPlace = { port: Number(new URL(proxy).port), token }
  }

  private childEnded(child: ServeProcess, why: string) {
    if (this.child !== child) return
    this.child = undefined
    this.client?.close()
    this.client = undefined
    this.options.log.error(why)
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
    this.options.log.info(`connected to the profiler with process id ${ready.pid}, data in ${ready.data}`)
    this.setStatus({ is: 'running', ready, isOurs })
    return client
  }

  private left(client: FeedClient, why: string) {
    if (this.client !== client) return
    this.client = undefined
    this.options.log.info(`feed closed: ${why}`)
    if (this.isStoppedByUser || this.child !== undefined) return
    this.setStatus({ is: 'stopped' })
    // A `costflame run` has ended: its runs are in the store, and a profiler of our own shows what it recorded last.
    void this.start().catch(() => undefined)
  }

  private receive(runs: readonly RunSummary[]) {
    this.options.log.trace(`${this.folder}: ${runs.length} runs, the newest ${runs[0]?.id}`)
    this.allRuns = runs
    this.runsChanged.fire()
    this.changed.fire()
    void this.latestDetail.refresh(() => this.readDetail())
    void this.latestLines.refresh(() => this.readLines())
  }

  private readDetail(): Promise<RunDetail | undefined> | undefined {
    const { client, currentRun } = this
    if (client === undefined || isUpToDate(this.detail, currentRun)) return undefined
    if (currentRun === undefined) return Promise.resolve(undefined)
    const question = { ask: 'runDetail', runId: currentRun.id } as const
    return client.ask<'runDetail'>(question).then(({ detail }) => detail ?? undefined)
  }

  private readLines(): Promise<readonly LineCost[]> | undefined {
    const runs = JSON.stringify(this.allRuns.map(({ id, revision, active }) => [id, revision, active]))
    if (runs === this.linesOf) return undefined
    this.linesOf = runs
    return this.client?.ask<'lines'>({ ask: 'lines' }).then(({ lines }) => lines)
  }

  private setStatus(status: ProfilerStatus) {
    this.currentStatus = status
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
