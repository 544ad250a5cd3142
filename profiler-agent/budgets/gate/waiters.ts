// Calls that wait until something holds, asked whenever something is told. Knows no clock of its own.

/** Resolves with whichever is first: the promise, or so many ms. True where that was the promise. */
export type Within = (promise: Promise<unknown>, ms: number) => Promise<boolean>

export class Waiters {
  #waiting: (() => void)[] = []

  constructor(readonly within: Within) {}

  /** Whether it came to hold in time. Afterwards it is asked no more. Rejects with what `holds` throws. */
  async until(holds: () => boolean, ms: number): Promise<boolean> {
    let isOver = false
    const held = new Promise<void>((resolve, reject) => {
      const look = () => {
        if (isOver) return
        try {
          if (holds()) resolve()
          else this.#waiting.push(look)
        } catch (error) {
          reject(error)
        }
      }
      this.#waiting.push(look)
    })
    try {
      return await this.within(held, ms)
    } finally {
      isOver = true
    }
  }

  get isAnybodyWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Something was told. First come, first served. */
  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const look of waiting) look()
  }
}
