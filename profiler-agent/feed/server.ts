// The feed: the newest state to every reader, and answers to their questions, over WebSocket. Who may connect is the caller's to check.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { headOfFrame } from './binary-frame'
import { decodeClientMessage } from './codec'
import { type AnswerBody, FEED_VERSION, type Question, type RunSummary, type ServerMessage } from './protocol'

/** A reader that lets this much pile up beside the answers it asked for is dropped; it comes back and gets the newest state. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024

export interface FeedOptions {
  readonly version: string
  readonly pid: number
  readonly data: string
  readonly ask: (question: Question) => Promise<AnswerBody>
}

export class FeedServer {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 })
  #state: ServerMessage | undefined
  /** Bytes of answers on their way to a reader. */
  readonly #answering = new WeakMap<WebSocket, number>()

  constructor(readonly options: FeedOptions) {}

  /** Takes over an upgrade request that has been checked. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (reader) => this.#welcome(reader))
  }

  /** Sends the list of runs to every reader; a newer state replaces an older one. */
  publish(revision: number, runs: readonly RunSummary[]): void {
    this.#state = { type: 'state', revision, runs }
    for (const reader of this.#server.clients) this.#send(reader, this.#state)
  }

  close(): void {
    for (const reader of this.#server.clients) reader.close(1001, 'the profiler stops')
    this.#server.close()
  }

  /** Lets go of readers that did not answer the close. */
  terminate(): void {
    for (const reader of this.#server.clients) reader.terminate()
  }

  #welcome(reader: WebSocket): void {
    const { version, pid, data } = this.options
    this.#send(reader, { type: 'hello', feed: FEED_VERSION, version, pid, data })
    if (this.#state) this.#send(reader, this.#state)
    // A broken connection ends in `close`, which ws handles itself; without a listener it would be thrown.
    reader.on('error', () => reader.terminate())
    reader.on('message', (data) => void this.#answer(reader, data.toString()))
  }

  async #answer(reader: WebSocket, text: string): Promise<void> {
    const decoded = decodeClientMessage(text)
    if (!decoded.ok) {
      reader.close(1008, decoded.message.slice(0, 120))
      return
    }
    const { id, question } = decoded.value
    try {
      this.#sendAnswer(reader, id, await this.options.ask(question))
    } catch (error) {
      this.#send(reader, {
        type: 'failure',
        id,
        message: error instanceof Error ? error.message : String(error),
      })
    }
  }

  /** Columns go behind their message as they are: as text they would be several times as large. */
  #sendAnswer(reader: WebSocket, id: number, body: AnswerBody): void {
    if (reader.readyState !== reader.OPEN) return
    const isBinary = body.to === 'columns' && body.columns !== null
    const pieces = isBinary
      ? [headOfFrame({ type: 'answer', id, body: { to: 'columns', columns: null } }), body.columns]
      : [Buffer.from(JSON.stringify({ type: 'answer', id, body } satisfies ServerMessage))]
    for (const [index, piece] of pieces.entries()) {
      this.#addAnswering(reader, piece.byteLength)
      const fin = index === pieces.length - 1
      reader.send(piece, { binary: isBinary, fin }, () => this.#addAnswering(reader, -piece.byteLength))
    }
  }

  #addAnswering(reader: WebSocket, bytes: number): void {
    this.#answering.set(reader, (this.#answering.get(reader) ?? 0) + bytes)
  }

  #send(reader: WebSocket, message: ServerMessage): void {
    if (reader.readyState !== reader.OPEN) return
    const waiting = reader.bufferedAmount - (this.#answering.get(reader) ?? 0)
    if (waiting > MAX_BUFFERED_BYTES) reader.terminate()
    else reader.send(JSON.stringify(message))
  }
}
