// Sends what was observed to the profiler's `POST /ingest`, in batches, on a connection that is opened before it is needed: so that
// the last batch can be handed to the operating system at once when the program exits. Says nothing when the profiler is gone.

import type { Socket } from 'node:net'
import { HEADERS } from '../../../model/headers'
import type { CopyMemory, ObservedCall, ObservedExchange } from './observed-call'
import { quietly } from './quietly'
import type { Settings } from './settings'

/**
 * How long a connection may stand still. One that is being opened or written to keeps the program alive; Node looks twice at a
 * write before it calls it stalled, so that a program which has ended waits for twice as long at most.
 */
const MAX_STALL_MS = 100
/** A profiler that stalled gets only what it takes at once, until this has passed. */
const STALL_COUNTS_MS = 1000
/** As much as a socket takes at once; at an exit that waits for nothing, copies of requests are left out rather than usage. */
const MAX_AT_ONCE_BYTES = 128 * 1024
/** As many wait for a profiler that is gone and may come back; the oldest are given up. */
const MAX_WAITING = 200
const MAX_WAITING_BYTES = 16 * 1024 * 1024

export class Reporter {
  private readonly open = new Set<ObservedCall>()
  private waiting: ObservedExchange[] = []
  /** Connected ahead, and nothing was sent on it: nothing unread lies in it, so that closing it loses nothing. */
  private fresh: Socket | undefined
  private isWatchingExit = false
  private stalledAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly settings: Settings,
    private readonly memory: CopyMemory,
  ) {}

  /** A call begins that will be reported. */
  opened(call: ObservedCall): void {
    this.open.add(call)
    this.watchExit()
    this.connect()
  }

  readonly ended = (exchange: ObservedExchange, call: ObservedCall): void => {
    this.open.delete(call)
    this.waiting.push(exchange)
    while (
      this.waiting.length > MAX_WAITING ||
      (this.waiting.length > 1 && this.bytesWaiting() > MAX_WAITING_BYTES)
    )
      this.giveBack(this.waiting.splice(0, 1))
    // Not within the program's own handling of its response.
    setImmediate(() => quietly(() => this.flush()))
  }

  private flush(): void {
    if (this.waiting.length === 0) return
    this.connect()
    if (this.fresh === undefined || this.fresh.connecting) return
    const batch = this.nextBatch()
    if (batch.length === 0) return
    this.send(this.fresh, batch)
    if (this.open.size > 0) this.connect()
  }

  /** All that waits, or as much of it as is taken at once. */
  private nextBatch(): ObservedExchange[] {
    if (performance.now() - this.stalledAt > STALL_COUNTS_MS) return this.waiting.splice(0)
    const batch: ObservedExchange[] = []
    const rest: ObservedExchange[] = []
    let size = 0
    for (const exchange of this.waiting) {
      const fits = size + sizeOf(exchange) <= MAX_AT_ONCE_BYTES
      if (fits) size += sizeOf(exchange)
      ;(fits ? batch : rest).push(exchange)
    }
    this.waiting = rest
    return batch
  }

  private connect(): void {
    if (this.fresh !== undefined) return
    // Required late: most programs have nothing to report.
    const { connect } = require('node:net') as typeof import('node:net')
    const { hostname, port } = new URL(this.settings.proxy)
    const socket = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''))
    this.fresh = socket
    socket.unref()
    socket.setTimeout(MAX_STALL_MS, () => {
      if (socket.connecting) socket.destroy()
    })
    socket.once('connect', () => quietly(() => this.flush()))
    socket.on('error', () => {
      // The profiler is gone: what waits is sent when there is one again.
    })
    socket.once('close', () => this.forget(socket))
    socket.resume()
  }

  private forget(socket: Socket): void {
    if (this.fresh === socket) this.fresh = undefined
  }

  /** The profiler closes the connection when it has answered. */
  private send(socket: Socket, batch: readonly ObservedExchange[]): void {
    this.forget(socket)
    this.giveBack(batch)
    socket.setTimeout(MAX_STALL_MS, () => {
      if (socket.writableLength > 0) quietly(() => this.sendLess(socket, batch))
    })
    socket.write(requestFor(batch, this.settings))
  }

  /** What did not get through as a whole was not read: once more, without the copies of requests, which a socket takes at once. */
  private sendLess(socket: Socket, batch: readonly ObservedExchange[]): void {
    socket.destroy()
    this.stalledAt = performance.now()
    const hasLess = batch.some(({ requestBody }) => requestBody.length > 0)
    const less = batch.map(withoutRequestBody)
    if (!hasLess || !less.every((exchange) => this.memory.take(sizeOf(exchange)))) return
    this.waiting.unshift(...less)
    this.flush()
  }

  private giveBack(batch: readonly ObservedExchange[]): void {
    for (const exchange of batch) this.memory.giveBack(sizeOf(exchange))
  }

  private bytesWaiting(): number {
    return this.waiting.reduce((sum, exchange) => sum + sizeOf(exchange), 0)
  }

  private watchExit(): void {
    if (this.isWatchingExit) return
    this.isWatchingExit = true
    process.on('exit', () => quietly(() => this.sendAtOnce()))
  }

  /** Nothing asynchronous happens any more: only what the operating system takes at once gets through. */
  private sendAtOnce(): void {
    for (const call of [...this.open]) {
      call.givenUp()
      call.ended(false)
    }
    const socket = this.fresh
    if (this.waiting.length === 0 || socket === undefined || socket.connecting) return
    const isMuch = this.bytesWaiting() > MAX_AT_ONCE_BYTES
    this.send(socket, isMuch ? this.waiting.map(withoutRequestBody) : this.waiting)
  }
}

function sizeOf({ requestBody, responseBody }: ObservedExchange): number {
  return requestBody.length + responseBody.length
}

function withoutRequestBody(exchange: ObservedExchange): ObservedExchange {
  return { ...exchange, requestBody: Buffer.alloc(0), copyTruncated: true }
}

function requestFor(batch: readonly ObservedExchange[], { proxy, token }: Settings): Buffer {
  const body = Buffer.from(batch.map((exchange) => `${JSON.stringify(lineOf(exchange))}\n`).join(''))
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

/** `{"type":"exchange", …}`: bodies in base64, `tags` the headers of attribution. */
function lineOf({ facts, requestBody, responseBody, tags, ...rest }: ObservedExchange): object {
  return {
    type: 'exchange',
    ...rest,
    provider: 'bedrock',
    method: facts.method,
    url: facts.url.href,
    requestHeaders: facts.headers,
    requestBody: requestBody.toString('base64'),
    responseBody: responseBody.toString('base64'),
    tags: Object.fromEntries(tags.filter(([name]) => name !== HEADERS.token)),
  }
}
