// How much the worker may be handed at a time: little and seldom while calls come as fast as they can be passed on, so that they
// go first where cores are scarce. Waits for nothing itself.

/** What is handed over in one message and stored in one transaction: little enough that others get their turn. */
export const FULL_BATCH = 64
/** The same while calls go first: some ten milliseconds of work. */
export const SMALL_BATCH = 8
/** So many times as long as a batch took the worker rests after it while calls go first. */
const REST_PER_WORK = 60
const LONGEST_REST_MS = 2000
/** What has waited for so long is handed over whatever else goes on: a rush that lasts does not keep the worker from its work. */
const LONGEST_LAG_MS = 5000
/** What is in no spool file would be lost with this process. */
const LONGEST_IN_MEMORY_MS = 250
/** A main thread that is busy for more of its time has calls that wait for it. */
const BUSY_SHARE = 0.5
/** How far back it is looked, at least. */
const WINDOW_MS = 50

/** `performance`, or a clock of a test: how long the main thread was busy and how long not, in ms since some moment. */
export interface LoopClock {
  now(): number
  eventLoopUtilization(): { readonly idle: number; readonly active: number }
}

/** Since when the oldest exchange has waited, and the oldest that is in memory only; `Infinity` where there is none. */
export interface OldestWaiting {
  readonly since: number
  readonly inMemorySince: number
}

export class WorkerShare {
  /** Beginnings of this window and of the one before it. */
  #windows: readonly [LoopMoment, LoopMoment]
  #restsUntil = 0

  constructor(readonly clock: LoopClock = performance) {
    const moment = this.#moment()
    this.#windows = [moment, moment]
  }

  /** To be told of every call when it comes: what the main thread does is measured from one to another. */
  callCame(): void {
    const [latest] = this.#windows
    const age = this.clock.now() - latest.at
    if (age < WINDOW_MS) return
    const moment = this.#moment()
    this.#windows = [moment, age < 2 * WINDOW_MS ? latest : moment]
  }

  /** The worker has worked for so many milliseconds. */
  worked(ms: number): void {
    this.#restsUntil = this.clock.now() + Math.min(ms * REST_PER_WORK, LONGEST_REST_MS)
  }

  /** How many exchanges may be handed over now. */
  batchSize({ since, inMemorySince }: OldestWaiting): number {
    const now = this.clock.now()
    const isLate = now - since > LONGEST_LAG_MS || now - inMemorySince > LONGEST_IN_MEMORY_MS
    if (isLate || !this.#isMainThreadBusy()) return FULL_BATCH
    return now < this.#restsUntil ? 0 : SMALL_BATCH
  }

  #isMainThreadBusy(): boolean {
    const [, from] = this.#windows
    const { idle, active } = this.clock.eventLoopUtilization()
    const busy = active - from.active
    return busy > BUSY_SHARE * (busy + idle - from.idle)
  }

  #moment(): LoopMoment {
    return { at: this.clock.now(), ...this.clock.eventLoopUtilization() }
  }
}

interface LoopMoment {
  readonly at: number
  readonly idle: number
  readonly active: number
}
