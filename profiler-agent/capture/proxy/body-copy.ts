// A bounded copy of a body that passes by. Owns its memory, so that it can be handed to another thread.

import { atOnce, type Steps } from '../steps'

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

  /** So long that it is better taken in steps. */
  get isLong(): boolean {
    return this.#length > AT_ONCE
  }

  /** All bytes in one buffer of hardly more than their length (never a slice of a shared pool). The copy is over then. */
  takeBytes(): Uint8Array {
    if (this.isLong) return atOnce(this.takeLongBytes())
    const chunks = this.#chunks
    const length = this.#length
    this.drop()
    const [only] = chunks
    const isOwn = chunks.length === 1 && only && only.buffer.byteLength <= MOST_WASTE * length
    return isOwn ? only : joined(chunks, length)
  }

  /** The same as `takeBytes`, in steps, in memory that threads can share. */
  *takeLongBytes(): Steps<Uint8Array> {
    const chunks = this.#chunks
    const length = this.#length
    this.drop()
    return yield* sharedInSteps(chunks, length)
  }

  /** Takes nothing any more. */
  drop(): void {
    this.#isOver = true
    this.room?.giveBack(this.#length)
    this.#chunks = []
    this.#length = 0
  }
}

/** What a copy may hold on to, in parts of its length. */
const MOST_WASTE = 2
/** Bytes that are copied in one step. */
const AT_ONCE = 1024 * 1024

/** These chunks in one buffer of its own, `length` bytes in all. */
export function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = ownBytes(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** Long ones are handed to another thread as they are: to copy them again takes as long as all else. */
function* sharedInSteps(chunks: readonly Uint8Array[], length: number): Steps<Uint8Array> {
  const whole = new Uint8Array(new SharedArrayBuffer(length))
  let at = 0
  let pauseAt = AT_ONCE
  for (const chunk of chunks)
    for (let from = 0; from < chunk.length; from += AT_ONCE) {
      const part = chunk.length > AT_ONCE ? chunk.subarray(from, from + AT_ONCE) : chunk
      whole.set(part, at)
      at += part.length
      if (at < pauseAt) continue
      pauseAt = at + AT_ONCE
      yield
    }
  return whole
}

/** Written over whole, so it need not be cleared first; not of the pool that small Buffers share. */
function ownBytes(length: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
