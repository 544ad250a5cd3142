// Holds what cannot be written for the moment (a full disk, a long lock) and writes it in order when it can. Knows no SQL.

/** SQLite's result codes that pass by themselves or when the user acts: perm, busy, locked, readonly, ioerr, full, cantopen. */
const PASSING_CODES = new Set([3, 5, 6, 8, 10, 13, 14])

/** More than this is not kept, in writes and in bytes of what they write: a store that stays broken must not eat the memory. */
const MAX_WAITING = 10_000
const MAX_WAITING_BYTES = 256 * 1024 * 1024

/** Between two tries. */
const RETRY_MS = 500

interface Write {
  readonly work: () => void
  readonly bytes: number
}

/** Writes of one transaction, and what keeps it from being written. */
interface Batch {
  readonly writes: Write[]
  trouble?: unknown
}

export class WaitingWrites {
  readonly #waiting: Write[] = []
  #bytes = 0
  #batch: Batch | undefined
  #nextTry = 0
  #isTold = false
  /** Writes that were given up because too many waited. */
  #dropped = 0

  /** `tell` gets one line when writing fails, and one when it works again. */
  constructor(readonly tell: (message: string) => void) {}

  /**
   * Does work whose writes belong into one transaction. Where that cannot be had, or is taken back by a full disk, they wait
   * like any other. Throws what will not pass by waiting.
   */
  together(transaction: (work: () => void) => void, work: () => void): void {
    if (this.#waiting.length > 0) {
      work()
      return
    }
    const batch: Write[] = []
    let isDone = false
    this.#batch = { writes: batch }
    try {
      transaction(() => {
        work()
        isDone = true
        if (this.#batch?.trouble !== undefined) throw this.#batch.trouble
      })
    } catch (error) {
      if (!isPassing(error)) throw error
      this.#batch = { writes: batch, trouble: error }
      if (!isDone) work()
      for (const write of batch) this.#wait(write)
      this.#failed(error)
    } finally {
      this.#batch = undefined
    }
  }

  /**
   * Writes now, after everything that waits; what has to wait is no error, and takes so many bytes meanwhile. Throws what will
   * not pass by waiting.
   */
  write(work: () => void, bytes = 0): void {
    if (this.#batch) {
      writeInto(this.#batch, { work, bytes })
      return
    }
    this.#wait({ work, bytes })
    // Each try may take as long as a lock is waited for; who comes in between waits with the others.
    if (this.#waiting.length === 1 || performance.now() >= this.#nextTry) this.flush()
  }

  #wait(write: Write): void {
    while (
      this.#waiting.length >= MAX_WAITING ||
      (this.#waiting.length > 0 && this.#bytes + write.bytes > MAX_WAITING_BYTES)
    ) {
      this.#shift()
      this.#dropped++
    }
    this.#waiting.push(write)
    this.#bytes += write.bytes
  }

  #shift(): void {
    this.#bytes -= this.#waiting.shift()?.bytes ?? 0
  }

  get count(): number {
    return this.#waiting.length
  }

  /** Tries again what waits, oldest first. */
  flush(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      try {
        next.work()
      } catch (error) {
        if (!isPassing(error)) this.#shift()
        this.#failed(error)
        return
      }
      this.#shift()
    }
    if (this.#isTold) this.tell(`the store can be written again; ${lostText(this.#dropped)}`)
    this.#isTold = false
    this.#dropped = 0
  }

  #failed(error: unknown): void {
    if (!isPassing(error)) throw error
    this.#nextTry = performance.now() + RETRY_MS
    if (this.#isTold) return
    this.#isTold = true
    const reason = error instanceof Error ? error.message : String(error)
    this.tell(
      `the store cannot be written (${reason}). Calls are kept in memory meanwhile: make room or let go of the file.`,
    )
  }
}

function writeInto(batch: Batch, write: Write): void {
  batch.writes.push(write)
  if (batch.trouble !== undefined) return
  try {
    write.work()
  } catch (error) {
    if (!isPassing(error)) {
      batch.writes.pop()
      throw error
    }
    batch.trouble = error
  }
}

function lostText(dropped: number): string {
  return dropped === 0 ? 'nothing was lost' : `${dropped} of the oldest writes were lost, too many waited`
}

/** The primary result code stands in the lowest byte. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    PASSING_CODES.has(error.errcode & 0xff)
  )
}
