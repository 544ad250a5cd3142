// Tells the profiler of declared spans as they begin and end, a moment later and together. Bounded, and silent when the profiler is gone.

import { IngestConnection, requestOf } from '../capture/hooks/node/ingest-connection'
import { sendWhileExiting } from '../capture/hooks/node/last-send'
import { quietly } from '../capture/hooks/node/quietly'
import type { RunIdentity } from '../capture/hooks/node/run-identity'
import type { Settings } from '../capture/hooks/node/settings'

/** What there is to tell; asked for its line when that is sent, so that a short span is told once. */
export interface Told {
  line(run: Partial<RunIdentity>): object
}

/** A span that goes on. */
export interface Open extends Told {
  end(status?: 'error'): void
}

const TELL_MS = 40
/** As many wait for a profiler that is slow, or gone and may come back; the oldest are given up. */
const MAX_WAITING = 10_000
/** As many spans are ended when the program exits; a generator that nobody read to its end would stay for ever. */
const MAX_OPEN = 10_000
/** A profiler that stalled or died is left in peace for so long. */
const TROUBLE_MS = 500

export class Teller {
  readonly #connection: IngestConnection
  #waiting = new Set<Told>()
  readonly #open = new Set<Open>()
  #timer: NodeJS.Timeout | undefined
  #isWatchingExit = false
  #isEnding = false
  /** Whether what waits goes out as soon as there is a connection. */
  #isDue = false
  #troubleAt = Number.NEGATIVE_INFINITY

  /** Without a run, the profiler finds one. */
  constructor(
    readonly settings: Settings,
    readonly run: Partial<RunIdentity> = {},
  ) {
    this.#connection = new IngestConnection(settings, () => {
      if (this.#isDue) this.#sendOrOpen()
    })
  }

  began(span: Open): void {
    this.#open.add(span)
    forgetOldest(this.#open, MAX_OPEN)
    this.tell(span)
  }

  ended(span: Open): void {
    this.#open.delete(span)
    this.tell(span)
  }

  tell(told: Told): void {
    this.#waiting.add(told)
    forgetOldest(this.#waiting, MAX_WAITING)
    this.#isEnding = false
    this.#watchExit()
    // Ahead of the need: what is sent when the program exits must go out at once.
    if (!this.#isInTrouble()) this.#connection.open()
    this.#flushIn(TELL_MS)
  }

  /** What waits goes out at once: a budget may hold the next model call against it. */
  hurry(): void {
    this.#flush()
  }

  #flushIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      quietly(() => this.#flush())
    }, delayMs).unref()
  }

  #flush(): void {
    const isBusy = this.#connection.isBusy
    this.#isDue = !isBusy && !this.#isInTrouble()
    if (this.#isDue) this.#sendOrOpen()
    // What waits still is for a profiler that may be there again, later.
    if (this.#waiting.size > 0) this.#flushIn(isBusy ? TELL_MS : TROUBLE_MS)
  }

  #sendOrOpen(): void {
    if (this.#waiting.size === 0) return
    if (this.#connection.isReady) this.#send()
    else this.#connection.open()
  }

  #send(): void {
    const batch = [...this.#waiting]
    this.#waiting.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isDue = false
    const lines = batch.map((told) => told.line(this.run))
    const again = () => this.#keep(batch)
    this.#connection.send(lines, again, again)
    if (this.#open.size > 0 && !this.#isEnding) this.#connection.open()
  }

  /** The profiler stalled, or died: once more, with what has come since. Later words of a span replace earlier ones. */
  #keep(batch: readonly Told[]): void {
    this.#troubleAt = performance.now()
    this.#waiting = new Set([...batch, ...this.#waiting])
    forgetOldest(this.#waiting, MAX_WAITING)
    this.#flushIn(TROUBLE_MS)
  }

  #isInTrouble(): boolean {
    return performance.now() - this.#troubleAt < TROUBLE_MS
  }

  #watchExit(): void {
    if (this.#isWatchingExit) return
    this.#isWatchingExit = true
    process.on('beforeExit', () => quietly(() => this.#endSoon()))
    process.on('exit', (code) => quietly(() => this.#endNow(code)))
  }

  /** The program has nothing left to do. It waits for a connection, once, and for what it sends over it. */
  #endSoon(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#isDue = true
    this.#endOpen()
    this.#sendOrOpen()
  }

  /** Nothing asynchronous happens any more: what the operating system takes at once gets through. */
  #endNow(code: number): void {
    this.#endOpen(code === 0 ? undefined : 'error')
    if (this.#waiting.size === 0) return
    if (this.#connection.isReady) this.#send()
    // One that is gone is not waited for; one that stalled may only be slow, and takes what the operating system holds for it.
    else if (!this.#connection.isRefused) this.#sendWhileExiting()
  }

  #sendWhileExiting(): void {
    const lines = [...this.#waiting].map((told) => told.line(this.run))
    sendWhileExiting(this.settings.proxy, requestOf(lines, this.settings))
  }

  /** What goes on when the program fails has failed with it. */
  #endOpen(status?: 'error'): void {
    for (const span of this.#open) {
      span.end(status)
      this.#waiting.add(span)
    }
    this.#open.clear()
  }
}

function forgetOldest(kept: Set<unknown>, most: number): void {
  for (const each of kept) {
    if (kept.size <= most) return
    kept.delete(each)
  }
}
