// What was read of each run, so that it is read once and again only when the run changed.

import type { StoredRun } from '../store/reader'

/** Of reading in one go; then whatever else the worker has to do comes in between. */
const STEP_MS = 20
/** A run that goes on is read again after so many times what that took: it must not keep calls from being stored. */
const REST = 10

interface Known<What> {
  readonly stamp: string
  readonly what: What
  /** By `performance.now()`. */
  readonly goodUntil: number
}

export class KnownRuns<What> {
  #known = new Map<string, Known<What>>()
  #reading: Promise<unknown> = Promise.resolve()

  constructor(
    /** What is wanted of a run; `before` is what was read of it the last time. */
    readonly read: (run: StoredRun, before: What | undefined) => What,
    readonly isActive: (run: StoredRun) => boolean,
  ) {}

  /** In the order of the runs; others are forgotten. Takes long only the first time, and then in steps. */
  of(runs: () => readonly StoredRun[]): Promise<What[]> {
    // One after the other: a second question at the same time would read the same runs again. Whoever asked hears of a failure.
    const read = this.#reading.catch(() => undefined).then(() => this.#read(runs()))
    this.#reading = read
    return read
  }

  async #read(runs: readonly StoredRun[]): Promise<What[]> {
    const next = new Map<string, Known<What>>()
    let stepEnds = performance.now() + STEP_MS
    for (const run of runs) {
      const isGoingOn = this.isActive(run)
      const stamp = `${run.revision} ${run.rewrites} ${isGoingOn}`
      const known = this.#known.get(run.id)
      if (known?.stamp === stamp || (known && isGoingOn && performance.now() < known.goodUntil)) {
        next.set(run.id, known)
        continue
      }
      next.set(run.id, this.#readOne(run, stamp, known?.what))
      if (performance.now() < stepEnds) continue
      await new Promise(setImmediate)
      stepEnds = performance.now() + STEP_MS
    }
    this.#known = next
    return [...next.values()].map(({ what }) => what)
  }

  #readOne(run: StoredRun, stamp: string, before: What | undefined): Known<What> {
    const started = performance.now()
    const what = this.read(run, before)
    const ended = performance.now()
    return { stamp, what, goodUntil: ended + (ended - started) * REST }
  }
}
