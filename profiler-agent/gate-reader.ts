// Reads the prompt of a request before it goes up, in a thread of its own: what limits on tool calls and retrieved text are held against.

import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type ContentPiece, type ContentReading, NO_CONTENT, sumsOf } from './budgets/gate/content'
import { mayBringResults } from './gate-markers'
import type { GateAnswer, GateQuestion, ReadPiece } from './gate-reading'
import type { GatedCall } from './model/call-gate'
import { RecentMap } from './model/recent-map'

export interface GateThreadOptions {
  /** Folder of the bundles and their assets. */
  readonly assets: string
}

export interface ToGateThread {
  readonly id: number
  readonly question: GateQuestion
}

export type FromGateThread =
  | { readonly id: number; readonly answer: GateAnswer }
  | { readonly id: number; readonly problem: string }

export interface GateReaderOptions extends GateThreadOptions {
  /** `retrievalTools` of `config.jsonc`, as it stands. */
  readonly retrievalTools: () => readonly string[]
  readonly log: (message: string) => void
  /** A call waits no longer than this. */
  readonly timeoutMs?: number
}

/** What a limit needs of a request. */
export interface ReadingNeeds {
  /** False where only a limit on tool calls holds. */
  readonly tokens?: boolean
  /** Tokens that a request may bring without exceeding anything: smaller ones need not be counted. */
  readonly room?: number
}

const TIMEOUT_MS = 3_000
/** A held answer that was given a moment ago is not yet known to be whose it is. */
const HELD_MS = 1_000
const MAX_STARTS = 5
const MOST_RUNS = 200
const MOST_NAMES = 1_000
const MOST_RESPONSES = 20_000
/** Of the tokenizers there are, the one that makes most tokens of a text makes less than this many of each of its bytes. */
const MOST_TOKENS_PER_BYTE = 1.5
/** All that reading a request takes. */
const NEEDED_HEADERS: readonly string[] = ['content-type', 'content-encoding', 'anthropic-beta']

interface Declared {
  readonly names: Set<string>
  readonly calls: Set<string>
}

/** Starts its thread with the first request that has to be read. Rejects never: what cannot be read in time is `undefined`, and the call passes. */
export class GateReader {
  #worker: Worker | undefined
  #starts = 0
  #nextId = 1
  #saidLate = false
  readonly #asked = new Map<number, (answer: GateAnswer | undefined) => void>()
  readonly #declared = new RecentMap<string, Declared>(MOST_RUNS)
  /** Tool calls since the last answer without any, by the call whose request brought their results. */
  readonly #toolCalls = new RecentMap<string, number>(MOST_RESPONSES)
  /** The same by the id of the response that was given then, or of the conversation. */
  readonly #held = new RecentMap<string, number>(MOST_RESPONSES)
  readonly #waiting = new Map<string, (() => void)[]>()

  /** How many calls of a run were read and have answers that are not known yet. */
  readonly #unanswered = new RecentMap<string, number>(MOST_RUNS)

  constructor(readonly options: GateReaderOptions) {}

  /** Loads what the first request would have to wait for. */
  prepare(): void {
    const body = Buffer.from('{"messages":[]}')
    const nothing = {
      provider: 'openai',
      method: 'POST',
      path: '/v1/chat/completions',
      headers: {},
      model: '',
    }
    void this.#ask({ ...nothing, body, countsTokens: true, retrievalTools: [] })
  }

  /** What the request brings along; `undefined` where nobody can say. */
  async readGated(call: GatedCall, needs: ReadingNeeds = {}): Promise<ContentReading | undefined> {
    const { tokens = true, room = 0 } = needs
    if (!mayBringResults(call)) return NO_CONTENT
    const countsTokens = tokens && call.body.length * MOST_TOKENS_PER_BYTE > room
    const answer = await this.#ask(this.#questionOf(call, countsTokens))
    if (!answer) return undefined
    const { continues, answersHeld } = answer
    const held = continues !== undefined && answersHeld ? await this.#heldBy(call.runId, continues) : 0
    const toolCalls = answer.toolCalls + held
    this.#toolCalls.set(call.id, toolCalls)
    this.#unanswered.set(call.runId, (this.#unanswered.get(call.runId) ?? 0) + 1)
    const pieces = answer.pieces.map((piece) => this.#withDeclared(call.runId, piece))
    return { toolCalls, pieces, ...sumsOf(pieces) }
  }

  /** Ids by which later requests go on from the answer of a call; to be told of every call that was read here. */
  answered(callId: string, runId: string, responseIds: readonly string[]): void {
    const toolCalls = this.#toolCalls.get(callId) ?? 0
    if (this.#toolCalls.has(callId)) this.#unanswered.set(runId, (this.#unanswered.get(runId) ?? 1) - 1)
    this.#toolCalls.delete(callId)
    for (const id of responseIds) {
      const key = `${runId} ${id}`
      this.#held.set(key, toolCalls)
      for (const resolve of this.#waiting.get(key) ?? []) resolve()
    }
  }

  /** Retrieval that the program declared: results of these tool calls, and of tools of this name, are retrieved text. */
  declared(runId: string, name: string, toolCallId: string | undefined): void {
    const known = this.#declared.get(runId) ?? { names: new Set(), calls: new Set() }
    this.#declared.set(runId, known)
    addRecent(known.names, name)
    if (toolCallId !== undefined) addRecent(known.calls, toolCallId)
  }

  async close(): Promise<void> {
    this.#starts = MAX_STARTS
    for (const resolve of [...this.#waiting.values()].flat()) resolve()
    await this.#worker?.terminate()
  }

  #questionOf(call: GatedCall, countsTokens: boolean): GateQuestion {
    const { provider, method, path, body, model } = call
    const headers = NEEDED_HEADERS.flatMap((name) => {
      const value = call.headers[name]
      return value === undefined ? [] : [[name, String(value)] as const]
    })
    return {
      ...{ provider, method, path, body, model, countsTokens },
      headers: Object.fromEntries(headers),
      retrievalTools: this.options.retrievalTools(),
    }
  }

  /** What the program has declared by the time the request is read: that comes beside the request, not before it. */
  #withDeclared(runId: string, { tool, callId, ...piece }: ReadPiece): ContentPiece {
    const known = this.#declared.get(runId)
    const isDeclared = known?.calls.has(callId ?? '') || known?.names.has(tool ?? '')
    return isDeclared ? { ...piece, retrieval: 'declared' } : piece
  }

  #ask(question: GateQuestion): Promise<GateAnswer | undefined> {
    const worker = this.#running()
    if (!worker) return Promise.resolve(undefined)
    const { timeoutMs = TIMEOUT_MS } = this.options
    const id = this.#nextId++
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        if (!this.#saidLate)
          this.options.log(
            `a prompt could not be read within ${timeoutMs / 1000} s: its call passes unchecked`,
          )
        this.#saidLate = true
        this.#settle(id, undefined)
      }, timeoutMs)
      this.#asked.set(id, (answer) => {
        clearTimeout(late)
        resolve(answer)
      })
      worker.postMessage({ id, question } satisfies ToGateThread)
    })
  }

  #settle(id: number, answer: GateAnswer | undefined): void {
    this.#asked.get(id)?.(answer)
    this.#asked.delete(id)
  }

  #running(): Worker | undefined {
    if (this.#worker || this.#starts >= MAX_STARTS) return this.#worker
    this.#starts++
    const { assets, log } = this.options
    const worker = new Worker(join(assets, 'gate-thread.js'), { workerData: { assets }, stdout: false })
    this.#worker = worker
    worker.on('message', (message: FromGateThread) => {
      if ('problem' in message)
        log(`a prompt could not be read, its call passes unchecked: ${message.problem}`)
      this.#settle(message.id, 'answer' in message ? message.answer : undefined)
    })
    worker.on('error', (error) => log(`the thread that reads prompts failed: ${error.message}`))
    worker.on('exit', () => {
      this.#worker = undefined
      for (const id of [...this.#asked.keys()]) this.#settle(id, undefined)
    })
    worker.unref()
    return worker
  }

  /** Tool calls that a held history counts since its last answer without any; 0 where nobody knows it. */
  async #heldBy(runId: string, id: string): Promise<number> {
    const key = `${runId} ${id}`
    if (!this.#held.has(key) && (this.#unanswered.get(runId) ?? 0) > 0) await this.#answeredSoon(key)
    return this.#held.get(key) ?? 0
  }

  #answeredSoon(key: string): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(late)
        this.#waiting.delete(key)
        resolve()
      }
      const late = setTimeout(done, HELD_MS)
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), done])
    })
  }
}

function addRecent(set: Set<string>, value: string): void {
  set.delete(value)
  set.add(value)
  const [oldest] = set
  if (set.size > MOST_NAMES && oldest !== undefined) set.delete(oldest)
}
