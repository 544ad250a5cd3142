// A reader of the profiler's feed: connects, hands on each new state, and puts questions with a time limit. Knows no VS Code.

import { WebSocket } from 'ws'
import { decodeServerFrame, decodeServerMessage } from '../../profiler-agent/feed/codec'
import type {
  AnswerBody,
  ClientMessage,
  Question,
  ReadyLine,
  RunSummary,
  ServerMessage,
} from '../../profiler-agent/feed/protocol'

export interface FeedEvents {
  /** All runs, newest first. */
  runs(runs: readonly RunSummary[]): void
  /** Called once, also after `close()`. */
  closed(why: string): void
}

export interface FeedLimits {
  readonly connectMs: number
  readonly answerMs: number
}

/** A machine that is busy keeps everybody waiting, and reading a large run takes a while; silence for longer is a fault. */
const LIMITS: FeedLimits = { connectMs: 20_000, answerMs: 30_000 }

/** A run of a million spans is about 150 MB; the profiler is on this machine, and its word is taken. */
const MOST_BYTES = 1024 ** 3

export type AnswerTo<Ask extends Question['ask']> = Extract<AnswerBody, { to: Ask }>

interface Waiting {
  readonly resolve: (body: AnswerBody) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export class FeedClient {
  private readonly waiting = new Map<number, Waiting>()
  private lastId = 0
  private closedBecause: string | undefined

  /** Resolves after the profiler's hello; rejects when nobody answers there, refuses, or speaks another version. */
  static connect(ready: ReadyLine, events: FeedEvents, limits = LIMITS): Promise<FeedClient> {
    const url = new URL(ready.feed)
    url.searchParams.set('token', ready.token)
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout: limits.connectMs,
      maxPayload: MOST_BYTES,
    })
    const client = new FeedClient(socket, events, limits)
    return client.greeted()
  }

  private constructor(
    private readonly socket: WebSocket,
    private readonly events: FeedEvents,
    private readonly limits: FeedLimits,
  ) {}

  /** Rejects when the profiler cannot answer, says that it failed, or takes longer than the limit. */
  ask<Ask extends Question['ask']>(question: Extract<Question, { ask: Ask }>): Promise<AnswerTo<Ask>> {
    if (this.closedBecause !== undefined) return Promise.reject(new Error(this.closedBecause))
    const id = ++this.lastId
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id)
        reject(new Error(`The profiler gave no answer for ${this.limits.answerMs / 1000} s.`))
      }, this.limits.answerMs)
      const accept = (body: AnswerBody) =>
        isAnswerTo(body, question.ask)
          ? resolve(body)
          : reject(new Error(`The profiler answered "${body.to}" to "${question.ask}".`))
      this.waiting.set(id, { resolve: accept, reject, timer })
      this.socket.send(JSON.stringify({ type: 'question', id, question } satisfies ClientMessage))
    })
  }

  close() {
    this.socket.close(1000)
  }

  private greeted(): Promise<FeedClient> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.fail(`The profiler did not greet within ${this.limits.connectMs / 1000} s.`),
        this.limits.connectMs,
      )
      let isGreeted = false
      this.socket.on('error', (error) => this.fail(error.message))
      this.socket.on('close', (_code, reason) => {
        clearTimeout(timer)
        const why = this.closedBecause ?? (reason.toString() || 'The profiler closed the connection.')
        this.giveUp(why)
        if (isGreeted) this.events.closed(why)
        else reject(new Error(why))
      })
      this.socket.on('message', (data: Buffer, isBinary) => {
        const decoded = isBinary ? decodeServerFrame(data) : decodeServerMessage(data.toString())
        if (!decoded.ok) return this.fail(decoded.message)
        if (decoded.value.type === 'hello') {
          isGreeted = true
          clearTimeout(timer)
          resolve(this)
        } else this.receive(decoded.value)
      })
    })
  }

  private receive(message: Exclude<ServerMessage, { type: 'hello' }>) {
    if (message.type === 'state') return this.events.runs(message.runs)
    const waiting = this.waiting.get(message.id)
    // The answer to a question whose time was up.
    if (waiting === undefined) return
    this.waiting.delete(message.id)
    clearTimeout(waiting.timer)
    if (message.type === 'answer') waiting.resolve(message.body)
    else waiting.reject(new Error(message.message))
  }

  private fail(why: string) {
    this.closedBecause ??= why
    this.socket.terminate()
  }

  private giveUp(why: string) {
    this.closedBecause = why
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer)
      reject(new Error(why))
    }
    this.waiting.clear()
  }
}

function isAnswerTo<Ask extends Question['ask']>(body: AnswerBody, ask: Ask): body is AnswerTo<Ask> {
  return body.to === ask
}
