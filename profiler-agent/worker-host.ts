// The main thread's side of the worker: hands it exchanges, asks it questions, and starts another one when it dies or hangs. Never blocks a call.

import { Worker } from 'node:worker_threads'
import type { SpentUpdate } from './budgets/gate/spent'
import { ExchangeQueue } from './exchange-queue'
import type { AnswerBody, Question, RunSummary } from './feed/protocol'
import type { GateAnswer, GateQuestion } from './live-budget/messages'
import type { Violation } from './model/escalation'
import type { HttpExchange } from './model/exchange'
import type { HookReport } from './model/hook-report'
import { formatPlural } from './model/quantity'
import type { DeclaredOutcome, DeclaredSpan, RunRecord } from './model/record'
import { Spool } from './spool'
import type { SpooledExchange } from './waiting-exchange'
import { WaitingNotes } from './waiting-notes'
import type { FromWorker, RunNote, ToWorker, WorkerOptions } from './worker-messages'
import { FULL_BATCH, WorkerShare } from './worker-share'

/** A worker that dies more often than this in a row is left dead: something is wrong that a restart does not mend. */
const MAX_RESTARTS = 5
/** A worker that stores nothing of a batch for this long hangs. */
const STUCK_MS = 60_000
const LOOK_EVERY_MS = 5_000
/** What waits longer is written to the spool: with a worker that keeps up, nothing is. */
const SPOOL_AFTER_MS = 40
/** A worker that rests is looked after so often. */
const LOOK_AGAIN_MS = 25
/** Who waits for us to end may lose patience. */
const CLOSE_MS = 10_000
/** A worker that ends and says what it still does has so much longer. */
const SAYING_MS = 30_000

/** Credentials that were seen; `revision` grows with each new one. */
export interface KnownSecrets {
  readonly revision: number
  /** Those that came after this revision; after 0, all. */
  since(revision: number): readonly string[]
}

export interface WorkerHostOptions {
  /** Path of the worker's bundle. */
  readonly script: string
  readonly worker: WorkerOptions
  readonly onState: (revision: number, runs: readonly RunSummary[]) => void
  readonly log: (message: string) => void
  readonly gate?: GateEars
  /** Whether texts may be written as they are; asked each time before the spool is. Without it nothing is spooled. */
  readonly keepsText?: () => boolean
  /** To be masked in whatever the worker reads. */
  readonly secrets?: KnownSecrets
  readonly stuckMs?: number
  /** How long `close` waits for what is not stored yet. */
  readonly closeMs?: number
}

/** Who keeps count of what calls may spend. */
export interface GateEars {
  /** `ids` are calls that are stored by now, or never will be. */
  readonly told: (spent: SpentUpdate | undefined, ids: readonly string[]) => void
  /** Another worker goes on, and is about to be given calls: it knows nothing of what was asked. */
  readonly restarted: () => void
}

interface Waiting {
  readonly question: Question
  readonly resolve: (body: AnswerBody) => void
  readonly reject: (error: Error) => void
}

interface Flush {
  readonly resolve: () => void
  /** Number of the latest exchange that it waits for. */
  readonly upTo: number
  /** Whether what changed is analysed and told before, without a pause. */
  readonly isTold: boolean
  isAsked: boolean
}

export class WorkerHost {
  #worker: Worker | undefined
  #isReady = false
  #hasGivenUp = false
  #restarts = 0
  #hasDied = false
  #closing = false
  #nextId = 1
  readonly #spool: Spool
  readonly #queue: ExchangeQueue
  #handedOverAt = 0
  readonly #share = new WorkerShare()
  #rest: NodeJS.Timeout | undefined
  /** Revision of the secrets that this worker knows. */
  #toldSecrets = 0
  /** Gathered for the next message. */
  readonly #started: string[] = []
  #handOver: NodeJS.Immediate | undefined
  #spooling: NodeJS.Timeout | undefined
  /** What was said of runs and not yet noted by the worker, by id. */
  readonly #notes = new WaitingNotes(() =>
    this.options.log('declared spans or outcomes not recorded: more are declared than the worker can store'),
  )
  readonly #questions = new Map<number, Waiting>()
  readonly #gateQuestions = new Map<
    number,
    { question: GateQuestion; resolve: (answer: GateAnswer) => void }
  >()
  readonly #flushes = new Map<number, Flush>()
  readonly #watch: NodeJS.Timeout
  #late: NodeJS.Timeout | undefined
  #closeBegan = Number.POSITIVE_INFINITY

  constructor(readonly options: WorkerHostOptions) {
    const every = Math.min(LOOK_EVERY_MS, options.stuckMs ?? STUCK_MS)
    this.#watch = setInterval(() => this.#lookIfStuck(), every).unref()
    this.#spool = new Spool(options.worker.data)
    this.#queue = new ExchangeQueue((place) => {
      // Given up here, what lies in a file is for the next process.
      if (!this.#hasGivenUp) this.#spool.release(place)
    })
    for (const place of this.#spool.takeOver()) this.#addSpooled(place)
    this.#start()
  }

  /** Its process died: it counts as a call under way, like any other that is to be stored. */
  #addSpooled(place: SpooledExchange): void {
    this.#started.push(place.runId)
    this.#queue.addSpooled(place)
  }

  addRun(run: RunRecord): void {
    this.#note({ type: 'run', run })
  }

  endRun(runId: string, endedAt: number): void {
    this.#note({ type: 'runEnd', runId, endedAt })
  }

  addOutcome(outcome: DeclaredOutcome): void {
    this.#note({ type: 'outcome', outcome })
  }

  addHookReport(report: HookReport): void {
    this.#note({ type: 'hook', report })
  }

  /** A limit that escalates was exceeded; the same violation is told once, however often it is noticed. */
  violated(violation: Violation): void {
    this.#note({ type: 'violation', violation })
  }

  /** Spans that are declared one after the other, without a call between them, are handed over together. */
  addSpan(span: DeclaredSpan): void {
    if (this.#hasGivenUp) return
    this.#notes.addSpan(span, this.#queue.latest)
    this.#handOverSoon()
  }

  /** To be told of every call when it comes, whatever becomes of it. */
  callCame(): void {
    this.#share.callCame()
  }

  /** A call went upstream: its run is going on, however long the answer takes. */
  callStarted(runId: string): void {
    this.#started.push(runId)
    this.#handOverSoon()
  }

  /** Hands over a finished exchange, which is kept until it is stored; its bodies must not be changed afterwards. */
  addExchange(exchange: HttpExchange): void {
    if (this.#hasGivenUp) return
    this.#queue.add(exchange)
    this.#handOverSoon()
    this.#spoolSoon()
  }

  #spoolSoon(): void {
    if (!this.options.keepsText || !this.#queue.isWritable) return
    this.#spooling ??= setTimeout(() => void this.#spoolOverdue(), SPOOL_AFTER_MS).unref()
  }

  async #spoolOverdue(): Promise<void> {
    const since = performance.now() - SPOOL_AFTER_MS
    for (;;) {
      const batch = this.#mayWriteText() ? this.#queue.overdue(since) : []
      const places = batch.length > 0 ? await this.#spool.write(batch) : undefined
      this.#queue.written(batch, places)
      if (places === undefined) break
    }
    this.#spooling = undefined
    this.#spoolSoon()
  }

  /** Exchanges that would be lost with this process. */
  get inMemory(): number {
    return this.#queue.inMemory
  }

  /** Rejects when the worker could not answer, with the reason. */
  ask(question: Question): Promise<AnswerBody> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(new Error('recording has stopped; start the profiler again'))
      this.#questions.set(id, { question, resolve, reject })
      this.#post({ type: 'question', id, question })
    })
  }

  /** Asks for the gate. Resolves with nothing where no worker will answer any more; rejects never. */
  askForGate(question: GateQuestion): Promise<GateAnswer> {
    const id = this.#nextId++
    return new Promise((resolve) => {
      if (!this.#worker) return resolve({})
      this.#gateQuestions.set(id, { question, resolve })
      this.#post({ type: 'gate', id, question })
    })
  }

  /** Whether the record of a call still waits to be stored. */
  isWaiting(exchangeId: string): boolean {
    return this.#queue.has(exchangeId)
  }

  /** Resolves when everything handed over so far is in the store, or never will be, and what is found in it is told. */
  flush(): Promise<void> {
    return this.#flush(true)
  }

  /** Resolves when everything handed over so far is in the store, or never will be. */
  stored(): Promise<void> {
    return this.#flush(false)
  }

  #flush(isTold: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (this.#hasGivenUp || !this.#worker) return resolve()
      this.#flushes.set(this.#nextId++, { resolve, upTo: this.#queue.latest, isTold, isAsked: false })
      this.#handOverCalls()
    })
  }

  /** Flushes, and ends the worker. */
  async close(): Promise<void> {
    this.#late = setTimeout(() => this.#endLate(), this.options.closeMs ?? CLOSE_MS)
    this.#closeBegan = performance.now()
    await this.flush()
    const worker = this.#worker
    this.#closing = true
    clearInterval(this.#watch)
    if (worker) {
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      this.#post({ type: 'close' })
      await exited
    }
    clearTimeout(this.#late)
    clearTimeout(this.#spooling)
    clearTimeout(this.#rest)
    this.#spool.close()
  }

  #endLate(): void {
    this.#closing = true
    if (this.#queue.inMemory > 0)
      this.options.log(`${this.#unstored(this.#queue.inMemory)}: the profiler had to end`)
    void this.#worker?.terminate()
  }

  #note(note: RunNote): void {
    if (this.#hasGivenUp) return
    this.#notes.add(note, this.#queue.latest)
    this.#handOverCalls()
  }

  #mayWriteText(): boolean {
    try {
      return this.options.keepsText?.() === true
    } catch {
      return false // Settings that cannot be read: the worker says so.
    }
  }

  /** One message for many calls: each costs both threads a wake-up. */
  #handOverSoon(): void {
    this.#handOver ??= setImmediate(() => this.#handOverCalls())
  }

  /** Bodies are copied, not transferred: should the worker die, they are given to the next one. */
  #handOverCalls(): void {
    clearImmediate(this.#handOver)
    this.#handOver = undefined
    if (!this.#isReady) return
    this.#tellSecrets()
    const most = this.#batchSize()
    const started = most === 0 ? [] : this.#started.splice(0)
    const exchanges = this.#queue.take(this.#postNotes(), most)
    if (exchanges.length > 0) this.#handedOverAt = performance.now()
    if (started.length + exchanges.length > 0)
      this.#worker?.postMessage({ type: 'calls', started, exchanges } satisfies ToWorker)
    this.#postNotes()
    this.#askForFlushes()
  }

  /** In a rush the calls go first, unless somebody waits for what is recorded of them, or a worker has died: then soon is safe. */
  #batchSize(): number {
    if (this.#hasDied || this.#flushes.size + this.#questions.size > 0) return FULL_BATCH
    const size = this.#share.batchSize(this.#queue.oldest)
    if (size === 0) this.#rest ??= setTimeout(() => this.#endRest(), LOOK_AGAIN_MS)
    return size
  }

  #endRest(): void {
    this.#rest = undefined
    this.#handOverCalls()
  }

  /** Before anything in which they may stand. */
  #tellSecrets(): void {
    const { secrets } = this.options
    if (secrets === undefined || secrets.revision === this.#toldSecrets) return
    const values = secrets.since(this.#toldSecrets)
    this.#toldSecrets = secrets.revision
    this.#worker?.postMessage({ type: 'secrets', values } satisfies ToWorker)
  }

  /** Notes keep their place among the exchanges. Gives the number of the last exchange before the next one. */
  #postNotes(): number {
    for (const said of this.#notes.values()) {
      if (said.isPosted) continue
      if (!this.#queue.isTaken(said.after)) return said.after
      said.isPosted = true
      this.#worker?.postMessage({ type: 'note', id: said.id, note: said.note } satisfies ToWorker)
    }
    return Number.POSITIVE_INFINITY
  }

  #askForFlushes(): void {
    for (const [id, flush] of this.#flushes) {
      if (flush.isAsked || !this.#queue.isDone(flush.upTo)) continue
      flush.isAsked = true
      this.#worker?.postMessage({ type: 'flush', id, isTold: flush.isTold } satisfies ToWorker)
    }
  }

  #post(message: ToWorker): void {
    this.#handOverCalls()
    // Questions for a worker that is not ready yet are handed over once it is.
    if (this.#isReady || message.type === 'close') this.#worker?.postMessage(message)
  }

  #start(): void {
    const worker = new Worker(this.options.script, { workerData: this.options.worker, stdout: false })
    this.#worker = worker
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) =>
      this.options.log(`the profiler's worker failed: ${error.stack ?? error.message}`),
    )
    worker.on('exit', () => this.#exited())
  }

  #begin(): void {
    if (this.#hasDied) this.options.gate?.restarted()
    this.#isReady = true
    // Before the calls: what was reserved for them is given back with what they spent.
    for (const [id, { question }] of this.#gateQuestions)
      this.#worker?.postMessage({ type: 'gate', id, question } satisfies ToWorker)
    this.#handOverCalls()
    for (const [id, { question }] of this.#questions)
      this.#worker?.postMessage({ type: 'question', id, question } satisfies ToWorker)
  }

  /** Calls pass on meanwhile; what the worker had not stored yet is the next one's. */
  #exited(): void {
    this.#worker = undefined
    this.#hasDied = true
    this.#isReady = false
    this.#toldSecrets = 0
    const dropped = this.#queue.takeBack()
    for (const id of dropped) this.options.log(`call ${id} not recorded: the worker failed on it three times`)
    if (dropped.length > 0) this.options.gate?.told(undefined, dropped)
    for (const { reject } of this.#questions.values())
      reject(new Error('the profiler is restarting its worker'))
    this.#questions.clear()
    for (const flush of this.#flushes.values()) flush.isAsked = false
    for (const said of this.#notes.values()) said.isPosted = false
    if (this.#closing) this.#settleFlushes()
    else if (++this.#restarts <= MAX_RESTARTS) this.#start()
    else this.#giveUp()
  }

  #giveUp(): void {
    this.#hasGivenUp = true
    clearInterval(this.#watch)
    const { count, inMemory } = this.#queue
    if (inMemory > 0) this.options.log(`${this.#unstored(inMemory)}: the worker does not start any more`)
    if (count > inMemory)
      this.options.log(
        `${formatPlural(count - inMemory, 'call')} kept for the next costflame command to record`,
      )
    this.#queue.clear()
    this.#notes.clear()
    this.#settleFlushes()
    this.options.log(
      'recording has stopped, because the worker keeps failing; calls still pass. See the messages above.',
    )
  }

  #unstored(calls: number): string {
    return `${formatPlural(calls, 'call')} not recorded`
  }

  #settleFlushes(): void {
    for (const { resolve } of this.#gateQuestions.values()) resolve({})
    this.#gateQuestions.clear()
    for (const { resolve } of this.#flushes.values()) resolve()
    this.#flushes.clear()
  }

  #lookIfStuck(): void {
    const { stuckMs = STUCK_MS } = this.options
    if (!this.#queue.isHandedOver || performance.now() - this.#handedOverAt < stuckMs) return
    this.options.log('the worker hangs and is started again')
    this.#handedOverAt = performance.now()
    void this.#worker?.terminate()
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        this.#spool.keepsLeft = !message.isKept
        this.#begin()
        return
      case 'stored':
        this.#queue.remove(message.exchangeIds)
        this.options.gate?.told(message.spent, message.exchangeIds)
        this.#share.worked(performance.now() - this.#handedOverAt)
        this.#restarts = 0
        this.#handOverCalls()
        return
      case 'spent':
        this.options.gate?.told(message.spent, [])
        return
      case 'gateAnswer':
        this.options.gate?.told(message.answer.spent, [])
        this.#gateQuestions.get(message.id)?.resolve(message.answer)
        this.#gateQuestions.delete(message.id)
        return
      case 'noted':
        this.#notes.delete(message.id)
        return
      case 'state':
        this.options.onState(message.revision, message.runs)
        return
      case 'answer':
        this.#questions.get(message.id)?.resolve(message.body)
        this.#questions.delete(message.id)
        return
      case 'failure':
        this.#questions.get(message.id)?.reject(new Error(message.message))
        this.#questions.delete(message.id)
        return
      case 'flushed':
        this.#flushes.get(message.id)?.resolve()
        this.#flushes.delete(message.id)
        return
      case 'log':
        this.options.log(message.message)
        if (performance.now() - this.#closeBegan < SAYING_MS) this.#late?.refresh()
        return
      default:
        message satisfies never
    }
  }
}
