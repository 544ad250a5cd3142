// Bytes as text, one character a byte: enough to find what is ASCII, and fast.

/** The whole of it; to make one of many megabytes takes long. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** What is looked at in one step, in bytes. */
export const AT_ONCE = 256 * 1024

/** A part of some bytes as text, from their byte `from` on. */
export interface Part {
  readonly text: string
  readonly from: number
  /** How much of it stands in the part before, too. */
  readonly overlap: number
}

/** All of the bytes in parts, each with so many more bytes in front that stand in the part before it. */
export function* partsWith(mostOverlap: number, bytes: Uint8Array): Generator<Part, void, undefined> {
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    const overlap = Math.min(at, mostOverlap)
    const from = at - overlap
    yield { text: latin1(bytes.subarray(from, at + AT_ONCE)), from, overlap }
  }
}
