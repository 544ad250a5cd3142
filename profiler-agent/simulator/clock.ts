// The server's clock: the system's, put forward by requests and scripts, so that cache lifetimes can be tried without waiting.

/** Never goes back. Times are ms since the epoch. */
export class Clock {
  #aheadMs = 0

  constructor(private readonly source: () => number = Date.now) {}

  now(): number {
    return this.source() + this.#aheadMs
  }

  /** Puts the clock forward by `ms`, for everybody. */
  advance(ms: number): void {
    this.#aheadMs += ms
  }
}
