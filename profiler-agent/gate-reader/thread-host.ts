// The main thread's side of the thread that reads prompts: asks it, waits no longer than a call may, starts another one when it fails.

import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type {
  FromGateThread,
  GateAnswer,
  GateAsked,
  GateRequest,
  GateThreadOptions,
  ToGateThread,
} from './asking'

export interface GateThreadHostOptions extends GateThreadOptions {
  readonly log: (message: string) => void
  /** A call waits no longer than this; without it, longer for a thread that starts. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 3_000
/** Starting the thread and loading the tokenizer takes half a second, on a busy machine some. */
const START_MS = 15_000
/** A thread that fails more often is left alone: something is wrong that a restart does not mend. */
const MAX_STARTS = 5

export class GateThreadHost {
  #worker: Worker | undefined
  #starts = 0
  #nextId = 1
  #saidLate = false
  #hasAnswered = false
  readonly #asked = new Map<number, (answer: GateAnswer | undefined) => void>()

  constructor(readonly options: GateThreadHostOptions) {}

  /** `undefined` where there is no answer in time. Rejects never. */
  ask(asked: GateAsked, request: GateRequest): Promise<GateAnswer | undefined> {
    const worker = this.#running()
    if (!worker) return Promise.resolve(undefined)
    const { timeoutMs = this.#hasAnswered ? TIMEOUT_MS : START_MS } = this.options
    const id = this.#nextId++
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#giveUp(id, timeoutMs), timeoutMs)
      this.#asked.set(id, (answer) => {
        clearTimeout(late)
        resolve(answer)
      })
      worker.postMessage({ id, asked, request } satisfies ToGateThread)
    })
  }

  async close(): Promise<void> {
    this.#starts = MAX_STARTS
    await this.#worker?.terminate()
  }

  #giveUp(id: number, timeoutMs: number): void {
    if (!this.#saidLate)
      this.options.log(`a prompt could not be read within ${timeoutMs / 1000} s: its call passes unchecked`)
    this.#saidLate = true
    this.#settle(id, undefined)
  }

  #settle(id: number, answer: GateAnswer | undefined): void {
    this.#asked.get(id)?.(answer)
    this.#asked.delete(id)
  }

  #running(): Worker | undefined {
    if (this.#worker || this.#starts >= MAX_STARTS) return this.#worker
    this.#starts++
    const { log, timeoutMs: _, ...workerData } = this.options
    const worker = new Worker(join(workerData.assets, 'gate-thread.js'), { workerData, stdout: false })
    this.#worker = worker
    worker.on('message', (message: FromGateThread) => {
      this.#hasAnswered = true
      if ('problem' in message)
        log(`a prompt could not be read, its call passes unchecked: ${message.problem}`)
      this.#settle(message.id, 'answer' in message ? message.answer : undefined)
    })
    worker.on('error', (error) => log(`the thread that reads prompts failed: ${error.message}`))
    worker.on('exit', () => {
      this.#worker = undefined
      this.#hasAnswered = false
      for (const id of [...this.#asked.keys()]) this.#settle(id, undefined)
    })
    worker.unref()
    return worker
  }
}
