// Work that no call waits for: gathered for a moment, then done in short slices, so that the bytes of the calls go first.

/** Long enough to gather many calls, short enough to lose next to none when the process is killed. */
const DELAY_MS = 50
/** So much waits for nothing more: what is kept longer in a rush is looked at again and again by V8's collector. */
const MANY = 160
const SLICE_MS = 2
/** A slice does at least this part of what waited, however long it takes: under any load what waits stays bounded. */
const LEAST_SHARE = 1 / 8

/** Throws nothing itself and must be given nothing that throws. */
export class LaterWork {
  #waiting: (() => void | Promise<void>)[] = []
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> | undefined

  /** Does this after everything that was added before it. */
  add(work: () => void | Promise<void>): void {
    this.#waiting.push(work)
    if (this.#working) return
    if (this.#waiting.length < MANY) this.#timer ??= setTimeout(() => this.#begin(), DELAY_MS)
    else if (this.#waiting.length === MANY) setImmediate(() => this.#begin())
  }

  /** Resolves when everything that was added so far is done; begins at once. */
  async settled(): Promise<void> {
    if (this.#waiting.length > 0) this.#begin()
    await this.#working
  }

  #begin(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#working ??= this.#workOff().finally(() => {
      this.#working = undefined
    })
  }

  async #workOff(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      await inSlices(batch)
    }
  }
}

async function inSlices(batch: readonly (() => void | Promise<void>)[]): Promise<void> {
  const least = batch.length * LEAST_SHARE
  let until = performance.now() + SLICE_MS
  let done = 0
  for (const work of batch) {
    const lasting = work()
    if (lasting) await lasting
    if (++done < least || performance.now() < until) continue
    await new Promise(setImmediate)
    done = 0
    until = performance.now() + SLICE_MS
  }
}
