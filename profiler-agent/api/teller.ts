// Tells the profiler of declared spans as they begin and end, a moment later and together. Bounded, and silent when the profiler is gone.

import { IngestConnection } from '../capture/hooks/node/ingest-connection'
import { quietly } from '../capture/hooks/node/quietly'
import type { RunIdentity } from '../capture/hooks/node/run-identity'
import type { Settings } from '../capture/hooks/node/settings'

/** What there is to tell; asked for its line when that is sent, so that a short span is told once. */
export interface Told {
  line(run: Partial<RunIdentity>): object
}

/** A span that goes on. */
export interface Open extends Told {
  end(): void
}

const TELL_MS = 40
/** As many wait for a profiler that is gone and may come back; the oldest are given up. */
const MAX_WAITING = 1000
/** As many spans are ended when the program exits; a generator that nobody read to its end would stay for ever. */
const MAX_OPEN = 10_000
/** A profiler that stalled is left in peace until this has passed. */
const STALL_COUNTS_MS = 1000

export class Teller {
  readonly #connection: IngestConnection
  #waiting = new Set<Told>()
  readonly #open = new Set<Open>()
  #timer: NodeJS.Timeout | undefined
  #isWatchingExit = false
  #isEnding = false
  #stalledAt = Number.NEGATIVE_INFINITY

  /** Without a run, the profiler finds one. */
  constructor(
    settings: Settings,
    readonly run: Partial<RunIdentity> = {},
  ) {
    this.#connection = new IngestConnection(settings, () => {
      if (this.#isEnding) this.#flush()
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
    if (!this.#isStalled()) this.#connection.open()
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      quietly(() => this.#flush())
    }, TELL_MS).unref()
  }

  #flush(): void {
    if (this.#waiting.size === 0 || this.#isStalled()) return
    if (!this.#connection.isReady) {
      // Sent with what is told next, or at the end.
      this.#connection.open()
      return
    }
    this.#send()
    if (this.#open.size > 0 && !this.#isEnding) this.#connection.open()
  }

  #send(): void {
    const batch = [...this.#waiting]
    this.#waiting.clear()
    this.#connection.send(
      batch.map((told) => told.line(this.run)),
      () => this.#stalled(batch),
    )
  }

  /** It read nothing of that: once more, with what has come since. */
  #stalled(batch: readonly Told[]): void {
    this.#stalledAt = performance.now()
    this.#waiting = new Set([...batch, ...this.#waiting])
    forgetOldest(this.#waiting, MAX_WAITING)
  }

  #isStalled(): boolean {
    return performance.now() - this.#stalledAt < STALL_COUNTS_MS
  }

  #watchExit(): void {
    if (this.#isWatchingExit) return
    this.#isWatchingExit = true
    process.on('beforeExit', () => quietly(() => this.#endSoon()))
    process.on('exit', () => quietly(() => this.#endNow()))
  }

  /** The program has nothing left to do. It waits for a connection, once, and for what it sends over it. */
  #endSoon(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#endOpen()
    this.#flush()
  }

  /** Nothing asynchronous happens any more: what the operating system takes at once gets through. */
  #endNow(): void {
    this.#endOpen()
    if (this.#waiting.size > 0 && this.#connection.isReady) this.#send()
  }

  #endOpen(): void {
    for (const span of this.#open) {
      span.end()
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
