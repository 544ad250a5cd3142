// The main thread's side of the worker: hands it exchanges, asks it questions, and starts another one when it dies. Never blocks a call.

import { Worker } from 'node:worker_threads'
import type { AnswerBody, Question, RunSummary } from './feed/protocol'
import type { HttpExchange } from './model/exchange'
import { formatPlural } from './model/quantity'
import type { RunRecord } from './model/record'
import type { FromWorker, ToWorker, WorkerOptions } from './worker-messages'

/** Bytes of copies that may wait for the worker; past it the request's copy is dropped, never the usage in the reply. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024
/** A worker that dies more often than this in a row is left dead: something is wrong that a restart does not mend. */
const MAX_RESTARTS = 5

export interface WorkerHostOptions {
  /** Path of the worker's bundle. */
  readonly script: string
  readonly worker: WorkerOptions
  readonly onState: (revision: number, runs: readonly RunSummary[]) => void
  readonly log: (message: string) => void
}

interface Waiting {
  readonly resolve: (body: AnswerBody) => void
  readonly reject: (error: Error) => void
}

export class WorkerHost {
  #worker: Worker | undefined
  #restarts = 0
  #closing = false
  #nextId = 1
  #waitingBytes = 0
  readonly #sizes = new Map<string, number>()
  readonly #questions = new Map<number, Waiting>()
  readonly #flushes = new Map<number, () => void>()

  constructor(readonly options: WorkerHostOptions) {
    this.#start()
  }

  addRun(run: RunRecord): void {
    this.#post({ type: 'run', run })
  }

  endRun(runId: string, endedAt: number): void {
    this.#post({ type: 'runEnd', runId, endedAt })
  }

  /** A call went upstream: its run is going on, however long the answer takes. */
  callStarted(runId: string): void {
    this.#post({ type: 'callStarted', runId })
  }

  /** Hands over a finished exchange; its bodies must not be used afterwards. */
  addExchange(exchange: HttpExchange): void {
    const bytes = exchange.requestBody.byteLength + exchange.responseBody.byteLength
    const kept = this.#waitingBytes + bytes > MAX_WAITING_BYTES ? withoutRequest(exchange) : exchange
    if (!this.#worker) return
    this.#waitingBytes += bytes
    this.#sizes.set(exchange.id, bytes)
    this.#worker.postMessage({ type: 'exchange', exchange: kept } satisfies ToWorker, buffersOf(kept))
  }

  /** Rejects when the worker could not answer, with the reason. */
  ask(question: Question): Promise<AnswerBody> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(new Error('recording has stopped; start the profiler again'))
      this.#questions.set(id, { resolve, reject })
      this.#post({ type: 'question', id, question })
    })
  }

  /** Resolves when everything handed over so far is in the store, or never will be. */
  flush(): Promise<void> {
    const id = this.#nextId++
    return new Promise((resolve) => {
      if (!this.#worker) return resolve()
      this.#flushes.set(id, resolve)
      this.#post({ type: 'flush', id })
    })
  }

  /** Flushes, and ends the worker. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    this.#closing = true
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    this.#post({ type: 'close' })
    await exited
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message)
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

  /** Calls pass on meanwhile; what the worker had not stored yet is lost, and said to be. */
  #exited(): void {
    this.#worker = undefined
    const lost = this.#sizes.size
    this.#sizes.clear()
    this.#waitingBytes = 0
    for (const { reject } of this.#questions.values())
      reject(new Error('the profiler is restarting its worker'))
    this.#questions.clear()
    for (const resolve of this.#flushes.values()) resolve()
    this.#flushes.clear()
    if (this.#closing) return
    if (lost > 0)
      this.options.log(`${formatPlural(lost, 'call')} not recorded: the worker stopped before storing`)
    if (++this.#restarts <= MAX_RESTARTS) this.#start()
    else
      this.options.log(
        'recording has stopped, because the worker keeps failing; calls still pass. See the messages above.',
      )
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'stored':
        this.#waitingBytes -= this.#sizes.get(message.exchangeId) ?? 0
        this.#sizes.delete(message.exchangeId)
        this.#restarts = 0
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
        this.#flushes.get(message.id)?.()
        this.#flushes.delete(message.id)
        return
      case 'log':
        this.options.log(message.message)
        return
      default:
        message satisfies never
    }
  }
}

/** Transferred, not copied; an empty body has nothing to transfer. */
function buffersOf({ requestBody, responseBody }: HttpExchange): ArrayBuffer[] {
  return [requestBody.buffer, responseBody.buffer].filter(
    (buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer && buffer.byteLength > 0,
  )
}

function withoutRequest(exchange: HttpExchange): HttpExchange {
  return { ...exchange, requestBody: new Uint8Array(), copyTruncated: true }
}
