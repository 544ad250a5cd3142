// A bounded copy of a body that passes by. Owns its memory, so that it can be handed to another thread.

/** Bytes that all copies of open calls may take together. */
export class CopyRoom {
  #taken = 0

  constructor(readonly maxBytes: number) {}

  /** How many of these bytes there is room for, where this kind of copy may fill that part of it; they are taken. */
  take(bytes: number, part: number): number {
    const taken = Math.max(0, Math.min(bytes, this.maxBytes * part - this.#taken))
    this.#taken += taken
    return taken
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes
  }
}

/** What requests may fill of the room, so that replies find some. */
export const REQUESTS_PART = 1 / 2

/** Collects chunks up to a cap, and while there is room; past it the rest is counted out, and said so. Chunks must not be changed afterwards. */
export class BodyCopy {
  #chunks: Uint8Array[] = []
  #length = 0
  #isTruncated = false
  #isOver = false

  /** May fill `part` of the room that it shares with others. */
  constructor(
    readonly maxBytes: number,
    readonly room?: CopyRoom,
    readonly part = 1,
  ) {}

  add(chunk: Uint8Array): void {
    // After a gap nothing that follows makes sense; an upload may outlive its call.
    if (this.#isTruncated || this.#isOver) return
    const wanted = Math.min(chunk.length, this.maxBytes - this.#length)
    const length = this.room ? this.room.take(wanted, this.part) : wanted
    if (length < chunk.length) this.#isTruncated = true
    if (length <= 0) return
    this.#chunks.push(length < chunk.length ? chunk.slice(0, length) : chunk)
    this.#length += length
  }

  get isTruncated(): boolean {
    return this.#isTruncated
  }

  /** All bytes in one buffer of their own (never a slice of a shared pool). The copy is over then. */
  takeBytes(): Uint8Array {
    const bytes = joined(this.#chunks, this.#length)
    this.drop()
    return bytes
  }

  /** Takes nothing any more. */
  drop(): void {
    this.#isOver = true
    this.room?.giveBack(this.#length)
    this.#chunks = []
    this.#length = 0
  }
}

/** These chunks in one buffer of its own, `length` bytes in all. */
export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  // Written over whole, so it need not be cleared first; not of the pool that small Buffers share.
  const whole = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
