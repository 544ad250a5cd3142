// The newest answer to one question: asked one at a time, and not too often, however often it is wanted meanwhile. Knows no VS Code.

import { setTimeout as delay } from 'node:timers/promises'

export interface LatestEvents {
  changed(): void
  failed(what: string, error: unknown): void
}

export class Latest<Value> {
  private isAsking = false
  private isWantedAgain = false
  private askedAt = Number.NEGATIVE_INFINITY

  constructor(
    /** What it is, for the words when it cannot be had. */
    private readonly what: string,
    private current: Value,
    private readonly events: LatestEvents,
    /** Milliseconds from one question to the next, at least. */
    private readonly leastMs = 0,
    private readonly retryMs = 5_000,
  ) {}

  /** The last answer; it stays while the next is awaited. */
  get value(): Value {
    return this.current
  }

  /** Asks, and once more where it was wanted meanwhile. `ask` gives `undefined` where there is nothing to ask; a failure is told, and asked about again after a while. */
  async refresh(ask: () => Promise<Value> | undefined): Promise<void> {
    this.isWantedAgain = true
    if (this.isAsking) return
    this.isAsking = true
    try {
      while (this.isWantedAgain) {
        await this.untilDue()
        this.isWantedAgain = false
        const asked = ask()
        if (asked === undefined) break
        this.current = await asked
        this.events.changed()
      }
    } catch (error) {
      this.events.failed(this.what, error)
      // Nothing else may change for long. A process does not stay for it.
      setTimeout(() => void this.refresh(ask), this.retryMs).unref()
    } finally {
      this.isAsking = false
    }
  }

  private async untilDue(): Promise<void> {
    const wait = this.askedAt + this.leastMs - performance.now()
    if (wait > 0) await delay(wait)
    this.askedAt = performance.now()
  }
}
