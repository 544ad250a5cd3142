// Sends what was observed to the profiler, in batches, and the last of it when the program exits. Bounds what waits for it.

import { HEADERS } from '../../../model/headers'
import { IngestConnection, requestOf } from './ingest-connection'
import { intercept } from './intercept'
import { sendWhileExiting } from './last-send'
import type { CopyMemory, ObservedCall, ObservedExchange } from './observed-call'
import { quietly } from './quietly'
import type { Settings } from './settings'

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
  private readonly connection: IngestConnection
  private calls = 0
  private isWatchingExit = false
  private stalledAt = Number.NEGATIVE_INFINITY

  /** `lastWords` gives what else is told when the program exits. */
  constructor(
    private readonly settings: Settings,
    private readonly memory: CopyMemory,
    private readonly lastWords: (calls: number) => readonly object[],
  ) {
    this.connection = new IngestConnection(settings, () => this.flush())
  }

  /** What the process did is told when it exits, also if it makes no call. */
  tellAtExit(): void {
    this.connection.open()
    if (this.isWatchingExit) return
    this.isWatchingExit = true
    // A listener would be one that the program can count.
    intercept(process, 'emit', ([event, code]) => {
      if (event === 'exit') this.sendAtOnce(code)
    })
  }

  /** A call to models begins, whoever captures it. */
  called(): void {
    this.calls++
    this.tellAtExit()
  }

  get hasCalls(): boolean {
    return this.calls > 0
  }

  /** A call begins that will be reported. */
  opened(call: ObservedCall): void {
    this.open.add(call)
    this.connection.open()
  }

  /** It goes through the proxy after all. */
  forgotten(call: ObservedCall): void {
    call.forget()
    this.open.delete(call)
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
    this.connection.open()
    if (!this.connection.isReady) return
    const batch = this.nextBatch()
    if (batch.length === 0) return
    this.send(batch)
    if (this.open.size > 0) this.connection.open()
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

  private send(batch: readonly ObservedExchange[]): void {
    this.giveBack(batch)
    this.connection.send(batch.map(lineOf), () => this.sendLess(batch))
  }

  /** Once more, without the copies of requests, which a socket takes at once. */
  private sendLess(batch: readonly ObservedExchange[]): void {
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

  /** Nothing asynchronous happens any more: only what the operating system takes at once gets through. */
  private sendAtOnce(exitCode: unknown): void {
    for (const call of [...this.open]) {
      call.givenUp()
      call.ended(false)
    }
    // One that did nothing and succeeds is not made to wait, and nobody for a profiler that is gone.
    const isIdle = this.calls === 0 && exitCode === 0
    if (!this.connection.isReady && (isIdle || this.connection.isRefused)) return
    const isMuch = this.bytesWaiting() > MAX_AT_ONCE_BYTES
    const batch = isMuch ? this.waiting.map(withoutRequestBody) : this.waiting
    const lines = [...batch.map(lineOf), ...this.lastWords(this.calls)]
    // A program that fails as soon as it is loaded has not come round to connecting.
    if (!this.connection.isReady) sendWhileExiting(this.settings.proxy, requestOf(lines, this.settings))
    else
      this.connection.send(lines, () => {
        // There is no time to send less.
      })
  }
}

function sizeOf({ requestBody, responseBody }: ObservedExchange): number {
  return requestBody.length + responseBody.length
}

function withoutRequestBody(exchange: ObservedExchange): ObservedExchange {
  return { ...exchange, requestBody: Buffer.alloc(0), copyTruncated: true }
}

/** `{"type":"exchange", …}`: bodies in base64, `tags` the headers of attribution. */
function lineOf({ facts, requestBody, responseBody, tags, ...rest }: ObservedExchange): object {
  return {
    type: 'exchange',
    ...rest,
    provider: facts.provider,
    method: facts.method,
    url: facts.url.href,
    requestHeaders: facts.headers,
    requestBody: requestBody.toString('base64'),
    responseBody: responseBody.toString('base64'),
    tags: Object.fromEntries(tags.filter(([name]) => name !== HEADERS.token)),
  }
}
