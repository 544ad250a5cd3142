// Sends lines to the profiler's `POST /ingest` on a connection that is opened before it is needed: so that the last of them can be
// handed to the operating system at once when the program exits. Says nothing when the profiler is gone.

import type { Socket } from 'node:net'
import { HEADERS } from '../../../model/headers'
import { connectTo } from './plain-connections'
import { ProfilerLife } from './profiler-life'
import { quietly } from './quietly'

/**
 * How long a connection may stand still. One that is being opened or written to keeps the program alive; Node looks twice at a
 * write before it calls it stalled, so that a program which has ended waits for twice as long at most.
 */
const MAX_STALL_MS = 100

/** A profiler that hangs must not cost the program its file descriptors. */
const MAX_UNANSWERED = 8

export interface IngestAddress {
  /** Origin of the profiler's proxy. */
  readonly proxy: string
  readonly token: string | undefined
  /** The profiler's data folder. */
  readonly data?: string
}

export class IngestConnection {
  /** Connected ahead, and nothing was sent on it: nothing unread lies in it, so that closing it loses nothing. */
  private fresh: Socket | undefined

  private unanswered = 0
  private readonly life: ProfilerLife

  /** Whether nobody answered at the last try. */
  isRefused = false

  /** `onReady` is called whenever a connection is there to be used. */
  constructor(
    private readonly address: IngestAddress,
    private readonly onReady: () => void,
  ) {
    this.life = new ProfilerLife(address)
  }

  /** Whether what is sent now is handed over at once. */
  get isReady(): boolean {
    return this.fresh !== undefined && !this.fresh.connecting
  }

  /** Whether so many requests wait for their answer that more would help nobody. */
  get isBusy(): boolean {
    return this.unanswered >= MAX_UNANSWERED
  }

  /** Opens a connection for the next request, unless there is one. */
  open(): void {
    if (this.fresh !== undefined) return
    if (this.life.isDead) {
      this.isRefused = true
      return
    }
    const socket = connectTo(this.address.proxy)
    this.fresh = socket
    socket.unref()
    socket.setTimeout(MAX_STALL_MS, () => {
      // A program that was busy has not looked yet whether it is connected; it does so before this.
      if (socket.connecting) setImmediate(() => socket.connecting && socket.destroy())
    })
    socket.once('connect', () => {
      this.isRefused = false
      quietly(this.onReady)
    })
    socket.on('error', () => {
      if (this.fresh === socket) this.isRefused = true
      // The profiler is gone: whoever has something to send keeps it until there is one again.
    })
    socket.once('close', () => this.forget(socket))
    socket.resume()
  }

  /**
   * One request with these lines, each an object; only while `isReady`. `onStalled` is called where the profiler did not take it as
   * a whole: then it read nothing of it. `onLost` is called where it was taken and not answered: the profiler died, and may have
   * read it or not. The profiler closes the connection when it has answered.
   */
  send(lines: readonly object[], onStalled: () => void, onLost: () => void = () => undefined): void {
    const socket = this.fresh
    if (socket === undefined) return
    this.forget(socket)
    this.unanswered++
    let isSettled = false
    socket.once('data', () => {
      isSettled = true
    })
    socket.once('close', () => {
      this.unanswered--
      if (!isSettled) quietly(onLost)
    })
    socket.setTimeout(MAX_STALL_MS, () => {
      if (socket.writableLength === 0) return
      isSettled = true
      socket.destroy()
      quietly(onStalled)
    })
    socket.write(requestOf(lines, this.address))
  }

  private forget(socket: Socket): void {
    if (this.fresh === socket) this.fresh = undefined
  }
}

/** The bytes of a request with these lines. */
export function requestOf(lines: readonly object[], { proxy, token }: IngestAddress): Buffer {
  const body = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const head = [
    'POST /ingest HTTP/1.1',
    `host: ${new URL(proxy).host}`,
    'content-type: application/x-ndjson',
    `content-length: ${body.length}`,
    'connection: close',
    ...(token === undefined ? [] : [`${HEADERS.token}: ${token}`]),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}
