// A bounded copy of a body that passes by. Owns its memory, so that it can be handed to another thread.

/** Collects chunks up to a cap; past it the rest is counted out, and said so. Chunks must not be changed afterwards. */
export class BodyCopy {
  readonly #chunks: Uint8Array[] = []
  #length = 0
  #isTruncated = false

  constructor(readonly maxBytes: number) {}

  add(chunk: Uint8Array): void {
    const room = this.maxBytes - this.#length
    if (chunk.length > room) this.#isTruncated = true
    if (room <= 0) return
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk
    this.#chunks.push(kept)
    this.#length += kept.length
  }

  get isTruncated(): boolean {
    return this.#isTruncated
  }

  /** All bytes in one buffer of their own (never a slice of a shared pool). */
  bytes(): Uint8Array {
    return joined(this.#chunks, this.#length)
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
