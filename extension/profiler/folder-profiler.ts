// The profiler of one folder: attached to, started, followed over its feed and ended. It holds what the feed told last, and says when that changes.

import * as vscode from 'vscode'
import type {
  AnswerBody,
  Question,
  ReadyLine,
  RunDetail,
  RunSummary,
} from '../../profiler-agent/feed/protocol'
import { HEADERS } from '../../profiler-agent/model/headers'
import type { LineCost } from '../../profiler-agent/model/line-cost'
import { dataFolder, liveProfilers } from './data-folder'
import type { AnswerTo, FeedClient } from './feed-client'
import type { ProfilerNotices } from './profiler-notices'
import { type ServePlace, type ServeProcess, startServe } from './serve-process'
import { serveFlags } from './serve-settings'
import { ToldState } from './told-state'

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
const FIRST_STATE_MS = 10_000
/** Of a window that was open for long, programs of older runs have ended. */
const MOST_RUNS = 100

export class FolderProfiler implements vscode.Disposable {
  private currentStatus: ProfilerStatus = { is: 'stopped' }
  private client: FeedClient | undefined
  private child: ServeProcess | undefined
  private connecting: Promise<FeedClient> | undefined
  private attaching: Promise<FeedClient | undefined> | undefined
  /** Set when the user stopped the profiler: then another one is not attached to behind their back. */
  private isStoppedByUser = false
  /** Where the profiler listens whose address programs were given: the next one is found there, too. */
  private givenPlace: ServePlace | undefined
  /** Processes that could not be spoken with: not tried again until somebody asks. */
  private readonly strangers = new Set<number>()
  private readonly changed = new vscode.EventEmitter<void>()
  private readonly runsChanged = new vscode.EventEmitter<void>()
  private readonly told: ToldState
  /** Any part of the state changed. */
  readonly onDidChange = this.changed.event
  readonly onDidChangeRuns = this.runsChanged.event

  constructor(private readonly options: FolderProfilerOptions) {
    const { log } = options
    this.told = new ToldState({
      changed: () => this.changed.fire(),
      failed: (what, error) => log.warn(`${what} could not be read: ${error}`),
    })
  }

  get folder(): string {
    return this.options.folder
  }

  get status(): ProfilerStatus {
    return this.currentStatus
  }

  /** Newest first. */
  get runs(): readonly RunSummary[] {
    return this.told.runs
  }

  /** Places and findings of the current run; of the one before until they have come. */
  get detail(): RunDetail | undefined {
    return this.told.detail
  }

  /** What the lines of the code cost, over the last runs. Another array whenever anything of it changed. */
  get lines(): readonly LineCost[] {
    return this.told.lines
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
    if (this.isSettled) return
    const live = await liveProfilers(dataFolder(this.folder))
    if (this.isSettled || live.every(({ pid }) => this.strangers.has(pid))) return
    // Nobody asked for this one, so nobody needs to hear that it failed; the log has it.
    await this.attachOnce().catch(() => undefined)
  }

  /** Ends the profiler that this window started; lets go of one that it only attached to. */
  async stop(): Promise<void> {
    this.isStoppedByUser = true
    // One that is about to be there would stay.
    await this.connecting?.catch(() => undefined)
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
    const answer = await client.ask<Ask>(question)
    this.keepPlace(question, answer)
    return answer
  }

  /** For what is shown without being asked for: `undefined` where no profiler runs. */
  async askIfRunning<Ask extends Question['ask']>(
    question: Extract<Question, { ask: Ask }>,
  ): Promise<AnswerTo<Ask> | undefined> {
    return this.client?.ask<Ask>(question)
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
    return this.told.knownDetail(run)
  }

  /** Ends the child too. */
  async dispose(): Promise<void> {
    await this.stop()
    this.changed.dispose()
    this.runsChanged.dispose()
  }

  /** There is nothing to look for. */
  private get isSettled(): boolean {
    return this.client !== undefined || this.connecting !== undefined || this.isStoppedByUser
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
      return (await this.attachOnce()) ?? (await this.launch())
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.options.log.error(why)
      this.setStatus({ is: 'failed', why })
      throw error
    }
  }

  /** A look round and a start that was asked for meanwhile share the attempt. */
  private attachOnce(): Promise<FeedClient | undefined> {
    this.attaching ??= this.attach().finally(() => {
      this.attaching = undefined
    })
    return this.attaching
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
    if (place === undefined) return startServe(options)
    return startServe({ ...options, place }).catch((error) => {
      log.info(`not on port ${place.port} again: ${error}`)
      this.givenPlace = undefined
      return startServe(options)
    })
  }

  /** Programs go on with the variables that they have: whatever takes the profiler's place sends their calls where it did. */
  private keepPlace(question: Question, answer: AnswerBody): void {
    if (question.ask !== 'environment' || answer.to !== 'environment') return
    if (this.currentStatus.is !== 'running') return
    const { runId } = question
    const { upstreams = {} } = answer
    const { proxy, token } = this.currentStatus.ready
    const port = Number(new URL(proxy).port)
    const isSame = this.givenPlace?.port === port && this.givenPlace.token === token
    const { common, runs } = (isSame ? this.givenPlace?.upstreams : undefined) ?? { common: {}, runs: {} }
    this.givenPlace = {
      ...{ port, token },
      upstreams:
        runId === undefined
          ? { common: { ...common, ...upstreams }, runs }
          : {
              common,
              runs: Object.fromEntries([...Object.entries(runs), [runId, upstreams]].slice(-MOST_RUNS)),
            },
    }
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
    this.told.receive(runs, () => this.client)
    this.runsChanged.fire()
    this.changed.fire()
  }

  private setStatus(status: ProfilerStatus) {
    this.currentStatus = status
    this.changed.fire()
  }
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
