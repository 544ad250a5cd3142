// The run of requests that name none: they share one, which closes after five minutes of silence.

export const SHARED_RUN_SILENCE_MS = 5 * 60_000

export class SharedRun {
  #id: string | undefined
  #lastUse = 0

  constructor(readonly now: () => number = Date.now) {}

  /** Id for a request that starts now. */
  id(): string {
    const now = this.now()
    if (this.#id === undefined || now - this.#lastUse > SHARED_RUN_SILENCE_MS)
      this.#id = newRunId('serve', now)
    this.#lastUse = now
    return this.#id
  }

  /** A request of this run has ended; if it was the shared run, silence counts from here. */
  touch(runId: string): void {
    if (runId === this.#id) this.#lastUse = this.now()
  }
}

/** `serve-20261122-101503-4f2a`: sorts by time, is unique enough on one machine, and fits into `/r/ID/`. */
export function newRunId(prefix: string, now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T')
  const random = Math.floor(Math.random() * 0x10000)
    .toString(16)
    .padStart(4, '0')
  return `${prefix}-${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${random}`
}
