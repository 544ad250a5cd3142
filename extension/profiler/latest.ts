// The newest answer to one question: asked one at a time, however often it is wanted meanwhile. Knows no VS Code.

export interface LatestEvents {
  changed(): void
  failed(what: string, error: unknown): void
}

export class Latest<Value> {
  private isAsking = false
  private isWantedAgain = false

  constructor(
    /** What it is, for the words when it cannot be had. */
    private readonly what: string,
    private current: Value,
    private readonly events: LatestEvents,
  ) {}

  /** The last answer; it stays while the next is awaited. */
  get value(): Value {
    return this.current
  }

  /** Asks, and once more where it was wanted meanwhile. `ask` gives `undefined` where there is nothing to ask; a failure is told and waits for the next wish. */
  async refresh(ask: () => Promise<Value> | undefined): Promise<void> {
    this.isWantedAgain = true
    if (this.isAsking) return
    this.isAsking = true
    try {
      while (this.isWantedAgain) {
        this.isWantedAgain = false
        const asked = ask()
        if (asked === undefined) break
        this.current = await asked
        this.events.changed()
      }
    } catch (error) {
      this.events.failed(this.what, error)
    } finally {
      this.isAsking = false
    }
  }
}
